// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

public import CondaFormats
import Transport
public import TrustCore
public import TrustPolicy

/// Gathers the evidence for packages, asks the policy, and admits or refuses.
///
/// The only choreographer: the program, a proxy and upload checks all come through here, so that there is one
/// path and one explanation. What cannot be verified is thrown; what is not allowed is a value.
public actor Gate {
    private let configuration: GateConfiguration
    private let cache: BlobCache
    /// What the user's policy says of files, whoever published them.
    private let rules: IndexPolicy
    /// What can be asked before a package is fetched.
    private let policy: Policy
    /// One session a channel, under its identity, so that a run sees one consistent view of it.
    private var sessions: [String: Task<ChannelSession, any Error>] = [:]

    /// Opens a gate, and the cache with it.
    public init(_ configuration: GateConfiguration) throws {
        self.init(configuration, cache: try BlobCache(at: configuration.cacheDirectory))
    }

    private init(
        _ configuration: GateConfiguration,
        cache: BlobCache,
        reading session: ChannelSession? = nil
    ) {
        self.configuration = configuration
        self.cache = cache
        if let session { sessions[session.channel.url.identity] = Task { session } }
        rules = configuration.publishers.rules
        policy = configuration.policy.adding(rules.rules(now: configuration.now))
    }

    /// A gate that reads one channel by a session that is under way.
    init(_ configuration: GateConfiguration, reading session: ChannelSession) {
        self.init(configuration, cache: session.cache, reading: session)
    }

    /// Decides about packages, and downloads those that may be used. Admissions come in the order of the
    /// requests.
    ///
    /// Where the user trusts on first use, and every one of the requests is admitted, publishers that were
    /// never seen before are recorded.
    ///
    /// - Throws: a `Refusal` where evidence is bad and no mirror gave better, a `Failure` where it could not
    /// be had.
    public func admit(_ requests: [PackageRequest]) async throws -> [Admission] {
        try await prepare(requests)
        var admissions: [Int: Admission] = [:]
        try await withThrowingTaskGroup(of: (Int, Admission).self) { group in
            var waiting = Array(requests.enumerated())[...]
            for (number, request) in waiting.prefix(max(1, configuration.parallelDownloads)) {
                group.addTask { (number, try await self.decide(request)) }
            }
            waiting = waiting.dropFirst(max(1, configuration.parallelDownloads))
            while let (number, admission) = try await group.next() {
                admissions[number] = admission
                if let (next, request) = waiting.popFirst() {
                    group.addTask { (next, try await self.decide(request)) }
                }
            }
        }
        let decided = requests.indices.compactMap { admissions[$0] }
        return try FirstSightings(policy.adding(rules.contentRules), now: configuration.now)
            .record(decided, in: configuration.publishers.recorder)
    }

    /// Decides about one package, and downloads it if it may be used.
    public func admit(_ request: PackageRequest) async throws -> Admission {
        guard let admission = try await admit([request]).first else {
            preconditionFailure("one request has one answer")
        }
        return admission
    }

    private func decide(_ request: PackageRequest) async throws -> Admission {
        let found = try await look(at: request.url) { $0?.record?.sha256 }
        let url = found.url
        guard let entry = found.entry else { throw Self.indexMissing(url) }
        try entry.checkMaintainers(of: url)
        // First by the promised digest: what would be refused anyway is not downloaded.
        let verdict = verdict(on: found, lock: request.lock)
        guard verdict.isAllowed, let record = entry.record, let sha256 = record.sha256 else {
            return .refused(verdict)
        }
        // Whether it comes from a mirror or from the cache: these bytes were digested just now, and have the
        // digest that was judged.
        let path = try await found.session.download(url, entry, sha256: sha256)
        let final = try await look(into: path, found, sha256: sha256, lock: request.lock) ?? verdict
        guard final.isAllowed else { return .refused(final) }
        return .admitted(
            AdmittedPackage(url: url, record: record, sha256: sha256, archivePath: path, verdict: final)
        )
    }

    /// Judges a file that is at hand: whether these bytes are what a channel's signed index lists under that
    /// name, and whether enough allowed publishers attest to them.
    ///
    /// Nothing is downloaded but the index and attestations. A subdir without signed index is evidence that
    /// is missing. A verdict that allows is no admission: the file may change later.
    ///
    /// - Parameter linkScripts: the link scripts that were found in the file, by path; nil if nobody has looked, and then the
    ///   policy is not asked about them.
    public func judge(_ digest: Digest, as url: PackageURL, linkScripts: [String]? = nil) async throws
        -> Verdict
    {
        let found = try await look(at: url) { _ in digest }
        try found.entry?.checkMaintainers(of: found.url)
        return verdict(on: found, lock: nil, linkScripts: linkScripts)
    }

    /// What there is to know of a file that was installed with this digest, for audits: what the signed index
    /// says of it now, and what the policy does.
    ///
    /// Unlike ``judge(_:as:linkScripts:)`` it throws nothing where the maintainers of the package did not sign the file:
    /// then nobody vouches for it (`Verdict.voucher`).
    /// - Throws: `gate.index-missing` if the signed metadata lists no index for the subdir, or what
    ///   ``admit(_:)-(PackageRequest)`` throws.
    public func examine(_ digest: Digest?, as url: PackageURL) async throws -> (
        entry: IndexEntry, verdict: Verdict
    ) {
        let found = try await look(at: url) { _ in digest }
        guard let entry = found.entry else { throw Self.indexMissing(found.url) }
        return (entry, verdict(on: found, lock: nil))
    }

    /// Opens the index that a package is in, unless it is open already: what it throws is about the channel, not
    /// about the package.
    ///
    /// - Throws: what ``admit(_:)-(PackageRequest)`` throws.
    public func openIndex(of url: PackageURL) async throws {
        try await session(of: trustedChannel(of: url)).open([url.subdir])
    }

    /// What the signed index says of a file name; the channel's state is fetched once for all. Attestations
    /// are not looked at.
    ///
    /// - Throws: `gate.index-missing` if the signed metadata lists no index for the subdir, or what
    ///   ``admit(_:)-(PackageRequest)`` throws.
    public func entry(of url: PackageURL) async throws -> IndexEntry {
        let channel = try trustedChannel(of: url)
        guard let entry = try await session(of: channel).entry(of: url.fileName, in: url.subdir) else {
            throw Self.indexMissing(
                PackageURL(channel: channel.url, subdir: url.subdir, fileName: url.fileName)
            )
        }
        return entry
    }

    /// What the verified index of a subdir lists under a package's name, and what the user's rules about files say of each;
    /// nil if the signed metadata lists no index for the subdir.
    ///
    /// - Throws: what ``entry(of:)`` throws.
    public func listing(of name: PackageName, in subdir: Subdir, of url: ChannelURL) async throws
        -> [ListedRecord]?
    {
        guard let channel = try configuration.trustStore.channel(url) else {
            throw Refusal(GateCode.notTrusted, name.raw, at: url.description)
        }
        let entries = try await session(of: channel).entries(named: name, in: subdir)
        return entries?.compactMap { entry in
            guard let record = entry.record else { return nil }
            let url = PackageURL(channel: channel.url, subdir: subdir, fileName: record.fileName)
            let file = evidence(on: url, of: channel, entry, record.sha256).listedFile
            let findings = rules.findings(on: file, now: configuration.now)
            return ListedRecord(
                url: url,
                record: record,
                file: file,
                findings: findings,
                isRemoved: entry.isRemoved
            )
        }
    }

    /// What is demanded of a package's publishers, before anything of theirs is fetched; nil if nobody
    /// demands anything.
    ///
    /// - Throws: what ``admit(_:)-(PackageRequest)`` throws.
    public func demands(on url: PackageURL) async throws -> PublisherDemands? {
        let channel = try trustedChannel(of: url)
        let entry = try await session(of: channel).entry(of: url.fileName, in: url.subdir)
        return demands(on: url, of: channel, entry)
    }

    private static func indexMissing(_ url: PackageURL) -> Refusal {
        Refusal(GateCode.indexMissing, url.subdir.text, at: url.channel.description)
    }

    /// Fetches and verifies the indexes that the requests need, each channel's in one go from one mirror, and
    /// what the maintainers of the packages signed, many lists at once.
    private func prepare(_ requests: [PackageRequest]) async throws {
        var wanted: [String: (channel: TrustedChannel, urls: [PackageURL])] = [:]
        for request in requests {
            let channel = try trustedChannel(of: request.url)
            wanted[channel.url.identity, default: (channel, [])].urls.append(request.url)
        }
        for (_, want) in wanted.sorted(by: { $0.key < $1.key }) {
            let session = try await session(of: want.channel)
            try await session.open(Set(want.urls.map(\.subdir)).sorted())
            try await session.loadLists(for: want.urls)
        }
    }

    private func session(of channel: TrustedChannel) async throws -> ChannelSession {
        if let known = sessions[channel.url.identity] { return try await known.value }
        let configuration = configuration
        let cache = cache
        let task = Task { try ChannelSession(channel, configuration, cache: cache) }
        sessions[channel.url.identity] = task
        return try await task.value
    }

    private func trustedChannel(of url: PackageURL) throws -> TrustedChannel {
        guard let channel = try configuration.trustStore.channel(url.channel) else {
            throw Refusal(GateCode.notTrusted, url.fileName.text, at: url.channel.description)
        }
        return channel
    }
}

