// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

public import ContentTrust
public import SigningKeys
public import TrustCore

/// Makes and renews `pkg_mgr.json`: metadata that delegates to nobody, signed by the keys that sign records.
///
/// mamba asks for it, and refuses a channel without it or with one that has run out; conda does not know it. So the
/// keys that sign records renew it where they work, and it lives shorter than what offline keys sign.
public enum PackageManagerFile {
    /// The name of the file, at the top of a channel's folder.
    public static var name: String { TrustRole.packageManager.fileName(version: 1) }

    /// How long it is good, in seconds: ninety days.
    public static let lifetime: Int64 = 90 * 86_400

    /// Whether less than a third of its life is left, or there is none.
    public static func isDue(_ current: TrustMetadata?, lifetime: Int64 = lifetime, now: Timestamp) -> Bool {
        guard let current else { return true }
        return current.expiration <= now.advanced(bySeconds: lifetime / 3)
    }

    /// Makes the next version, signed raw by all the keys that are given.
    ///
    /// - Parameters:
    ///   - current: the version in force; the new one is the next, or version 1.
    ///   - authority: the keys that may sign, and how many must. Keys of both forms count alike: mamba does not know
    ///     that there are two.
    ///   - signers: the keys at hand.
    /// - Returns: the file.
    /// - Throws: `channel.key-not-authorised` for a key that the key manager does not name, or too few of them.
    public static func make(
        after current: TrustMetadata?,
        by authority: RecordAuthority,
        signers: [any Signer],
        lifetime: Int64 = lifetime,
        now: Timestamp
    ) async throws -> [UInt8] {
        var envelope = try TrustEnvelope(
            TrustMetadata(
                .packageManager,
                version: (current?.version ?? 0) + 1,
                timestamp: now,
                expiration: now.advanced(bySeconds: lifetime),
                delegations: [:]
            )
        )
        for signer in signers {
            let key = try TrustKey(signer.publicKey)
            guard authority.forms[key] != nil else {
                throw Refusal(
                    ChannelCode.keyNotAuthorised,
                    name,
                    expected: "a key that `key_mgr.json` names",
                    found: key.hex
                )
            }
            try await envelope.sign(with: signer, now: now)
        }
        let tally = try envelope.tally(by: authority.delegation)
        guard tally.keyIDs.count >= authority.delegation.threshold else {
            throw Refusal(
                ChannelCode.keyNotAuthorised,
                name,
                expected: "\(authority.delegation.threshold) of the keys that `key_mgr.json` names",
                found: "\(tally.keyIDs.count)"
            )
        }
        return try envelope.encoded()
    }
}
