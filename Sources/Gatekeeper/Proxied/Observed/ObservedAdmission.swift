// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

import CondaFormats
import Transport
import TrustCore
import TrustPolicy

/// The way of one package of an observed channel from its record to its admission.
struct ObservedAdmission {
    private let upstream: ObservedUpstream
    private let url: PackageURL
    private let listing: ObservedEntry
    private let view: Digest

    private var configuration: ObservedConfiguration { upstream.configuration }

    /// Larger packages than this are not fetched, whatever the index says; and where it gives no length.
    private static let packageLimit = 64 << 30
    private static let unpromisedLimit = 4 << 30

    /// What the user demands, as it is now.
    private struct UserDemands {
        let publishers: UserPublishers
        let rules: IndexPolicy
        let policy: Policy

        init(_ configuration: ObservedConfiguration) throws {
            publishers = try configuration.publishers()
            rules = publishers.rules
            policy = configuration.policy.adding(rules.rules(now: configuration.now()))
        }
    }

    init(_ upstream: ObservedUpstream, _ url: PackageURL, _ listing: ObservedEntry, view: Digest) {
        self.upstream = upstream
        self.url = url
        self.listing = listing
        self.view = view
    }

    func decide() async throws -> Admission {
        let entry = listing.entry
        let demands = try UserDemands(configuration)
        guard let record = entry.record, !entry.isRemoved else {
            return .refused(demands.policy.verdict(on: evidence(entry, nil, demands)))
        }
        var observed = await observation(of: record, listing.ledger)
        if let sha256 = record.sha256 {
            return try await decide(entry, record, sha256, observed, demands) { verdict in
                guard verdict.isAllowed else { return nil }
                return try await download(entry, record, sha256)
            }
        }
        // By MD5: which bytes those are is known when they are there.
        guard record.md5 != nil, observed?.previous == nil || observed?.changeMode == .warn else {
            return .refused(
                demands.policy.verdict(on: evidence(entry, nil, demands, observed: observed))
            )
        }
        let (sha256, held) = try await fetchByMD5(entry, record)
        let table = try await upstream.views.part(url.subdir).ledger
            .record(fetched: sha256, of: url.fileName, at: configuration.now())
        observed = observation(of: record, table, observed?.mirrors ?? [])
        if let known = observed?.known, known != sha256 {
            if observed?.previous == nil { observed?.previous = known }
            // Whoever only wants a warning gets the bytes that the MD5 is of.
            if observed?.changeMode == .warn { observed?.known = sha256 }
        }
        return try await decide(entry, record, sha256, observed, demands) { $0.isAllowed ? held : nil }
    }

    /// Judges a package by the digest that its bytes have or are promised to have.
    ///
    /// - Parameter bytes: answers where they are if the verdict allows.
    private func decide(
        _ entry: IndexEntry,
        _ record: PackageRecord,
        _ sha256: Digest,
        _ observed: ObservedRecord?,
        _ demands: UserDemands,
        bytes: (Verdict) async throws -> Held?
    ) async throws -> Admission {
        var evidence = evidence(entry, sha256, demands, observed: observed)
        let isDemanded = evidence.isAttestationDemanded || demands.rules.asksForPublisher(of: evidence)
        if isDemanded
            || (configuration.attestations == .promised && record.attestationsSHA256 != nil)
        {
            do {
                try await attestations(entry, sha256).add(to: &evidence)
            } catch let failure as Failure where failure.kind == .network && !isDemanded {
                evidence.sidecar = .unknown(reason: failure.message)
            }
        }
        var verdict = demands.policy.verdict(on: evidence)
        guard let held = try await bytes(verdict) else { return .refused(verdict) }
        let scripts: [String]
        if let known = held.scripts {
            scripts = known
        } else {
            scripts = try await upstream.inspected.check(
                url.fileName,
                sha256,
                held.path,
                md5: Self.onlyMD5(record),
                in: upstream.cache,
                now: configuration.now()
            )
        }
        if demands.rules.asksForLinkScripts(of: evidence) {
            evidence.linkScripts = scripts
            verdict = demands.policy.adding(demands.rules.contentRules).verdict(on: evidence)
            guard verdict.isAllowed else { return .refused(verdict) }
        }
        let admission = Admission.admitted(
            AdmittedPackage(
                url: url,
                record: record,
                sha256: sha256,
                archivePath: held.path,
                verdict: verdict
            )
        )
        let policy = demands.policy.adding(demands.rules.contentRules)
        let recorded = try FirstSightings(policy, now: configuration.now())
            .record([admission], in: demands.publishers.recorder)
        return recorded.first ?? admission
    }