// MARK: - The one path

extension Gate {
    /// What was found out about a package, before it is judged.
    private struct Findings {
        let session: ChannelSession
        /// By the channel's canonical URL.
        let url: PackageURL
        /// Nil if the signed metadata lists no index for the subdir.
        let entry: IndexEntry?
        let evidence: Evidence
    }

    /// Gathers all evidence on a package: whether it is to be admitted, is at hand, or was installed.
    ///
    /// - Parameter digest: the digest of the bytes that are meant, which may be those that the index
    ///   promises.
    private func look(at wanted: PackageURL, _ digest: (IndexEntry?) -> Digest?) async throws -> Findings {
        let channel = try trustedChannel(of: wanted)
        let session = try await session(of: channel)
        let url = PackageURL(channel: channel.url, subdir: wanted.subdir, fileName: wanted.fileName)
        let entry = try await session.entry(of: url.fileName, in: url.subdir)
        let digest = digest(entry)
        var evidence = evidence(on: url, of: channel, entry, digest)
        evidence.publishers = demands(on: url, of: channel, entry)
        let isDemanded = evidence.isAttestationDemanded || rules.asksForPublisher(of: evidence)
        if let entry, let digest, isOfInterest(entry, isDemanded) {
            do {
                try await session.attestations(url, entry, sha256: digest).add(to: &evidence)
            } catch let failure as Failure where failure.kind == .network && !isDemanded {
                // To be shown only: what nobody demands decides nothing, whether it is there or not.
                evidence.sidecar = .unknown(reason: failure.message)
            }
        }
        return Findings(session: session, url: url, entry: entry, evidence: evidence)
    }

