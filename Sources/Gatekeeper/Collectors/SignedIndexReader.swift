// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

import CondaFormats
import TUF
import Transport
import TrustCore
import TrustPolicy

/// Reads a channel's signed indexes: root, timestamp, snapshot, targets, subdir role, index file.
///
/// The metadata is refreshed once, from one mirror. Later files may come from others; the snapshot and the roles
/// below it say which files those are.
struct SignedIndexReader {
    private let channel: TrustedChannel
    private let source: MetadataSource
    private let cache: BlobCache
    private let updater: Updater

    /// The longest `repodata.json`, decompressed, that is read.
    private static let indexLimit = 2 << 30

    /// Refreshes the channel's metadata by the workflow of the TUF specification 1.0.34, section 5.
    ///
    /// - Parameter time: How long a mirror may take for the metadata; more is a failure of kind `network`.
    init(
        _ channel: TrustedChannel,
        mirror: BoundMirror,
        within time: Duration,
        cache: BlobCache,
        now: Timestamp
    ) async throws {
        self.channel = channel
        self.cache = cache
        source = MetadataSource(mirror, time: time)
        updater = Updater(
            trustedRoot: channel.pinnedRoot,
            metadataURL: source.metadataURL,
            store: try DirectoryMetadataStore(channel.metadataDirectory),
            fetcher: source,
            now: now
        )
        try await updater.refresh()
    }

    /// Fetches a subdir's index in the form that costs least: the shard index, else compressed, else plain
    /// repodata; nil if the signed metadata lists none of them.
    func open(_ subdir: Subdir, from mirror: BoundMirror) async throws -> (any SubdirIndex)? {
        source.turn(to: mirror)
        for form in Form.allCases {
            guard let path = TargetPath("\(subdir.text)/\(form.rawValue)"),
                let target = try await updater.target(path)
            else { continue }
            let bytes = try await fetch(target)
            return try await index(form, bytes, SignedIndex(target, in: try await updater.trusted()), subdir)
        }
        return nil
    }

    /// Whether the top-level targets role, and so the channel's offline keys, demand that a package's maintainers
    /// sign its files.
    func isMaintained(_ package: PackageName) async throws -> Bool {
        let trusted = try await updater.trusted()
        let targets = trusted.targets(of: trusted.topLevelTargets)
        return MaintainersRole.delegation(of: package, in: targets) != nil
    }

    /// What a package's maintainers say of one of its files; nil if they need not sign it.
    ///
    /// Only their own role is asked, whatever paths other roles are trusted with.
    func vouching(
        for fileName: ArchiveFileName,
        in subdir: Subdir,
        from mirror: BoundMirror
    ) async throws -> MaintainerVouching? {
        source.turn(to: mirror)
        let trusted = try await updater.trusted()
        let top = trusted.topLevelTargets
        guard let role = MaintainersRole.delegation(of: fileName.name, in: trusted.targets(of: top)) else {
            return nil
        }
        // Delegated, and never signed: nothing is vouched for.
        guard trusted.snapshot?.role.files[role.name] != nil else { return role.vouching(nil, for: nil) }
        _ = try await updater.targets(of: role.name)
        let loaded = try await updater.trusted()
        let metadata = loaded.delegated(role.name, by: top).flatMap { loaded.targets(of: $0) }
        let path = MaintainersRole.target(fileName, in: subdir)
        return role.vouching(metadata, for: path)
    }

    /// For each list of maintainers that these files need, and that is not loaded yet, a path that leads to it.
    ///
    /// A file whose path leads to the role of another package first is left out: patterns cannot tell the two
    /// apart, see ``MaintainersRole``.
    func listPaths(for urls: [PackageURL]) async throws -> [TargetPath] {
        let trusted = try await updater.trusted()
        let top = trusted.topLevelTargets, targets = trusted.targets(of: top)
        var seen: Set<RoleName> = []
        return urls.compactMap { url in
            guard let role = MaintainersRole.delegation(of: url.fileName.name, in: targets),
                trusted.snapshot?.role.files[role.name] != nil,
                trusted.delegated(role.name, by: top).flatMap({ trusted.targets(of: $0) }) == nil,
                let path = MaintainersRole.target(url.fileName, in: url.subdir),
                targets?.delegations?.roles(for: path).first?.name == role.name,
                seen.insert(role.name).inserted
            else { return nil }
            return path
        }
    }

    /// Loads the lists that these paths lead to, all at the same time; those that are expired are left out.
    func loadLists(_ paths: [TargetPath], from mirror: BoundMirror) async throws {
        source.turn(to: mirror)
        for case .failure(let error) in try await updater.targets(paths) {
            // It is what the snapshot names: no fault of the mirror that has it.
            if let refusal = error as? Refusal, refusal.is(TUFCode.expired) { continue }
            throw error
        }
    }

    /// Whether this is another state of the channel than a view of before.
    func isAnother(than other: SignedIndexReader) async -> Bool {
        let mine = try? await updater.trusted().snapshot?.digest
        let others = try? await other.updater.trusted().snapshot?.digest
        return mine != others
    }

    private enum Form: String, CaseIterable {
        case shards = "repodata_shards.msgpack.zst"
        case compressed = "repodata.json.zst"
        case plain = "repodata.json"
    }

    private func index(
        _ form: Form,
        _ bytes: [UInt8],
        _ fact: SignedIndex,
        _ subdir: Subdir
    ) async throws -> any SubdirIndex {
        switch form {
        case .shards:
            let shards = try ShardIndex.read(bytes, of: fact.file, subdir: subdir)
            return ShardedIndex(fact: fact, channel: channel.url, subdir: subdir, shards: shards)
        case .compressed:
            let text = try Zstd.decompress(bytes, maximumLength: Self.indexLimit, of: fact.file)
            return WholeIndex(fact: fact, repodata: try RepodataIndex(text, of: fact.file, subdir: subdir))
        case .plain:
            return WholeIndex(fact: fact, repodata: try RepodataIndex(bytes, of: fact.file, subdir: subdir))
        }
    }

    /// Fetches an index file unless the cache has it; either way its bytes have the promised digest.
    private func fetch(_ target: TargetDescription) async throws -> [UInt8] {
        let sha256 = target.file.hashes.digest(by: .sha256)
        if let sha256,
            let bytes = try cache.bytes(of: sha256, maximumLength: Int(clamping: target.file.length))
        {
            return bytes
        }
        let bytes = try await updater.download(target, from: source.canonical)
        if let sha256 {
            try await cache.store(expected: sha256, size: target.file.length) { sink in
                try bytes.withUnsafeBytes { try sink($0) }
            }
        }
        return bytes
    }
}

extension DelegatedRole {
    /// What the role's metadata says of a path, as a fact: nothing of a path it is not trusted with.
    fileprivate func vouching(_ metadata: TargetsMetadata?, for path: TargetPath?) -> MaintainerVouching {
        let target = path.flatMap { scope.covers($0) ? metadata?.targets[$0] : nil }
        return MaintainerVouching(
            role: name.text,
            threshold: keys.threshold,
            keyCount: keys.keyIDs.count,
            file: target.map {
                MaintainerVouching.File(sha256: $0.hashes.digest(by: .sha256), length: $0.length)
            },
            version: metadata?.version,
            expires: metadata?.expires
        )
    }
}
