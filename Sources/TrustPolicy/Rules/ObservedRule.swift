// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

public import TrustCore

/// Of a channel that signs nothing, the file's hash must be the one that this machine saw first; mirrors that are compared
/// must not list another one, and as many as the user demands must list the same.
///
/// It says that nothing changed, and nothing of who chose the hash.
public struct RequireUnchangedHash: Rule {
    /// `ledger`.
    public let name = "ledger"
    /// Makes the rule.
    public init() {}

    /// Holds if the ledger knows the file, and no other hash of it from before, which a user may want to be a warning
    /// only; if no mirror disagrees; and if enough agree. A mirror that is down, or does not list the file yet, decides
    /// nothing unless it is needed for the number.
    public func judge(_ evidence: Evidence) -> Finding {
        guard evidence.pin == .observed else {
            return Finding(name, .notApplicable, "the channel is pinned, and what is signed counts")
        }
        guard let record = evidence.record, !record.isRemoved else {
            return Finding(name, .notApplicable, "there is no record to compare with")
        }
        guard let observed = evidence.observed else {
            return Finding(
                name,
                PolicyCode.unobserved,
                "nobody signs this index, and nothing was written down of the file"
            )
        }
        let objection = mirrorObjection(observed)
        guard let previous = observed.previous else {
            return objection ?? Finding(name, .satisfied, Self.words(observed))
        }
        let now = record.sha256 ?? record.md5 ?? evidence.packageDigest
        let refused = Self.objection(expected: previous, found: now, since: observed.since)
        switch observed.changeMode {
        case .refuse: return refused
        case .warn: return objection ?? Finding(name, warning: PolicyCode.hashChanged, refused.reason)
        }
    }

    /// What stands against a file whose hash changed: the same for whoever admits it, and for whoever lists it.
    ///
    /// - Parameter since: when it was first seen with the hash that it has now.
    public static func objection(expected: Digest, found: Digest?, since: Timestamp) -> Finding {
        Finding(
            RequireUnchangedHash().name,
            PolicyCode.hashChanged,
            "nobody signs this index; expected \(expected) as it was first seen, found "
                + "\(found?.description ?? "nothing"), seen since \(since)"
        )
    }

    private func mirrorObjection(_ observed: ObservedRecord) -> Finding? {
        for opinion in observed.mirrors {
            guard case .disagrees(let other) = opinion.answer else { continue }
            return Finding(
                name,
                PolicyCode.mirrorsDisagree,
                "`\(Shown.text(opinion.mirror))` lists \(other), and the channel another hash"
            )
        }
        let count = observed.agreeing.count
        guard count < observed.demandedMirrors else { return nil }
        return Finding(
            name,
            PolicyCode.mirrorsMissing,
            "\(observed.demandedMirrors) mirrors must list the same hash, and \(count) "
                + (count == 1 ? "does" : "do") + Self.silence(observed)
        )
    }

    private static func words(_ observed: ObservedRecord) -> String {
        "nobody signs this index; hash as observed since \(observed.since)"
            + (observed.isBaseline ? ", when the channel was first seen" : "") + "; " + agreement(observed)
    }

    private static func agreement(_ observed: ObservedRecord) -> String {
        guard !observed.mirrors.isEmpty else { return "no other mirror is compared" }
        let names = observed.agreeing.map { Shown.text($0.mirror) }
        return "\(names.count) mirror\(names.count == 1 ? " agrees" : "s agree")"
            + (names.isEmpty ? "" : ": " + names.joined(separator: ", ")) + silence(observed)
    }

    private static func silence(_ observed: ObservedRecord) -> String {
        observed.mirrors.map { opinion in
            guard case .silent(let reason) = opinion.answer else { return "" }
            return "; `\(Shown.text(opinion.mirror))`: \(Shown.text(reason))"
        }.joined()
    }
}

extension ObservedRecord {
    /// The mirrors that list the same hash.
    fileprivate var agreeing: [MirrorOpinion] { mirrors.filter { $0.answer == .agrees } }
}