    /// What the index, the pin and this machine say of a package.
    private func evidence(
        on url: PackageURL,
        of channel: TrustedChannel,
        _ entry: IndexEntry?,
        _ digest: Digest?
    ) -> Evidence {
        var evidence = Evidence(
            package: url.fileName.text,
            // What attestations name as their target is compared with it.
            channel: channel.url.identity,
            packageDigest: digest
        )
        evidence.subdir = url.subdir.text
        evidence.firstSeen = digest.flatMap { configuration.firstSeen(url, $0) }
        evidence.pin = channel.pin
        entry?.add(to: &evidence)
        return evidence
    }

    /// Of what the index does not list there is nothing to be had: it is refused as such.
    private func isOfInterest(_ entry: IndexEntry, _ isDemanded: Bool) -> Bool {
        guard let record = entry.record, record.sha256 != nil else { return false }
        return isDemanded
            || (configuration.attestations == .promised && record.attestationsSHA256 != nil)
    }

    private func demands(on url: PackageURL, of channel: TrustedChannel, _ entry: IndexEntry?)
        -> PublisherDemands?
    {
        PublisherDemands(
            on: url.fileName.name,
            of: channel.url,
            owner: entry?.ownerPolicy,
            user: configuration.publishers.policy,
            lock: configuration.publishers.lock
        )
    }

    /// - Parameter linkScripts: what was found in the package; nil if nobody has looked.
    private func verdict(on found: Findings, lock: LockDemand?, linkScripts: [String]? = nil) -> Verdict {
        var evidence = found.evidence
        evidence.lock = lock
        evidence.linkScripts = linkScripts
        return policy.adding(linkScripts == nil ? [] : rules.contentRules).verdict(on: evidence)
    }

    /// Judges a package again by what is in it; nil if the policy does not ask.
    private func look(into path: String, _ found: Findings, sha256: Digest, lock: LockDemand?) async throws
        -> Verdict?
    {
        guard rules.asksForLinkScripts(of: found.evidence) else { return nil }
        let scripts = try await LinkScriptCollector.scripts(in: path, found.url.fileName, sha256: sha256)
        return verdict(on: found, lock: lock, linkScripts: scripts)
    }
}
