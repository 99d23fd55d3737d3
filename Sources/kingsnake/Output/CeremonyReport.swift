// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

import ChannelServer
import CondaFormats
import TUF
import TrustCore

/// A proposal in words, and who has signed it, for people and for programs.
struct CeremonyReport {
    let proposal: CeremonyProposal
    let words: CeremonyWords
    let passages: [PackagePassage]
    let progress: CeremonyProgress

    init(_ proposal: CeremonyProposal) throws {
        self.proposal = proposal
        let now = SystemClock.now
        words = CeremonyWords(proposal, now: now)
        passages = PackagePassage.all(in: proposal, now: now)
        progress = try CeremonyProgress(proposal)
    }

    /// What is proposed: what becomes of each role, then which packages pass to whom.
    var contents: [String] { words.lines + passages.flatMap(\.lines) }

    /// What is proposed, and the digest that authorities compare.
    var lines: [String] { contents + ["sha256 of the proposal: \(proposal.digest.hex)"] }

    /// Who has signed, and how many are missing.
    var progressLines: [String] {
        progress.requirements.flatMap { requirement in
            let title =
                "\(requirement.role) version \(requirement.version), by the keys of root version "
                + "\(requirement.rootVersion): \(requirement.threshold) must sign"
            let missing = requirement.missing == 0 ? "enough" : "\(requirement.missing) missing"
            return ["\(title), \(requirement.signed.count) have: \(missing)"]
                + requirement.signed.map { "  signed    \($0.short)" }
                + (requirement.missing == 0 ? [] : requirement.waiting.map { "  could be  \($0.short)" })
        }
    }

    var json: JSONObject {
        var object = JSONObject()
        object["schema"] = 1
        object["status"] = "ok"
        object["proposal_sha256"] = .string(proposal.digest.hex)
        object["root_version"] = proposal.root.map { .number(JSONNumber($0.role.version)) }
        object["targets_version"] = proposal.targets.map { .number(JSONNumber($0.role.version)) }
        object["complete"] = .bool(progress.isComplete)
        object["words"] = .array(contents.map { .string($0) })
        object["packages"] = .array(passages.map { .object(Self.json($0)) })
        object["roles"] = .array(words.roles.map { .object(Self.json($0)) })
        object["thresholds"] = .array(progress.requirements.map { .object(Self.json($0)) })
        return object
    }

    static func json(_ change: RoleChange) -> JSONObject {
        var object = JSONObject()
        object["role"] = .string(change.role.text)
        object["threshold_before"] = change.thresholdBefore.map { .number(JSONNumber(Int64($0))) }
        object["threshold"] = change.threshold.map { .number(JSONNumber(Int64($0))) }
        object["gained"] = .array(change.gained.map { .object(json($0)) })
        object["lost"] = .array(change.lost.map { .object(json($0)) })
        object["kept"] = .array(change.kept.map { .object(json($0)) })
        return object
    }

    private static func json(_ passage: PackagePassage) -> JSONObject {
        var object = JSONObject()
        object["package"] = .string(passage.package.normalized)
        object["passes"] = .string(passage.direction.rawValue)
        object["threshold"] = passage.threshold.map { .number(JSONNumber(Int64($0))) }
        object["gained"] = .array(passage.gained.map { .object(json($0)) })
        object["lost"] = .array(passage.lost.map { .object(json($0)) })
        object["kept"] = .array(passage.kept.map { .object(json($0)) })
        return object
    }

    static func json(_ key: CeremonyKey) -> JSONObject {
        var object = JSONObject()
        object["name"] = key.name.map { .string($0) }
        object["scheme"] = key.scheme.map { .string($0) }
        object["fingerprint"] = key.fingerprint.map { .string($0.hex) }
        object["keyid"] = .string(key.keyID.text)
        return object
    }

    private static func json(_ requirement: CeremonyProgress.Requirement) -> JSONObject {
        var object = JSONObject()
        object["role"] = .string(requirement.role.text)
        object["version"] = .number(JSONNumber(requirement.version))
        object["root_version"] = .number(JSONNumber(requirement.rootVersion))
        object["threshold"] = .number(JSONNumber(Int64(requirement.threshold)))
        object["missing"] = .number(JSONNumber(Int64(requirement.missing)))
        object["signed"] = .array(requirement.signed.map { .object(json($0)) })
        object["waiting"] = .array(requirement.waiting.map { .object(json($0)) })
        return object
    }
}
