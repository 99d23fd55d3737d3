// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

public import TrustCore

/// Verifies timestamps of signatures against a trusted root.
///
/// Make one for a trusted root and keep it: what the root's own certificates prove of each other is found out
/// once.
public struct TimestampVerifier: Sendable {
    /// The most timestamps that are looked at for one signature.
    public static let maximumCount = BundleLimits.timestamps

    private let authorities: [TimestampAuthority]
    /// What is wrong with those authorities of the trusted root whose certificates do not hold together, or
    /// are of kinds that we do not verify. Their timestamps count for nothing; the others are not harmed by
    /// them.
    public let unusable: [Refusal]

    /// Reads and checks the timestamp authorities of a trusted root.
    public init(_ root: TrustedRoot) {
        let (chains, unusable) = AuthorityChain.all(root.timestampAuthorities, for: .timestamps)
        authorities = chains.map { TimestampAuthority($0) }
        self.unusable = unusable
    }

    /// Verifies one timestamp of a signature.
    ///
    /// - Parameter signature: the signature's bytes, decoded: what the timestamp is of.
    /// - Throws: a `Refusal` with a ``TimestampCode``.
    public func verify(_ response: TimestampResponse, of signature: [UInt8]) throws -> VerifiedTimestamp {
        let named = authorities.filter { $0.isNamed(by: response) }
        guard !named.isEmpty else {
            throw Refusal(
                TimestampCode.untrusted,
                TimestampResponse.what,
                expected: "one of \(authorities.count) authorities",
                cause: unusable.first
            )
        }
        let imprint = response.info.imprint
        let digest = Digest.of(signature, by: imprint.algorithm)
        guard digest == imprint else {
            throw Refusal(
                TimestampCode.imprint,
                TimestampResponse.what,
                expected: "\(digest)",
                found: "\(imprint)"
            )
        }
        // More than one only where a root lists an authority several times, with different periods.
        var first: Refusal?
        for authority in named {
            do {
                return try authority.verify(response)
            } catch let refusal as Refusal {
                first = first ?? refusal
            }
        }
        throw first ?? Refusal(TimestampCode.untrusted, TimestampResponse.what)
    }

    /// Verifies all timestamps of a signature, as a bundle carries them; each must be good, and none there
    /// twice.
    ///
    /// - Returns: one for each; none for none.
    public func verify(_ responses: [[UInt8]], of signature: [UInt8]) throws -> [VerifiedTimestamp] {
        guard responses.count <= Self.maximumCount else {
            throw Refusal(
                TimestampCode.tooMany,
                TimestampResponse.what,
                expected: "at most \(Self.maximumCount)",
                found: "\(responses.count)"
            )
        }
        let parsed = try responses.map { try TimestampResponse(der: $0) }
        // The token counts, not the response around it, in which the status can be changed by anybody; and of
        // the token what the authority signed, since its certificates and its attributes that nobody signed
        // are free as well.
        guard Set(parsed.map(\.token.attributes.signedBytes)).count == parsed.count else {
            throw Refusal(TimestampCode.duplicate, TimestampResponse.what)
        }
        return try parsed.map { try verify($0, of: signature) }
    }
}
