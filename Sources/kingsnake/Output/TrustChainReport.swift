// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

import ContentTrust
import TrustCore

/// A chain of roots of conda content trust, step by step, for people and for programs.
enum TrustChainReport {
    /// Says each step; answers them for `--json`.
    static func show(_ chain: TrustChain?, _ console: Console) -> [JSONObject] {
        var before: VerifiedRoot?
        return (chain?.links ?? []).map { root in
            let words = TrustWords(root, after: before, now: SystemClock.now)
            let version = root.version
            console.say("\(console.good("verified")) root version \(version), sha256 \(root.digest.hex)")
            words.lines.forEach { console.say("  \($0)") }
            root.keyIDs.forEach { console.say("  signed by ed25519 \($0)") }
            root.malformed.forEach { console.say("  counts for nothing: \($0.words)") }
            before = root
            var step = JSONObject()
            step["version"] = .number(JSONNumber(version))
            step["sha256"] = .string(root.digest.hex)
            step["expires"] = .string(root.metadata.expiration.description)
            step["words"] = .array(words.lines.map { .string($0) })
            step["roles"] = .array(words.roles.map { .object(CeremonyReport.json($0)) })
            step["signers"] = .array(root.keyIDs.map { .object(signer($0)) })
            step["malformed"] = .array(root.malformed.map(\.json))
            return step
        }
    }

    private static func signer(_ keyID: String) -> JSONObject {
        var object = JSONObject()
        object["keyid"] = .string(keyID)
        return object
    }
}

extension MalformedSignature {
    /// The entry in words.
    var words: String { "what stands under `\(keyID)`, which is no signature (\(reason.codeName))" }

    /// One object for `--json`.
    var json: JSONValue { ["keyid": .string(keyID), "code": .string(reason.codeName)] }
}