    private func evidence(
        _ entry: IndexEntry,
        _ sha256: Digest?,
        _ demands: UserDemands,
        observed: ObservedRecord? = nil
    ) -> Evidence {
        var evidence = Evidence(
            package: url.fileName.text,
            channel: url.channel.identity,
            packageDigest: sha256
        )
        evidence.pin = .observed
        evidence.subdir = url.subdir.text
        evidence.firstSeen = listing.knownSince
        entry.add(to: &evidence)
        evidence.observed = observed
        evidence.publishers = PublisherDemands(
            on: url.fileName.name,
            of: url.channel,
            owner: nil,
            user: demands.publishers.policy,
            lock: demands.publishers.lock
        )
        return evidence
    }

    // MARK: What was seen

    private func observation(of record: PackageRecord, _ table: LedgerTable) async -> ObservedRecord? {
        var opinions: [MirrorOpinion] = []
        if let text = listing.text {
            opinions = await upstream.compared.opinions(on: record, in: text, of: view)
        }
        return observation(of: record, table, opinions)
    }

    private func observation(
        of record: PackageRecord,
        _ table: LedgerTable,
        _ opinions: [MirrorOpinion]
    ) -> ObservedRecord? {
        LedgerHistory(
            table.sightings(of: record.fileName.text.utf8),
            record: (record.sha256, record.md5)
        ).map { history in
            ObservedRecord(
                index: listing.index,
                since: history.since,
                isBaseline: history.isBaseline,
                previous: history.previous,
                changeMode: configuration.hashChange,
                known: history.known,
                mirrors: opinions,
                demandedMirrors: configuration.demandedMirrors
            )
        }
    }

    // MARK: Fetching

    private func path(_ entry: IndexEntry) throws -> String {
        let place = try PackageLocation(channel: url.channel, subdir: url.subdir, baseURL: entry.baseURL)
        return try url.channel.path(of: place.url(of: url.fileName))
    }

    /// The MD5 of a record that gives nothing better.
    private static func onlyMD5(_ record: PackageRecord) -> Digest? {
        record.sha256 == nil ? record.md5 : nil
    }

    /// A package in the cache.
    private struct Held {
        let path: String
        /// Its link scripts, if it was inspected before and nobody touched it since; else its bytes were digested just now.
        let scripts: [String]?
    }

    private func download(_ entry: IndexEntry, _ record: PackageRecord, _ sha256: Digest) async throws -> Held
    {
        let untouched = upstream.inspected.untouched(
            url.fileName,
            sha256,
            md5: Self.onlyMD5(record),
            size: record.size,
            now: configuration.now()
        )
        if let untouched { return Held(path: untouched.path, scripts: untouched.scripts) }
        let fetched = try await configuration.sources().fetch(
            path(entry),
            expected: sha256,
            size: record.size,
            maximumLength: record.size == nil ? Self.unpromisedLimit : Self.packageLimit,
            into: upstream.cache
        )
        return Held(path: fetched, scripts: nil)
    }

    /// Fetches what the index gives only an MD5 of: what was fetched before, by its SHA-256, or the first bytes that a
    /// mirror has with that MD5.
    private func fetchByMD5(_ entry: IndexEntry, _ record: PackageRecord) async throws -> (Digest, Held) {
        let table = try await upstream.views.part(url.subdir).ledger.table()
        let history = LedgerHistory(
            table.sightings(of: url.fileName.text.utf8),
            record: (record.sha256, record.md5)
        )
        if let known = history?.known, history?.previous == nil {
            return (known, try await download(entry, record, known))
        }
        let path = try path(entry)
        let limit = record.size.map { min(Self.packageLimit, Int(clamping: $0)) } ?? Self.unpromisedLimit
        return try await configuration.sources().withMirror(path) { mirror in
            var md5 = StreamingDigest(.md5)
            let stored = try await upstream.cache.storeObserved(maximumLength: limit) { sink in
                try await mirror.require(path, maximumLength: limit) { chunk in
                    md5.update(chunk)
                    try sink(chunk)
                }
                try record.md5?.check(md5.finish(), of: url.fileName.text)
            }
            return (stored.digest, Held(path: stored.path, scripts: nil))
        }
    }

    private func attestations(_ entry: IndexEntry, _ sha256: Digest) async throws -> CollectedAttestations {
        let collector = AttestationCollector(mirrors: try configuration.sources(), cache: upstream.cache) {
            [configuration] in try await configuration.sigstore.verifier(for: configuration.channel)
        }
        return try await collector.collect(
            AttestationCollector.Package(
                fileName: url.fileName.text,
                sha256: sha256,
                path: try path(entry),
                promised: entry.record?.attestationsSHA256
            )
        )
    }
}
