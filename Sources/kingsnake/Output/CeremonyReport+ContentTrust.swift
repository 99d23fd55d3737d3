// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

import ContentTrust
import SigningKeys
import TrustCore

extension CeremonyReport {
    init(_ proposal: TrustProposal) throws {
        let words = TrustWords(proposal, now: SystemClock.now)
        let progress = try TrustProgress(proposal)
        self.init(
            contents: words.lines,
            digest: proposal.digest,
            progressLines: progress.requirements.flatMap { requirement in
                Self.progress(
                    "\(requirement.role.rawValue) version \(requirement.version)",
                    requirement.rootVersion,
                    requirement.threshold,
                    requirement.signed.map(\.short),
                    requirement.waiting.map(\.short)
                )
            },
            isComplete: progress.isComplete,
            next: "next, whoever has the channel: kingsnake root publish PROPOSAL DIR",
            json: Self.json(proposal, words, progress)
        )
    }

    private static func json(_ proposal: TrustProposal, _ words: TrustWords, _ progress: TrustProgress)
        -> JSONObject
    {
        var object = JSONObject()
        object["schema"] = 1
        object["status"] = "ok"
        object["proposal_sha256"] = .string(proposal.digest.hex)
        object["root_version"] = proposal.root?.metadata.version.map { .number(JSONNumber($0)) }
        object["key_mgr_version"] = proposal.keyManager?.metadata.version.map { .number(JSONNumber($0)) }
        object["complete"] = .bool(progress.isComplete)
        object["words"] = .array(words.lines.map { .string($0) })
        object["roles"] = .array(words.roles.map { .object(json($0)) })
        object["thresholds"] = .array(progress.requirements.map { .object(json($0)) })
        return object
    }

    static func json(_ change: TrustRoleChange) -> JSONObject {
        var object = JSONObject()
        object["role"] = .string(change.role.rawValue)
        object["threshold_before"] = change.thresholdBefore.map { .number(JSONNumber(Int64($0))) }
        object["threshold"] = .number(JSONNumber(Int64(change.threshold)))
        object["gained"] = .array(change.gained.map { .object(json($0)) })
        object["lost"] = .array(change.lost.map { .object(json($0)) })
        object["kept"] = .array(change.kept.map { .object(json($0)) })
        return object
    }

    static func json(_ key: TrustKey) -> JSONObject {
        var object = JSONObject()
        object["scheme"] = .string(key.publicKey.scheme.rawValue)
        object["fingerprint"] = .string(key.publicKey.fingerprint.hex)
        object["keyid"] = .string(key.hex)
        return object
    }

    private static func json(_ requirement: TrustProgress.Requirement) -> JSONObject {
        var object = JSONObject()
        object["role"] = .string(requirement.role.rawValue)
        object["version"] = .number(JSONNumber(requirement.version))
        object["root_version"] = .number(JSONNumber(requirement.rootVersion))
        object["threshold"] = .number(JSONNumber(Int64(requirement.threshold)))
        object["missing"] = .number(JSONNumber(Int64(requirement.missing)))
        object["signed"] = .array(requirement.signed.map { .object(json($0)) })
        object["waiting"] = .array(requirement.waiting.map { .object(json($0)) })
        return object
    }
}
