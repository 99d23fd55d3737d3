// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

internal import Foundation
internal import TestSupport
internal import TrustCore

/// Exchanges tokens of build jobs for keys.
struct TokenClient: Sendable {
    let load: Load

    /// Makes a token and exchanges it, perhaps several times at once; answers the key.
    func mint(_ random: inout SeededGenerator) async -> String? {
        let jti = Hex.encode(random.bytes(12))
        let token = load.world.issuer.token(claims(jti))
        load.addMinted(token, jti)
        let path = random.pick(["/api/oidc/mint_token", "/_/oidc/mint-token"])
        guard random.chance(25) else { return await exchange(token, jti, path) }
        async let first = exchange(token, jti, path)
        async let second = exchange(token, jti, path)
        let keys = await [first, second]
        return keys.lazy.compactMap { $0 }.first
    }

    /// Sends a token once; answers the key.
    func exchange(_ token: String, _ jti: String, _ path: String) async -> String? {
        load.state.change {
            $0.minting += 1
            $0.minted += 1
        }
        let began = load.history.tick()
        var body = JSONObject()
        body["token"] = .string(token)
        let reply = await load.client.ask(
            "POST",
            path,
            fields: [("Content-Type", "application/json")],
            body: .bytes(JSONWriter.encode(.object(body)))
        )
        load.state.change { $0.minting -= 1 }
        load.history.add(MintAttempt(token: jti, span: Span(began, load.history.tick()), fate: reply.fate))
        load.judge(reply, "a token")
        guard reply.fate.isSuccess, reply.isWhole else { return nil }
        struct Minted: Decodable { let token: String }
        let minted = try? JSONDecoder().decode(Minted.self, from: Data(reply.body))
        let key = minted?.token ?? String(decoding: reply.body, as: UTF8.self)
        load.addMintedKey(key)
        return key
    }

    /// The claims of a job that the channels' publishers fit. Its reference is of its own, so that its key
    /// can be told from others'.
    func claims(_ jti: String) -> JSONObject {
        let now = Int64(Date().timeIntervalSince1970)
        var claims = load.world.issuer.workflowClaims(audience: SoakWorld.audience)
        let workflow = "example/widget/.github/workflows/release.yml@refs/tags/v\(jti)"
        for (name, text) in [
            ("iss", load.world.issuer.issuer), ("jti", jti), ("ref", "refs/tags/v\(jti)"),
            ("workflow_ref", workflow),
            ("job_workflow_ref", workflow), ("sub", "repo:example/widget:ref:refs/tags/v\(jti)"),
        ] {
            claims[name] = .string(text)
        }
        for (name, offset) in [("iat", 0), ("nbf", -5), ("exp", 500)] as [(String, Int64)] {
            claims[name] = .number(JSONNumber(now + offset))
        }
        return claims
    }
}
