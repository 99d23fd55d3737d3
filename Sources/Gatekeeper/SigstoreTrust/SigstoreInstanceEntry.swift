// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

import CondaFormats
import DurableFiles
import TrustCore

/// What the trust store's folder of a private instance says, before its files were compared with their
/// digests.
struct SigstoreInstanceEntry {
    /// The names of files, and the digests of what the user gave.
    let digests: [String: String]
    /// Where its TUF repository is; nil if the keys themselves were given.
    let url: ChannelURL?
    let added: Timestamp

    private static let root = "root.json"
    private static let trustedRoot = "trusted_root.json"
    private static let signingConfig = "signing_config.json"
    private static let fileLimit = 4 << 20
    private static let settingsLimit = 1 << 20

    init(_ basis: SigstoreAnchor.Basis, added: Timestamp) {
        digests = Self.files(of: basis).mapValues { Digest.of($0).hex }
        if case .repository(_, let url) = basis { self.url = url } else { url = nil }
        self.added = added
    }

    /// Reads a folder's settings; nil if it has none.
    init?(in folder: String, _ name: SigstoreInstanceName) throws {
        let path = folder + "/instance.json"
        guard let bytes = try DurableFile.read(path, maximumLength: Self.settingsLimit) else { return nil }
        let fields = try JSONFields(try JSONReader.read(bytes, of: path), of: path)
        guard try fields.integer("schema") == 1 else {
            throw fields.wrong("schema", "1, or a newer Kingsnake")
        }
        guard let added = Timestamp(try fields.string("added")) else { throw fields.wrong("added", "a date") }
        let pins = try fields.fields("sha256")
        var digests: [String: String] = [:]
        for file in [Self.root, Self.trustedRoot, Self.signingConfig] {
            digests[file] = try pins.optionalString(file)
        }
        self.digests = digests
        url = try fields.optionalString("url").map { try ChannelURL($0) }
        self.added = added
    }

    /// What the keys follow from: the very files that were given (`instance.damaged`).
    func basis(in folder: String, _ name: SigstoreInstanceName) throws -> SigstoreAnchor.Basis {
        func bytes(_ file: String) throws -> [UInt8]? {
            guard let digest = digests[file] else { return nil }
            let found = try DurableFile.read(folder + "/" + file, maximumLength: Self.fileLimit)
            guard let found, ByteKey.areEqual(Digest.of(found).hex, digest) else {
                throw Refusal(
                    SigstoreTrustCode.damaged,
                    name.text,
                    at: folder + "/" + file,
                    expected: "sha256:\(digest)",
                    found: found.map { "\(Digest.of($0))" } ?? "no file"
                )
            }
            return found
        }
        if let root = try bytes(Self.root), let url { return .repository(tufRoot: root, url: url) }
        guard let trustedRoot = try bytes(Self.trustedRoot) else {
            throw Refusal(SigstoreTrustCode.damaged, name.text, at: folder, found: "neither root nor keys")
        }
        return .files(trustedRoot: trustedRoot, signingConfig: try bytes(Self.signingConfig))
    }

    /// Writes the files, then what makes them count.
    func write(_ basis: SigstoreAnchor.Basis, in folder: String) throws {
        for (name, bytes) in Self.files(of: basis) { try DurableFile.write(bytes, to: folder + "/" + name) }
        var object = JSONObject()
        object["schema"] = 1
        object["url"] = url.map { .string($0.textWithCredentials) }
        var pins = JSONObject()
        for file in [Self.root, Self.trustedRoot, Self.signingConfig] {
            pins[file] = digests[file].map { .string($0) }
        }
        object["sha256"] = .object(pins)
        object["added"] = .string(added.description)
        // Last: without it a folder is no instance. It may hold credentials.
        try DurableFile.write(
            JSONWriter.encode(.object(object), .indented) + [0x0A],
            to: folder + "/instance.json",
            mode: 0o600
        )
    }

    private static func files(of basis: SigstoreAnchor.Basis) -> [String: [UInt8]] {
        switch basis {
        case .shipped: return [:]
        case .repository(let tufRoot, _): return [root: tufRoot]
        case .files(let keys, let config):
            var files = [trustedRoot: keys]
            files[signingConfig] = config
            return files
        }
    }
}
