// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

import TrustCore

/// The package's index must be signed and fresh: without that, whoever serves the index decides what is
/// installed.
public struct RequireSignedIndex: Rule {
    /// `signed-index`.
    public let name = "signed-index"
    /// Makes the rule.
    public init() {}

    /// Holds if the index was verified from the channel's pinned TUF root. Where the channel is pinned to a root of
    /// conda content trust only, ``RequireSignedRecord`` must hold instead, and the finding says what that leaves
    /// open.
    public func judge(_ evidence: Evidence) -> Finding {
        guard let pin = evidence.pin else {
            return Finding(
                name,
                PolicyCode.indexUnsigned,
                "the channel `\(evidence.channel)` is not pinned, so that no signature counts"
            )
        }
        guard pin != .observed else {
            return Finding(
                name,
                PolicyCode.indexUnsigned,
                "the channel `\(evidence.channel)` signs nothing, and is only observed"
            )
        }
        guard pin.demandsIndex else {
            return Finding(
                name,
                .notApplicable,
                "nobody signs the index, only records; not protected: \(OpenAttack.sentence)"
            )
        }
        guard let index = evidence.index else {
            return Finding(
                name,
                PolicyCode.indexUnsigned,
                "the channel `\(evidence.channel)` has no signed index"
            )
        }
        return Finding(
            name,
            .satisfied,
            "role `\(index.role)` vouches for `\(index.file)` until \(index.expires)"
        )
    }
}

/// The index must list the package, and not as removed. Where the channel is pinned to a TUF root the index is signed,
/// else the record in it.
public struct RequireIndexRecord: Rule {
    /// `in-index`.
    public let name = "in-index"
    /// Makes the rule.
    public init() {}

    /// Holds if there is a record that is not removed.
    public func judge(_ evidence: Evidence) -> Finding {
        guard let record = evidence.record else {
            if evidence.pin?.demandsIndex == false {
                return Finding(
                    name,
                    PolicyCode.unlisted,
                    "the index of `\(evidence.channel)`, which nobody signs, does not list the package"
                )
            }
            guard evidence.index != nil else {
                return Finding(
                    name,
                    PolicyCode.indexUnsigned,
                    "there is no signed index that could list the package"
                )
            }
            return Finding(
                name,
                PolicyCode.unlisted,
                "the signed index of `\(evidence.channel)` does not list the package"
            )
        }
        guard !record.isRemoved else {
            return Finding(
                name,
                PolicyCode.removed,
                "\(Self.index(evidence)) of `\(evidence.channel)` lists the package as removed"
            )
        }
        return Finding(name, .satisfied, "\(Self.index(evidence)) lists the package")
    }

    private static func index(_ evidence: Evidence) -> String {
        evidence.pin?.demandsIndex == false ? "the unsigned index" : "the signed index"
    }
}

/// The bytes must be the ones the index promises, by SHA-256. MD5 alone never admits anything.
///
/// Two files of one SHA-256 have one length, so the length that an index may give beside it adds no evidence; it
/// limits what is downloaded. Of a channel that is only observed, a record may give an MD5 alone, as old ones do: then the
/// bytes must be those that this machine knows.
public struct RequireIndexDigest: Rule {
    /// `index-digest`.
    public let name = "index-digest"
    /// Makes the rule.
    public init() {}

    /// Holds if the index gives a SHA-256 and the bytes have it.
    public func judge(_ evidence: Evidence) -> Finding {
        guard let record = evidence.record else {
            return Finding(name, .notApplicable, "there is no record to compare with")
        }
        guard let promised = record.sha256 else {
            guard !record.isRemoved else {
                return Finding(
                    name,
                    .notApplicable,
                    "of a removed package nothing is promised"
                )
            }
            if evidence.pin == .observed, let known = evidence.observed?.known, record.md5 != nil {
                return judge(evidence.packageDigest, known)
            }
            return Finding(name, PolicyCode.digestMissing, "the index gives no SHA-256 for the package")
        }
        guard let found = evidence.packageDigest, found == promised else {
            return differs(evidence.packageDigest, promised)
        }
        return Finding(name, .satisfied, "\(promised) as the index says")
    }

    private func judge(_ found: Digest?, _ known: Digest) -> Finding {
        guard found == known else { return differs(found, known) }
        return Finding(
            name,
            .satisfied,
            "\(known) as this machine knows it; the index gives an MD5 only, which the bytes have"
        )
    }

    private func differs(_ found: Digest?, _ expected: Digest) -> Finding {
        Finding(
            name,
            PolicyCode.digestDiffers,
            "the bytes differ: expected \(expected), found \(found?.description ?? "nothing")"
        )
    }
}

/// Where a lock file names the package, its digests must agree with the index's.
public struct RequireLockAgreement: Rule {
    /// `lock-agrees`.
    public let name = "lock-agrees"
    /// Makes the rule.
    public init() {}

    /// Holds if there is a lock that gives the package's SHA-256, and no other digest than the package's.
    ///
    /// A lock without SHA-256 has nothing to say: MD5 proves nothing where it agrees. Where it differs from the index's, the
    /// lock means other bytes.
    public func judge(_ evidence: Evidence) -> Finding {
        guard let lock = evidence.lock else { return Finding(name, .notApplicable, "no lock file") }
        let strong = lock.digests.filter { $0.algorithm == .sha256 }
        if let other = strong.first(where: { $0 != evidence.packageDigest }) {
            let found = evidence.packageDigest?.description ?? "nothing"
            return Finding(
                name,
                PolicyCode.lockDiffers,
                "the lock demands \(other), the package is \(found)"
            )
        }
        let weak = lock.digests.filter { $0.algorithm == .md5 }
        if let known = evidence.record?.md5, let other = weak.first(where: { $0 != known }) {
            return Finding(
                name,
                PolicyCode.lockDiffers,
                "the lock demands \(other), the index says \(known)"
            )
        }
        guard !strong.isEmpty else {
            return Finding(name, .notApplicable, "the lock gives no SHA-256 to compare")
        }
        return Finding(name, .satisfied, "the lock gives the same digest")
    }
}
