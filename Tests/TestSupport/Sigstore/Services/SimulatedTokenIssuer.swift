// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

package import TrustCore

/// Makes tokens as an identity provider would, for whoever asks: nobody logs in.
package struct SimulatedTokenIssuer: Sendable {
    /// What its tokens have as their issuer.
    package let url: String
    /// What it makes names of, where the certificate authority believes it.
    package let kind: TrustedIssuer.Kind
    /// The key that signs.
    package let key = SimulatedKey()

    /// Makes a provider with a new key.
    package init(_ url: String, kind: TrustedIssuer.Kind) {
        self.url = url
        self.kind = kind
    }

    /// What a certificate authority is told of it.
    package var trusted: TrustedIssuer {
        TrustedIssuer(url, publicKey: key.subjectPublicKeyInfo, kind: kind)
    }

    /// A token for ten minutes.
    ///
    /// - Parameter claims: What it says beside the usual, or instead of it.
    package func token(_ claims: JSONObject, audience: String = "sigstore", at now: Timestamp) throws
        -> String
    {
        var all = JSONObject()
        all["iss"] = .string(url)
        all["aud"] = .string(audience)
        all["iat"] = .init(integerLiteral: now.seconds)
        all["nbf"] = .init(integerLiteral: now.seconds)
        all["exp"] = .init(integerLiteral: now.seconds + 600)
        for member in claims.members { all[member.key] = member.value }
        return try SimulatedWebToken.write(all, keyID: "1", by: key)
    }

    /// A token of a person.
    package func token(email: String, at now: Timestamp) throws -> String {
        var claims = JSONObject()
        claims["sub"] = .string("subject of \(email)")
        claims["email"] = .string(email)
        claims["email_verified"] = true
        return try token(claims, at: now)
    }

    /// A token of a workflow of GitHub Actions: what ``SimulatedInstance/Signer/workflow(of:file:ref:)`` is.
    package func token(
        workflowOf repository: String,
        file: String = "release.yml",
        ref: String = "refs/tags/v1",
        at now: Timestamp
    ) throws -> String {
        let workflow = "\(repository)/.github/workflows/\(file)@\(ref)"
        let owner = String(repository.prefix { $0 != "/" })
        let sha = String(repeating: "a", count: 40)
        let texts = [
            "sub": "repo:\(repository):ref:\(ref)", "repository": repository, "repository_owner": owner,
            "repository_id": "1001", "repository_owner_id": "2002", "repository_visibility": "public",
            "event_name": "push", "sha": sha, "ref": ref, "workflow": "release", "workflow_ref": workflow,
            "workflow_sha": sha, "job_workflow_ref": workflow, "job_workflow_sha": sha,
            "runner_environment": "github-hosted", "run_id": "1", "run_attempt": "1",
        ]
        var claims = JSONObject()
        for (name, text) in texts.sorted(by: { $0.key < $1.key }) { claims[name] = .string(text) }
        return try token(claims, at: now)
    }
}
