// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

import TrustCore

/// Of a channel that signs nothing, the file's hash must be the one that this machine saw first.
public struct RequireUnchangedHash: Rule {
    /// `ledger`.
    public let name = "ledger"
    /// Makes the rule.
    public init() {}

    /// Holds if the ledger knows the file, and no other hash of it from before; a user may want a warning only.
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
                "nobody signs this index, and nothing was written down of it"
            )
        }
        guard let previous = observed.previous else { return Finding(name, .satisfied, Self.words(observed)) }
        let now = record.sha256 ?? record.md5 ?? evidence.packageDigest
        let reason =
            "expected \(previous) as it was first seen, found \(now?.description ?? "nothing"), "
            + "seen since \(observed.since)"
        switch observed.changeMode {
        case .refuse: return Finding(name, PolicyCode.hashChanged, reason)
        case .warn: return Finding(name, warning: PolicyCode.hashChanged, reason)
        }
    }

    private static func words(_ observed: ObservedRecord) -> String {
        "nobody signs this index; hash as observed since \(observed.since)"
            + (observed.isBaseline ? ", when the channel was first seen" : "")
    }
}

/// Of a channel that signs nothing, mirrors that are compared must not list another hash, and as many as the user
/// demands must list the same.
public struct RequireAgreeingMirrors: Rule {
    /// `mirrors`.
    public let name = "mirrors"
    /// Makes the rule.
    public init() {}

    /// Holds if none disagrees and enough agree. One that is down, or does not list the file yet, decides nothing unless
    /// it is needed for the number.
    public func judge(_ evidence: Evidence) -> Finding {
        guard evidence.pin == .observed, let observed = evidence.observed, evidence.record != nil else {
            return Finding(name, .notApplicable, "no mirrors are compared")
        }
        for opinion in observed.mirrors {
            guard case .disagrees(let other) = opinion.answer else { continue }
            return Finding(
                name,
                PolicyCode.mirrorsDisagree,
                "`\(Shown.text(opinion.mirror))` lists \(other), and the channel another hash"
            )
        }
        let agreeing = observed.mirrors.filter { $0.answer == .agrees }.map { Shown.text($0.mirror) }
        guard agreeing.count >= observed.demandedMirrors else {
            return Finding(
                name,
                PolicyCode.mirrorsMissing,
                "\(observed.demandedMirrors) mirrors must list the same hash, and \(agreeing.count) "
                    + (agreeing.count == 1 ? "does" : "do") + Self.silence(observed)
            )
        }
        guard !observed.mirrors.isEmpty else {
            return Finding(name, .notApplicable, "no other mirror is compared")
        }
        let count = "\(agreeing.count) mirror\(agreeing.count == 1 ? " agrees" : "s agree")"
        guard !agreeing.isEmpty else {
            return Finding(name, .notApplicable, count + Self.silence(observed))
        }
        return Finding(name, .satisfied, "\(count): \(agreeing.joined(separator: ", "))" + Self.silence(observed))
    }

    private static func silence(_ observed: ObservedRecord) -> String {
        observed.mirrors.map { opinion in
            guard case .silent(let reason) = opinion.answer else { return "" }
            return "; `\(Shown.text(opinion.mirror))`: \(Shown.text(reason))"
        }.joined()
    }
}
