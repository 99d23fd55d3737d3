// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

import ChannelServer
import ContentTrust
import TrustCore

/// What was published of conda content trust, for people and for programs.
enum TrustChangeReport {
    static func json(_ change: TrustFolder.Change, _ ceremony: FinishedTrustCeremony) -> JSONObject {
        json(change, ceremony.chain, ceremony.keyManager)
    }

    static func json(
        _ change: TrustFolder.Change,
        _ chain: TrustChain,
        _ keyManager: VerifiedKeyManager
    ) -> JSONObject {
        var document = JSONObject()
        document["schema"] = 1
        document["status"] = "ok"
        document["written"] = .array(change.written.map { .string($0) })
        document["root_version"] = .number(JSONNumber(chain.root.version))
        document["root_sha256"] = .string(chain.links[0].digest.hex)
        document["key_mgr_version"] = keyManager.metadata.version.map { .number(JSONNumber($0)) }
        document["awaiting"] = change.awaiting.map { .string($0.codeName) }
        return document
    }

    /// Says what was done, and what mamba still waits for.
    static func say(_ change: TrustFolder.Change, _ directory: String, _ console: Console) {
        change.written.forEach { console.say("published \($0)") }
        if change.written.isEmpty { console.say("the channel is as the proposal says already") }
        guard let awaiting = change.awaiting else { return }
        console.warn(
            "pkg_mgr.json, which mamba needs, is not signed as it must be (\(awaiting.codeName)): sign it where the package keys are, with `kingsnake content-trust delegate \(directory) --renew pkg_mgr`"
        )
    }
}
