// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

import TrustCore
import TrustPolicy

/// Who attested to a package, from where, logged where and when, and what allows it: for people and for
/// programs.
struct AttestationReport {
    private let review: PublisherReview

    /// Nil if the verdict does not say what it was made of.
    init?(_ verdict: Verdict) {
        guard let review = verdict.publisherReview else { return nil }
        self.review = review
    }

    func say(on console: Console) {
        for (at, seen) in review.seen.enumerated() {
            let number = review.seen.count > 1 ? " \(at + 1) of \(review.seen.count)" : ""
            console.say("\(console.bold("attestation\(number), verified"))")
            lines(seen).forEach { $0.say(on: console) }
        }
        for entry in review.unverified {
            console.say(
                "attestation number \(entry.position + 1), \(console.bad("NOT VERIFIED")), and not counted"
            )
            LabelledLine("why", "\(entry.reason) [\(entry.code)]").say(on: console)
        }
        switch review.sidecar {
        case .unavailable(let code, let reason)?:
            console.say("attestations could \(console.bad("NOT")) be read")
            LabelledLine("why", "\(reason) [\(code)]").say(on: console)
        case .unknown(let reason)?:
            console.say("whether somebody attests to it could \(console.bad("NOT")) be found out")
            LabelledLine("why", "\(reason); nobody demands it, so that it decides nothing").say(on: console)
        case .read?, nil: break
        }
    }

    /// The claims that are shown, in this order, beside the repository.
    private static let claims: [(label: String, claim: CertificateClaim)] = [
        ("ref", .sourceRepositoryRef), ("commit", .sourceRepositoryDigest), ("workflow", .buildConfigURI),
        ("trigger", .buildTrigger), ("environment", .deploymentEnvironment), ("run", .runInvocationURI),
    ]

    private func lines(_ seen: PublisherReview.Seen) -> [LabelledLine] {
        let attestation = seen.attestation
        let signer = attestation.signer
        var lines = [
            LabelledLine("signed by", (signer.kind == .key ? "key " : "") + ForeignText.shown(signer.value))
        ]
        if let issuer = signer.issuer {
            lines.append(
                LabelledLine("issuer", ForeignText.shown(issuer) + ", which vouches for that identity")
            )
        }
        if let repository = attestation.claims[.sourceRepositoryURI] {
            lines.append(
                LabelledLine("repository", ForeignText.shown(repository) + Self.numbers(attestation))
            )
        }
        for (label, claim) in Self.claims {
            // The workflow is the signer in most cases, and then it is said already.
            guard let value = attestation.claims[claim], !ByteKey.areEqual(value, signer.value) else {
                continue
            }
            lines.append(LabelledLine(label, ForeignText.shown(value)))
        }
        lines += attestation.logs.map { log in
            let entry = log.index.map { "entry \($0)" } ?? "an entry"
            return LabelledLine("logged", "\(entry) of \(ForeignText.shown(log.log))")
        }
        if let time = attestation.times.min() {
            lines.append(LabelledLine("signed at", "\(time), as a log or a timestamp authority vouches"))
        }
        if let target = attestation.targetChannel {
            let other = seen.isForOtherChannel ? ", which is ANOTHER channel" : ""
            lines.append(LabelledLine("for channel", ForeignText.shown(target) + other))
        }
        return lines + judged(seen)
    }

    private static func numbers(_ attestation: Attestation) -> String {
        let repository = attestation.claims[.sourceRepositoryID].map { "number \(ForeignText.shown($0))" }
        let owner = attestation.claims[.ownerID].map { "owner number \(ForeignText.shown($0))" }
        let numbers = [repository, owner].compactMap(\.self).joined(separator: ", ")
        return numbers.isEmpty ? "" : " (\(numbers))"
    }

