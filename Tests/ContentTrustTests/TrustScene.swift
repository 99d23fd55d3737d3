// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

import SigningKeys
import TrustCore

@testable import ContentTrust

/// Keys and metadata of a channel in the format of conda content trust, made anew for a test.
struct TrustScene {
    static let now = Timestamp(seconds: 1_795_000_000)
    static let later = Timestamp(seconds: 1_800_000_000)

    let root: PrivateKey
    let keyManager: PrivateKey

    init(root: PrivateKey? = nil) throws {
        self.root = try root ?? .generate(.ed25519)
        keyManager = try .generate(.ed25519)
    }

    /// A root, signed by some keys, its own unless told otherwise.
    func root(
        version: Int64 = 1,
        keys: [PrivateKey]? = nil,
        threshold: Int = 1,
        expiration: Timestamp = later,
        signedBy signers: [PrivateKey]? = nil
    ) async throws -> [UInt8] {
        let keys = keys ?? [root]
        let metadata = try TrustMetadata(
            .root,
            version: version,
            timestamp: Self.now,
            expiration: expiration,
            delegations: [
                .root: Self.delegation(keys, threshold), .keyManager: Self.delegation([keyManager]),
            ]
        )
        return try await Self.signed(metadata, by: signers ?? keys)
    }

    /// A key manager's metadata that names keys for records.
    func keyManager(
        version: Int64 = 1,
        timestamp: Timestamp = now,
        expiration: Timestamp = later,
        naming keys: [TrustKey],
        threshold: Int = 1,
        forms: [TrustKey: RecordForm] = [:],
        signedBy signer: PrivateKey? = nil
    ) async throws -> [UInt8] {
        let metadata = try TrustMetadata(
            .keyManager,
            version: version,
            timestamp: timestamp,
            expiration: expiration,
            delegations: [.packageManager: TrustDelegation(keys, threshold: threshold)],
            recordForms: forms
        )
        return try await Self.signed(metadata, by: [signer ?? keyManager])
    }

    /// The authority over records that such metadata makes.
    func authority(
        over keys: [TrustKey],
        threshold: Int = 1,
        forms: [TrustKey: RecordForm] = [:]
    ) async throws -> RecordAuthority {
        let chain = try await TrustChain(pinned: root())
        let bytes = try await keyManager(naming: keys, threshold: threshold, forms: forms)
        return RecordAuthority(try chain.keyManager(bytes, now: Self.now))
    }

    static func delegation(_ keys: [PrivateKey], _ threshold: Int = 1) throws -> TrustDelegation {
        try TrustDelegation(keys.map { try TrustKey($0.publicKey) }, threshold: threshold)
    }

    static func signed(_ metadata: TrustMetadata, by signers: [PrivateKey]) async throws -> [UInt8] {
        var envelope = try TrustEnvelope(metadata)
        for signer in signers { try await envelope.sign(with: signer, now: now) }
        return try envelope.encoded()
    }
}
