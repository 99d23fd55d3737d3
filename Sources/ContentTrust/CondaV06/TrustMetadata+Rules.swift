// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

public import TrustCore

/// What clients ask of metadata beyond their own words, and ceremonies before anybody signs.
extension TrustMetadata {
    /// The highest version: the last up to which every reader of JSON keeps integers exactly.
    public static let maximumVersion: Int64 = 1 << 53

    /// The version, which every root has.
    ///
    /// - Throws: a `Refusal` with `content-trust.version-number`.
    var requiredVersion: Int64 {
        get throws {
            guard let version else {
                throw Refusal(ContentTrustCode.versionNumber, Self.subject(role), expected: "a version")
            }
            return version
        }
    }

    /// The keys of a role below.
    ///
    /// - Throws: a `Refusal` with `content-trust.delegations`.
    func keys(of delegate: TrustRole) throws -> TrustDelegation {
        guard let delegation = delegations[delegate] else {
            throw Refusal(
                ContentTrustCode.delegations,
                Self.subject(role),
                expected: "keys for `\(delegate.rawValue)`",
                found: "none"
            )
        }
        return delegation
    }

    /// What a clock may be wrong by, in seconds.
    private static let clockError: Int64 = 86_400

    /// Refuses what says that it was made later than a clock may be wrong by: whoever keeps it would take nothing
    /// honest any more.
    ///
    /// - Throws: a `Refusal` with `content-trust.future`.
    public func checkMade(by now: Timestamp) throws {
        guard let made = timestamp, made > now.advanced(bySeconds: Self.clockError) else { return }
        throw Refusal(
            ContentTrustCode.future,
            Self.subject(role),
            expected: "a timestamp not after \(now)",
            found: made.description
        )
    }

    /// Refuses a key manager's metadata by which a key of the root's, or the key manager's own, signs records too.
    ///
    /// Keys that sign records, whose content their makers choose, sign nothing else: a record could be made to read
    /// like metadata of another role.
    /// - Throws: a `Refusal` with `content-trust.shared-key`.
    func checkApart(from root: TrustMetadata) throws {
        let others = Set(root.delegations.values.flatMap(\.keys))
        guard let key = delegations[.packageManager]?.keys.first(where: others.contains) else { return }
        throw Refusal(
            ContentTrustCode.sharedKey,
            Self.subject(role),
            expected: "keys for records that neither the root nor the key manager has",
            found: key.hex
        )
    }
}
