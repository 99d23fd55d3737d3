// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

import TrustCore
import TrustPolicy

/// What is demanded of a package before anything of it is looked at, and who demands it: for people and for
/// programs.
struct EnforcementReport {
    private let pin: ChannelPin?
    private let review: PublisherReview

    /// Nil if the verdict does not say what it was made of.
    init?(_ verdict: Verdict) {
        guard let evidence = verdict.evidence else { return nil }
        pin = evidence.pin
        review = PublisherReview(evidence)
    }

    /// Whether anybody demands anything of the package's publishers.
    var demandsPublishers: Bool { !review.demands.isEmpty || review.known != nil }

    var lines: [LabelledLine] {
        var lines = [LabelledLine("pinned root", Self.words(pin))]
        guard demandsPublishers else {
            let nobody = "nobody says who may publish this package, so that no attestation is demanded"
            return lines + [LabelledLine("publishers", nobody)]
        }
        lines += demandLines("owner", \.isOwner, "says nothing of who may publish this package")
        lines += demandLines("your policy", \.isUser, "says nothing of who may publish this package")
        return lines + firstUseLines
    }

    private static func words(_ pin: ChannelPin?) -> String {
        switch pin {
        case nil: "none: nothing of a channel that is not pinned is allowed"
        case .observed?: "none: the channel signs nothing; its files must stay as they were first seen"
        case .index?: "a signed, current index must list the package, with these very bytes"
        case .records?: "the channel's package keys must have signed the package's record"
        case .indexAndRecords?:
            "a signed, current index must list the package, with these very bytes, "
                + "and the channel's package keys must have signed its record"
        }
    }

    private func demandLines(
        _ label: String,
        _ isWanted: (PublisherDemands.Source) -> Bool,
        _ otherwise: String
    ) -> [LabelledLine] {
        guard let demand = review.demands.first(where: { isWanted($0.source) }) else {
            return [LabelledLine(label, otherwise)]
        }
        let entry = demand.entry
        var first = "`\(entry.pattern.description)` \(PolicyReport.demand(entry))"
        if demand.source.mode == .warn { first += " (warns only)" }
        let publishers = entry.publishers.map(\.description)
        var lines =
            publishers.count == 1 && entry.exemption == .none
            ? [LabelledLine(label, "\(first) \(publishers[0])")]
            : [LabelledLine(label, first + ":")] + publishers.map { LabelledLine("", "- " + $0) }
        if let exemption = demand.exemption {
            lines.append(LabelledLine("", "not of this file: \(exemption)"))
        }
        return lines
    }

    private var firstUseLines: [LabelledLine] {
        guard let known = review.known else {
            return [LabelledLine("first use", "does not count for this channel")]
        }
        let weaker = review.decidesByFirstUse ? "" : " (the publishers named above count for more)"
        guard let sighting = known.sighting else {
            return [
                LabelledLine(
                    "first use",
                    "nobody was seen to publish this package; whoever does now is believed" + weaker
                )
            ]
        }
        let who = sighting.publishers.count > 1 ? "all who were seen first" : "who was seen first"
        let first = "must be attested by \(who), on \(sighting.firstSeen), with \(sighting.file)"
        return [LabelledLine("first use", first + weaker + ":")]
            + sighting.publishers.map { LabelledLine("", "- \($0.description)") }
            + sighting.accepted.map { LabelledLine("", "or, as you accepted, by \($0.description)") }
    }

    var json: JSONObject {
        var object = JSONObject()
        object["pin"] = pin.map { .string($0.rawValue) } ?? .null
        object["publishers"] = .array(
            review.demands.map { demand in
                var member = JSONObject()
                member["source"] = .string(demand.source.name)
                member["mode"] = .string(demand.source.mode.rawValue)
                member["pattern"] = .string(demand.entry.pattern.description)
                for part in demand.entry.json.members { member[part.key] = part.value }
                member["exempt"] = demand.exemption.map { .string($0) }
                member["met"] = .bool(demand.isMet)
                return .object(member)
            }
        )
        object["first_use"] = review.known.map { .object(json($0)) } ?? .null
        return object
    }

    private func json(_ known: KnownPublishers) -> JSONObject {
        var object = JSONObject()
        object["decides"] = .bool(review.decidesByFirstUse)
        object["outcome"] = review.comparison.map { .string($0.name) }
        if let sighting = known.sighting {
            object["publishers"] = .array(sighting.publishers.map { .object($0.json) })
            object["accepted_publishers"] = .array(sighting.accepted.map { .object($0.json) })
            object["first_seen"] = .string(sighting.firstSeen.description)
            object["file"] = .string(sighting.file)
        }
        return object
    }
}

extension PublisherDemands.Source {
    /// What `--json` calls it.
    var name: String { isOwner ? "owner" : "policy" }
    var isOwner: Bool { self == .owner }
    var isUser: Bool { !isOwner }
}

extension KnownPublishers.Comparison {
    /// What `--json` calls it.
    var name: String {
        switch self {
        case .nobody: "nobody"
        case .firstSight: "first-sight"
        case .same: "same"
        case .changed: "changed"
        case .incomplete: "incomplete"
        case .disappeared: "disappeared"
        case .accepted: "accepted"
        }
    }
}
