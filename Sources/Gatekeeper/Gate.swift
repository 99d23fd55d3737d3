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
    /// One session a channel, under its identity, so that a run sees one consistent view of it.
    private var sessions: [String: Task<ChannelSession, any Error>] = [:]

    /// Opens a gate, and the cache with it.
    public init(_ configuration: GateConfiguration) throws {
        self.configuration = configuration
        cache = try BlobCache(at: configuration.cacheDirectory)
    }

    /// Decides about packages, and downloads those that may be used. Admissions come in the order of the
    /// requests.
    ///
    /// - Throws: a `Refusal` where evidence is bad and no mirror gave better, a `Failure` where it could not
    /// be had.
    public func admit(_ requests: [PackageRequest]) async throws -> [Admission] {
        try await prepare(requests)
        var admissions: [Int: Admission] = [:]
        try await withThrowingTaskGroup(of: (Int, Admission).self) { group in
            var waiting = Array(requests.enumerated())[...]
            for (number, request) in waiting.prefix(max(1, configuration.parallelDownloads)) {
                group.addTask { (number, try await self.admit(request)) }
            }
            waiting = waiting.dropFirst(max(1, configuration.parallelDownloads))
            while let (number, admission) = try await group.next() {
                admissions[number] = admission
                if let (next, request) = waiting.popFirst() {
                    group.addTask { (next, try await self.admit(request)) }
                }
            }
        }
        return requests.indices.compactMap { admissions[$0] }
    }

    /// Decides about one package, and downloads it if it may be used.
    public func admit(_ request: PackageRequest) async throws -> Admission {
        let channel = try trustedChannel(of: request.url)
        let session = try await session(of: channel)
        let url = PackageURL(channel: channel.url, subdir: request.url.subdir, fileName: request.url.fileName)
        guard let entry = try await session.entry(of: url.fileName, in: url.subdir) else {
            throw Self.indexMissing(url)
        }
        try entry.checkMaintainers(of: url)
        // First by the promised digest: what would be refused anyway is not downloaded.
        let pin = channel.pin
        var evidence = Self.evidence(for: url, pin, entry, entry.record?.sha256, lock: request.lock)
        let expected = configuration.policy.verdict(on: evidence)
        guard expected.isAllowed, let record = entry.record, let sha256 = record.sha256 else {
            return .refused(expected)
        }
        // Whether it comes from a mirror or from the cache: these bytes were digested just now.
        let path = try await session.download(url, entry, sha256: sha256)
        evidence = Self.evidence(for: url, pin, entry, sha256, lock: request.lock)
        let verdict = configuration.policy.verdict(on: evidence)
        guard verdict.isAllowed else { return .refused(verdict) }
        return .admitted(
            AdmittedPackage(url: url, record: record, sha256: sha256, archivePath: path, verdict: verdict)
        )
    }

    /// Judges a file that is at hand: whether these bytes are what a channel's signed index lists under that
    /// name.
    ///
    /// Nothing is downloaded but the index. A subdir without signed index is evidence that is missing. A verdict
    /// that allows is no admission: the file may change later.
    public func judge(_ digest: Digest, as url: PackageURL) async throws -> Verdict {
        let channel = try trustedChannel(of: url)
        let entry = try await session(of: channel).entry(of: url.fileName, in: url.subdir)
        let canonical = PackageURL(channel: channel.url, subdir: url.subdir, fileName: url.fileName)
        try entry?.checkMaintainers(of: canonical)
        return configuration.policy.verdict(
            on: Self.evidence(for: canonical, channel.pin, entry, digest, lock: nil)
        )
    }

    /// Opens the index that a package is in, unless it is open already: what it throws is about the channel, not
    /// about the package.
    ///
    /// - Throws: what ``admit(_:)-(PackageRequest)`` throws.
    public func openIndex(of url: PackageURL) async throws {
        try await session(of: trustedChannel(of: url)).open([url.subdir])
    }

    /// What the signed index says of a file name, for audits; the channel's state is fetched once for all.
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

    private static func evidence(
        for url: PackageURL,
        _ pin: ChannelPin,
        _ entry: IndexEntry?,
        _ digest: Digest?,
        lock: LockDemand?
    ) -> Evidence {
        var evidence = Evidence(
            package: url.fileName.text,
            channel: url.channel.description,
            packageDigest: digest
        )
        evidence.pin = pin
        entry?.add(to: &evidence)
        evidence.lock = lock
        return evidence
    }
}
