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
    let channel: TrustedChannel
    let source: MetadataSource
    private let cache: BlobCache
    let updater: Updater
    /// Packages whose maintainers sign them by demand of the channel's offline keys, and how.
    private let maintained: [PackageName: DelegatedRole]
    /// Who may publish what, as the owner signed it; nil if nothing is said. What is bad about it is told
    /// when a package is asked for: no mirror is to blame for what the owner signed.
    let publishers: Result<PublisherPolicy?, Refusal>
    /// Which state of the channel this is: the root and the snapshot that were in force.
    let id: Digest
    /// Until when root, timestamp, snapshot and targets can be relied on.
    let horizon: FreshnessHorizon

    /// The longest `repodata.json`, decompressed, that is read.
    static let indexLimit = 2 << 30

    /// Refreshes the channel's metadata by the workflow of the TUF specification 1.0.34, section 5.
    ///
    /// - Parameters:
    ///   - time: How long a mirror may take for the metadata; more is a failure of kind `network`.
    ///   - store: Where metadata is kept; the trust store's own folder if nil.
    ///   - held: Metadata of an earlier refresh, which answers in place of the mirror.
    init(
        _ channel: TrustedChannel,
        root: [UInt8],
        mirror: BoundMirror,
        within time: Duration,
        uptime: @escaping @Sendable () -> Duration,
        cache: BlobCache,
        now: Timestamp,
        store: (any MetadataStore)? = nil,
        held: HeldMetadata? = nil
    ) async throws {
        self.channel = channel
        self.cache = cache
        source = MetadataSource(mirror, held: held, time: time, uptime: uptime)
        updater = Updater(
            trustedRoot: root,
            metadataURL: source.metadataURL,
            store: try store ?? DirectoryMetadataStore(channel.metadataDirectory),
            fetcher: source,
            now: now
        )
        try await updater.refresh()
        let trusted = try await updater.trusted()
        let snapshot = trusted.snapshot.map { "\($0.digest)" } ?? "none"
        id = Digest.of(Array("\(trusted.root.digest) \(snapshot)".utf8))
        horizon = trusted.horizon
        maintained = MaintainersRole.delegations(in: trusted.targets(of: trusted.topLevelTargets))
        publishers = try await Self.publishers(of: channel, trusted, updater, source, cache)
    }

    /// Reads the owner's policy, if the top-level targets role, and so the channel's offline keys, lists one.
    /// Whatever other roles list under its path is not looked for.
    private static func publishers(
        of channel: TrustedChannel,
        _ trusted: TrustedMetadata,
        _ updater: Updater,
        _ source: MetadataSource,
        _ cache: BlobCache
    ) async throws -> Result<PublisherPolicy?, Refusal> {
        guard let path = TargetPath(PublisherPolicy.targetPath),
            trusted.targets(of: trusted.topLevelTargets)?.targets[path] != nil,
            let target = try await updater.target(path), target.chain == [.targets]
        else { return .success(nil) }
        guard target.file.length <= UInt64(PublisherPolicy.maximumLength) else {
            return .failure(
                Refusal(
                    CoreCode.tooLarge,
                    path.text,
                    at: channel.url.description,
                    expected: "at most \(PublisherPolicy.maximumLength) bytes",
                    found: "\(target.file.length) bytes"
                )
            )
        }
        let bytes = try await fetch(target, updater, source, cache)
        do {
            return .success(try PublisherPolicy(json: bytes, of: channel.url))
        } catch let refusal as Refusal {
            return .failure(refusal.located(at: channel.url.description))
        }
    }

    /// Fetches a subdir's index in the form that costs least: the shard index, else compressed, else plain
    /// repodata; nil if the signed metadata lists none of them.
    ///
    /// - Parameter trust: who must sign the records as well; nil if nobody need. Shards carry no signatures, so then
    ///   they are passed over.
    func open(_ subdir: Subdir, from mirror: BoundMirror, signedBy trust: RecordTrust?) async throws
        -> (any SubdirIndex)?
    {
        source.turn(to: mirror)
        var isSharded = false
        for form in Form.allCases {
            guard let path = TargetPath("\(subdir.text)/\(form.rawValue)"),
                let target = try await updater.target(path)
            else { continue }
            if trust != nil, form == .shards {
                isSharded = true
                continue
            }
            let bytes = try await Self.fetch(target, updater, source, cache)
            let fact = SignedIndex(target, in: try await updater.trusted())
            return try index(form, bytes, fact, subdir, trust)
        }
        guard !isSharded else {
            throw Refusal(
                GateCode.repodataMissing,
                "\(subdir.text)/\(Form.plain.rawValue)",
                at: channel.url.description,
                found: "shards only"
            )
        }
        return nil
    }

    /// Whether the top-level targets role, and so the channel's offline keys, demand that a package's maintainers
    /// sign its files.
    func isMaintained(_ package: PackageName) -> Bool { maintained[package] != nil }

    /// What a package's maintainers say of one of its files, if no mirror need be asked for it; nil if their list
    /// must be loaded first.
    ///
    /// Only their own role is asked, whatever paths other roles are trusted with.
    func vouchingIfLoaded(for fileName: ArchiveFileName, in subdir: Subdir) async throws
        -> MaintainerVouching?
    {
        guard let role = maintained[fileName.name] else { return nil }
        let trusted = try await updater.trusted()
        // Delegated, and never signed: nothing is vouched for.
        guard trusted.snapshot?.role.files[role.name] != nil else { return role.vouching(nil, for: nil) }
        return Self.list(of: role, in: trusted).map {
            role.vouching($0, for: MaintainersRole.target(fileName, in: subdir))
        }
    }

    /// Loads what a package's maintainers signed, and says what they say of one of its files; nil if they need
    /// not sign it.
    func vouching(
        for fileName: ArchiveFileName,
        in subdir: Subdir,
        from mirror: BoundMirror
    ) async throws -> MaintainerVouching? {
        guard let role = maintained[fileName.name] else { return nil }
        source.turn(to: mirror)
        _ = try await updater.targets(of: role.name)
        let list = Self.list(of: role, in: try await updater.trusted())
        return role.vouching(list, for: MaintainersRole.target(fileName, in: subdir))
    }

    private static func list(of role: DelegatedRole, in trusted: TrustedMetadata) -> TargetsMetadata? {
        trusted.delegated(role.name, by: trusted.topLevelTargets).flatMap { trusted.targets(of: $0) }
    }

    /// The packages among these files whose maintainers' list is not loaded yet, each with a path that leads to it.
    ///
    /// A file whose path leads to the role of another package first is left out: patterns cannot tell the two
    /// apart, see ``MaintainersRole``.
    func missingLists(for urls: [PackageURL]) async throws -> [PackageName: TargetPath] {
        let trusted = try await updater.trusted()
        let delegations = trusted.targets(of: trusted.topLevelTargets)?.delegations
        var missing: [PackageName: TargetPath] = [:]
        for url in urls where missing[url.fileName.name] == nil {
            guard let role = maintained[url.fileName.name],
                trusted.snapshot?.role.files[role.name] != nil,
                Self.list(of: role, in: trusted) == nil,
                let path = MaintainersRole.target(url.fileName, in: url.subdir),
                delegations?.roles(for: path).first?.name == role.name
            else { continue }
            missing[url.fileName.name] = path
        }
        return missing
    }

    /// Loads lists, by the paths that lead to them, all at the same time.
    ///
    /// - Returns: The refusals of lists that are no good whichever mirror they come from.
    func loadLists(_ lists: [PackageName: TargetPath], from mirror: BoundMirror) async throws
        -> [PackageName: Refusal]
    {
        source.turn(to: mirror)
        let packages = lists.keys.sorted()
        let results = try await updater.targets(packages.compactMap { lists[$0] })
        var refused: [PackageName: Refusal] = [:]
        for case (let package, .failure(let error)) in zip(packages, results) {
            guard let refusal = error as? Refusal, await isPromised(refusal, of: package) else { throw error }
            refused[package] = refusal
        }
        return refused
    }

    /// Whether the snapshot promises just the list that was refused: then no mirror has a better one, and none is
    /// to blame. Its version alone makes the mirror answer for signatures, length and digest do not.
    func isPromised(_ refusal: Refusal, of package: PackageName) async -> Bool {
        if refusal.is(TUFCode.expired) { return true }
        guard refusal.is(TUFCode.signatures), let role = maintained[package] else { return false }
        return (try? await updater.trusted().snapshot?.role.files[role.name]?.hashes) != nil
    }

    /// Whether this is another state of the channel than a view of before.
    func isAnother(than other: SignedIndexReader) async -> Bool {
        let mine = try? await updater.trusted().snapshot?.digest
        let others = try? await other.updater.trusted().snapshot?.digest
        return mine != others
    }

    enum Form: String, CaseIterable {
        case shards = "repodata_shards.msgpack.zst"
        case compressed = "repodata.json.zst"
        case plain = "repodata.json"
    }

    private func index(
        _ form: Form,
        _ bytes: [UInt8],
        _ fact: SignedIndex,
        _ subdir: Subdir,
        _ trust: RecordTrust?
    ) throws -> any SubdirIndex {
        func whole(_ text: [UInt8]) throws -> WholeIndex {
            let repodata = try RepodataIndex(text, of: fact.file, subdir: subdir)
            let signers = try trust.map { try RecordCheck($0, of: repodata, subdir: subdir) }
            return WholeIndex(fact: fact, repodata: repodata, signers: signers)
        }
        switch form {
        case .shards:
            let shards = try ShardIndex.read(bytes, of: fact.file, subdir: subdir)
            return ShardedIndex(fact: fact, channel: channel.url, subdir: subdir, shards: shards)
        case .compressed:
            return try whole(try Zstd.decompress(bytes, maximumLength: Self.indexLimit, of: fact.file))
        case .plain: return try whole(bytes)
        }
    }

    /// The bytes of a target, which have the promised digest.
    func bytes(of target: TargetDescription) async throws -> [UInt8] {
        try await Self.fetch(target, updater, source, cache)
    }

    /// Fetches a target unless the cache has it; either way its bytes have the promised digest.
    private static func fetch(
        _ target: TargetDescription,
        _ updater: Updater,
        _ source: MetadataSource,
        _ cache: BlobCache
    ) async throws -> [UInt8] {
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
