// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

internal import CondaFormats
internal import Foundation
internal import SigningKeys
internal import TUF
public import TrustCore

/// Somebody who has stolen a channel's online key and controls a mirror: replaces a package, and signs an index, a
/// snapshot and a timestamp that fit. Everything about it is valid but what only other keys could have signed.
public struct OnlineKeyThief: Sendable {
    private let directory: String
    private let keyFile: String
    private let now: Timestamp

    /// - Parameters:
    ///   - directory: the mirror's copy of the channel.
    ///   - keyFile: the stolen key.
    public init(at directory: String, keyFile: String, now: Timestamp) {
        self.directory = directory
        self.keyFile = keyFile
        self.now = now
    }

    /// Replaces a package by these bytes, and lists them in the index.
    ///
    /// - Parameter original: the package whose record is altered; the same one unless a new file name is forged.
    public func forge(_ path: String, as bytes: [UInt8], from original: String? = nil) async throws {
        guard let file = path.split(separator: "/").last.map(String.init),
            let subdir = path.split(separator: "/").first.map(String.init), let role = RoleName(subdir),
            let target = TargetPath("\(subdir)/repodata.json")
        else { return }
        var editor = try RepositoryEditor(
            trustedRoot: try read("tuf/1.root.json"),
            isSignedElsewhere: { $0.text.hasPrefix("maintainers.") },
            read: { name in try? read("tuf/\(name)") }
        )
        let from = (original ?? path).split(separator: "/").last.map(String.init) ?? file
        let index = try forged(try read(target.text), file, from, bytes)
        // Only the plain form is signed: clients take what there is.
        for other in editor.roles[role]?.targets.keys.sorted() ?? [] where other != target {
            try editor.removeTarget(other, from: role)
        }
        try editor.setTarget(target, to: TargetFile(of: index), in: role)
        let key = try KeyFile.read(keyFile).unlock { nil }
        for file in try await editor.publish(signers: [key], now: now) {
            try write(file.bytes, to: "tuf/\(file.name)")
        }
        try write(index, to: target.text)
        try write(index, to: target.prefixed(by: Digest.of(index)))
        try write(bytes, to: path)
    }

    private func forged(_ index: [UInt8], _ file: String, _ from: String, _ bytes: [UInt8]) throws -> [UInt8]
    {
        let section = file.hasSuffix(".conda") ? "packages.conda" : "packages"
        guard var document = try JSONReader.read(index, of: "repodata.json").object,
            var packages = document[section]?.object, var record = packages[from]?.object
        else { throw Failure(.configuration, "the index does not list \(from)") }
        record["sha256"] = .string(Digest.of(bytes).hex)
        record["md5"] = .string(Digest.of(bytes, by: .md5).hex)
        record["size"] = .number(JSONNumber(Int64(bytes.count)))
        let name = try ArchiveFileName(file)
        record["name"] = .string(name.name.raw)
        record["version"] = .string(name.version)
        record["build"] = .string(name.build)
        packages[file] = .object(record)
        document[section] = .object(packages)
        return JSONWriter.encode(.object(document))
    }

    private func read(_ name: String) throws -> [UInt8] {
        Array(try Data(contentsOf: URL(fileURLWithPath: directory + "/" + name)))
    }

    private func write(_ bytes: [UInt8], to name: String) throws {
        try Data(bytes).write(to: URL(fileURLWithPath: directory + "/" + name))
    }
}
