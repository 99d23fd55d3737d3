// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

import CondaFormats
import ContentTrust
import SigningKeys
import Transport
import TrustCore
import TrustPolicy

/// Who may sign a channel's records just now: the roots from the pinned one to the newest, and the key manager's
/// metadata, verified and current.
struct RecordTrust: Sendable {
    private let authority: RecordAuthority
    private let root: VerifiedRoot
    private let keyManager: VerifiedKeyManager

    /// Verifies what a mirror shows, from the pinned root on, and keeps it in the trust store.
    ///
    /// Nothing is believed because it is in the store: a root there is one more link of the chain, or it is fetched
    /// again, and the key manager's copy is only compared with.
    /// - Parameter base: where the files are, without a slash at the end.
    /// - Throws: a `Refusal` with a `content-trust.…` code or `content-trust.metadata-missing`, or a `Failure`: only an
    ///   explicit "not found" says that there is no newer root.
    init(
        _ anchor: ContentTrustAnchor,
        store: ContentTrustStore,
        from source: some Fetcher,
        at base: String,
        maximumRotations: Int = TrustChain.maximumRotations,
        now: Timestamp
    ) async throws {
        let lock = try await store.lock()
        defer { withExtendedLifetime(lock) {} }
        var chain = try TrustChain(pinned: anchor.root)
        // 1. The roots that were verified before. One that is damaged must be had from the mirror again.
        while let bytes = try store.root(chain.nextVersion) {
            do { try chain.append(bytes) } catch is Refusal { break }
        }
        // 2. Newer ones, each kept once it is verified.
        while let bytes = try await source.bytes(
            "\(base)/\(TrustRole.root.fileName(version: chain.nextVersion))",
            maximumLength: TrustEnvelope.maximumLength
        ) {
            guard chain.links.count <= maximumRotations else {
                throw Refusal(
                    CoreCode.tooLarge,
                    "root metadata",
                    expected: "at most \(maximumRotations) versions after the pinned one"
                )
            }
            try chain.append(bytes)
            try store.keep(root: chain.root)
        }
        try await Self.checkEnd(of: chain, store, source, base)
        // 3. The newest root must be in force, wherever it came from.
        try chain.root.checkExpiry(now: now)
        // 4. The key manager's metadata, not older than what was there before. Where the root's keys have changed since,
        // only the date of the old copy counts. One that is damaged tells nothing, as if it had been deleted.
        let previous = try store.keyManager().flatMap { try? chain.remembered(keyManager: $0) }
        let bytes = try await source.bytes(
            "\(base)/\(TrustRole.keyManager.fileName(version: 1))",
            maximumLength: TrustEnvelope.maximumLength
        )
        keyManager = try chain.keyManager(bytes, after: previous, now: now)
        try store.keep(keyManager: keyManager)
        root = chain.root
        authority = RecordAuthority(keyManager)
    }

    /// Which root and which metadata of the key manager it is.
    var id: Digest { Digest.of(Array("\(root.digest) \(keyManager.digest)".utf8)) }
    /// When the first of them runs out.
    var expires: Timestamp { min(root.metadata.expiration, keyManager.metadata.expiration) }

    /// Demands that both are still in force.
    func checkExpiry(now: Timestamp) throws {
        try root.checkExpiry(now: now)
        try keyManager.checkExpiry(now: now)
    }

    /// Demands that the package keys signed a record in full.
    ///
    /// - Parameter signatures: the bytes that the index gives for the file; nil if it gives none.
    /// - Throws: a `Refusal` with a `content-trust.…` code.
    func verify(_ record: PackageRecord, _ signatures: ArraySlice<UInt8>?) throws -> SignedRecord {
        let name = record.fileName.text
        // `raw` is what the record's fields were read from: what is verified is what is used.
        let signed = try PythonJSON.encode(.object(record.raw), of: name)
        let counted = try authority.verify(
            signed,
            try signatures.map { try RecordSignatures.read(Array($0), of: name) } ?? [],
            of: name
        )
        var versions = ["root": root.version]
        versions[TrustRole.keyManager.rawValue] = keyManager.metadata.version
        return SignedRecord(
            keyIDs: counted.keyIDs,
            threshold: counted.threshold,
            keyCount: authority.forms.values.count { $0 == .full },
            versions: versions,
            expires: expires
        )
    }

    /// A chain ends where the next root is not there; but not before a version that is known to exist.
    private static func checkEnd(
        of chain: TrustChain,
        _ store: ContentTrustStore,
        _ source: some Fetcher,
        _ base: String
    ) async throws {
        let next = chain.nextVersion
        let known = try store.newestRoot() ?? 0
        // Kept before: whoever shows less now would bring back keys that were taken away.
        guard known < next else {
            throw Refusal(
                ContentTrustCode.rollback,
                "root metadata",
                expected: "version \(known) or later",
                found: "version \(next - 1)"
            )
        }
        let beyond = "\(base)/\(chain.fileBeyondNext)"
        guard try await source.bytes(beyond, maximumLength: TrustEnvelope.maximumLength) == nil else {
            throw chain.withoutNext
        }
    }
}

extension TrustChain {
    /// The version of the root that comes after the newest one.
    fileprivate var nextVersion: Int64 { root.version + 1 }
}
