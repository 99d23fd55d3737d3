// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

internal import CondaFormats
internal import DurableFiles
internal import TUF
internal import Transport
internal import TrustCore

/// Reads the indexes of a channel that is imported; where a root was given, by the TUF metadata that lead to them.
struct ImportIndexes: Sendable {
    private let source: ImportSource
    /// Nil for a channel that nobody signs, or whose signatures are not looked at.
    private let updater: Updater?

    /// Refreshes the channel's metadata.
    ///
    /// - Throws: `import.root-needed` for a signed channel without a root; a `tuf.…` code; a `Failure`.
    init(_ source: ImportSource, now: Timestamp) async throws {
        self.source = source
        if let root = source.root {
            let updater = Updater(
                trustedRoot: root,
                metadataURL: source.channel.textWithCredentials + "/tuf/",
                store: InMemoryMetadataStore(),
                fetcher: source.fetcher,
                now: now
            )
            try await updater.refresh()
            self.updater = updater
            return
        }
        updater = nil
        guard !source.ignoresSignatures else { return }
        let isSigned = try await source.bytes("tuf/timestamp.json", maximumLength: 1 << 20) != nil
        guard !isSigned else { throw Refusal(ImportCode.rootNeeded, source.channel.description) }
    }

    /// Whether a root vouches for the indexes.
    var isVerified: Bool { updater != nil }

    /// The subdirs that are asked for where nothing says which there are.
    private static let usual = [
        "noarch", "linux-64", "linux-aarch64", "linux-ppc64le", "linux-s390x", "linux-riscv64",
        "linux-armv7l",
        "linux-32", "osx-64", "osx-arm64", "win-64", "win-arm64", "win-32", "emscripten-wasm32",
        "wasi-wasm32",
    ]

    /// The subdirs that the channel may have: of a folder those that are there, else those that `channeldata.json` names.
    func subdirs() async throws -> [Subdir] {
        if let folder = source.folder {
            return try Folder.names(in: folder).compactMap { try? Subdir($0) }
        }
        let bytes = try? await source.bytes("channeldata.json", maximumLength: 512 << 20)
        let listed = bytes.flatMap { try? JSONReader.read($0, of: "channeldata.json") }?.object?["subdirs"]?
            .array?.compactMap(\.string)
        let names = listed.map { $0 + [Subdir.noarch.text] } ?? Self.usual
        return Set(names.compactMap { try? Subdir($0) }).sorted()
    }

    /// Reads a subdir's index, in the form that has it all in one file, else from its shards; nil if it has none.
    ///
    /// - Throws: what is wrong with the index; a `Failure`.
    func listing(of subdir: Subdir) async throws -> ImportListing? {
        for form in Form.allCases {
            let path = "\(subdir.text)/\(form.rawValue)"
            guard let bytes = try await bytes(path, form.limit) else { continue }
            switch form {
            case .shards: return try await sharded(bytes, path, subdir)
            case .compressed, .plain:
                let text =
                    form == .plain
                    ? bytes : try Zstd.decompress(bytes, maximumLength: Form.indexLimit, of: path)
                let index = try RepodataIndex(text, of: path, subdir: subdir)
                return try ImportListing(index, of: subdir, in: source.channel)
            }
        }
        return nil
    }

    private enum Form: String, CaseIterable {
        case compressed = "repodata.json.zst"
        case plain = "repodata.json"
        case shards = "repodata_shards.msgpack.zst"

        /// The longest `repodata.json` that is read.
        static let indexLimit = 2 << 30

        var limit: Int { self == .shards ? ShardIndex.maximumLength : Self.indexLimit }
    }

    private func bytes(_ path: String, _ limit: Int) async throws -> [UInt8]? {
        guard let updater else { return try await source.bytes(path, maximumLength: limit) }
        guard let target = TargetPath(path),
            let description = try await source.persistently({ try await updater.target(target) })
        else { return nil }
        return try await source.persistently {
            try await updater.download(description, from: source.channel.textWithCredentials)
        }
    }

    private func sharded(_ bytes: [UInt8], _ path: String, _ subdir: Subdir) async throws -> ImportListing {
        let index = try ShardIndex.read(bytes, of: path, subdir: subdir)
        var listing = try ImportListing(index, of: subdir, in: source.channel)
        for text in index.packageNames {
            let name = try PackageName(text)
            guard let digest = index.digest(of: name) else { continue }
            let url = try index.url(of: digest, channel: source.channel, subdir: subdir)
            let bytes = try await source.persistently {
                try await source.fetcher.bytes(url, maximumLength: Shard.maximumLength)
            }
            guard let bytes else {
                throw Refusal(ImportCode.indexMissing, RedactedURL(url).description)
            }
            listing.add(try Shard.read(bytes, expected: digest, of: name, subdir: subdir))
        }
        return listing
    }
}