    /// What allows it, or does not.
    private func judged(_ seen: PublisherReview.Seen) -> [LabelledLine] {
        guard seen.attestation.isPublication else {
            let type = ForeignText.shown(seen.attestation.predicateType)
            return [
                LabelledLine("counts for", "nothing: it does not say that this is the package, but \(type)")
            ]
        }
        var lines = seen.answers.map { answer in
            let who = "\(answer.source.words) for `\(answer.pattern.description)`"
            switch answer.result {
            case .allowed(let publisher):
                return LabelledLine("allowed by", "\(who): \(publisher.description)")
            case .notAllowed(let mismatch):
                return LabelledLine("NOT ALLOWED", "by \(who): \(mismatch.description)")
            }
        }
        if review.decidesByFirstUse, let comparison = review.comparison, !seen.isForOtherChannel {
            lines.append(firstUse(comparison, PublisherIdentity(seen.attestation)))
        }
        return lines.isEmpty
            ? [LabelledLine("note", "for information only: nobody says who may publish this package")] : lines
    }

    private func firstUse(
        _ comparison: KnownPublishers.Comparison,
        _ identity: PublisherIdentity
    ) -> LabelledLine {
        if comparison == .firstSight {
            return LabelledLine("allowed by", "first use: nobody was seen before, and so it is believed")
        }
        guard review.known?.sighting?.isKnown(identity) == true else {
            return LabelledLine(
                "NOT ALLOWED",
                "by first use: ANOTHER publisher than the one that was seen before"
            )
        }
        return comparison == .same
            ? LabelledLine("allowed by", "first use: the publisher that was seen before")
            : LabelledLine("NOT ENOUGH", "for first use: others who were seen before must attest too")
    }
}

extension AttestationReport {
    /// One object an attestation for `--json`: those that were verified, then those that were not.
    var json: JSONValue {
        .array(
            review.seen.map { .object(Self.json($0)) }
                + review.unverified.map { entry in
                    [
                        "verified": false, "position": .number(JSONNumber(Int64(entry.position))),
                        "code": .string(entry.code), "reason": .string(entry.reason),
                    ]
                }
        )
    }

    /// What became of the sidecar, for `--json`.
    var sidecarJSON: JSONValue {
        switch review.sidecar {
        case nil: .null
        case .read?: ["read": true]
        case .unavailable(let code, let reason)?:
            ["read": false, "code": .string(code), "reason": .string(reason)]
        case .unknown(let reason)?: ["read": false, "reason": .string(reason)]
        }
    }

    private static func json(_ seen: PublisherReview.Seen) -> JSONObject {
        let attestation = seen.attestation
        var object = JSONObject()
        object["verified"] = true
        object["predicate_type"] = .string(attestation.predicateType)
        object["identity"] = .string(attestation.signer.value)
        object["identity_kind"] = .string(attestation.signer.kind.rawValue)
        object["issuer"] = attestation.signer.issuer.map { .string($0) }
        object["publisher"] = .object(PublisherIdentity(attestation).json)
        var claims = JSONObject()
        for (claim, value) in attestation.claims.sorted(by: { $0.key.rawValue < $1.key.rawValue }) {
            claims[claim.rawValue] = .string(value)
        }
        object["claims"] = .object(claims)
        object["target_channel"] = attestation.targetChannel.map { .string($0) }
        object["for_other_channel"] = .bool(seen.isForOtherChannel)
        object["times"] = .array(attestation.times.map { .string($0.description) })
        object["log_entries"] = .array(
            attestation.logs.map { entry in
                var member = JSONObject()
                member["log"] = .string(entry.log)
                member["index"] = entry.index.map { .number(JSONNumber(Int64(clamping: $0))) }
                return .object(member)
            }
        )
        object["judged_by"] = .array(seen.answers.map { .object(json($0)) })
        return object
    }

    private static func json(_ answer: PublisherReview.Answer) -> JSONObject {
        var object = JSONObject()
        object["source"] = .string(answer.source.name)
        object["pattern"] = .string(answer.pattern.description)
        switch answer.result {
        case .allowed(let publisher):
            object["allowed"] = true
            object["publisher"] = .object(publisher.json)
        case .notAllowed(let mismatch):
            object["allowed"] = false
            object["code"] = .string(mismatch.code.rawValue)
            object["what"] = .string(mismatch.what)
            object["expected"] = .string(mismatch.expected)
            object["found"] = mismatch.found.map { .string($0) }
        }
        return object
    }
}
