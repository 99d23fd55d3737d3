// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

import ChannelServer
import CondaFormats
import TUF
import TrustCore

/// A proposal in words, and who has signed it, for people and for programs.
struct CeremonyReport {
    /// What is proposed: what becomes of each role, then which packages pass to whom.
    let contents: [String]
    /// What authorities compare.
    let digest: Digest
    /// Who has signed, and how many are missing.
    let progressLines: [String]
    let isComplete: Bool
    /// What to do when it is complete, with PROPOSAL for the file.
    let next: String
    let json: JSONObject

    /// What is proposed, and the digest that authorities compare.
    var lines: [String] { contents + ["sha256 of the proposal: \(digest.hex)"] }

    /// How many must sign one role's metadata, who has, and who could.
    static func progress(
        _ what: String,
        _ rootVersion: Int64,
        _ threshold: Int,
        _ signed: [String],
        _ waiting: [String]
    ) -> [String] {
        let title = "\(what), by the keys of root version \(rootVersion): \(threshold) must sign"
        let missing = max(0, threshold - signed.count)
        return ["\(title), \(signed.count) have: \(missing == 0 ? "enough" : "\(missing) missing")"]
            + signed.map { "  signed    \($0)" } + (missing == 0 ? [] : waiting.map { "  could be  \($0)" })
    }
}

extension CeremonyReport {
    init(_ proposal: CeremonyProposal) throws {
        let now = SystemClock.now
        let words = CeremonyWords(proposal, now: now)
        let passages = PackagePassage.all(in: proposal, now: now)
        let progress = try CeremonyProgress(proposal)
        let publishers = try PublisherPolicyChange.lines(in: proposal) ?? []
        let contents = words.lines + passages.flatMap(\.lines) + publishers
        let lists = passages.filter { $0.threshold != nil }.map { " --list \($0.package)=FILE" }
        self.init(
            contents: contents,
            digest: proposal.digest,
            progressLines: progress.requirements.flatMap { requirement in
                Self.progress(
                    "\(requirement.role) version \(requirement.version)",
                    requirement.rootVersion,
                    requirement.threshold,
                    requirement.signed.map(\.short),
                    requirement.waiting.map(\.short)
                )
            },
            isComplete: progress.isComplete,
            next: "next, where the online key is: kingsnake root publish PROPOSAL DIR\(lists.joined())",
            json: Self.json(proposal, words, passages, publishers, progress)
        )
    }

    private static func json(
        _ proposal: CeremonyProposal,
        _ words: CeremonyWords,
        _ passages: [PackagePassage],
        _ publishers: [String],
        _ progress: CeremonyProgress
    ) -> JSONObject {
        var object = JSONObject()
        object["schema"] = 1
        object["status"] = "ok"
        object["proposal_sha256"] = .string(proposal.digest.hex)
        object["root_version"] = proposal.root.map { .number(JSONNumber($0.role.version)) }
        object["targets_version"] = proposal.targets.map { .number(JSONNumber($0.role.version)) }
        object["complete"] = .bool(progress.isComplete)
        object["words"] = .array((words.lines + passages.flatMap(\.lines) + publishers).map { .string($0) })
        object["publishers"] = .array(publishers.map { .string($0) })
        object["packages"] = .array(passages.map { .object(json($0)) })
        object["roles"] = .array(words.roles.map { .object(json($0)) })
        object["thresholds"] = .array(progress.requirements.map { .object(json($0)) })
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
