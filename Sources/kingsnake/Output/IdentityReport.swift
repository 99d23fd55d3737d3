// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

import Sigstore
import TrustCore

/// How a signer's identity looks to people, and to programs, before anything is signed. Never holds the
/// token.
struct IdentityReport {
    private let token: IdentityToken
    private let origin: String

    init(_ found: SignerToken) {
        token = found.token
        origin = found.origin
    }

    func show(_ console: Console) {
        if let signer = token.expectedSigner {
            console.say("would sign as  \(signer.value)")
            line(console, "issuer", signer.issuer)
        } else {
            console.say("would sign as  whatever the certificate authority makes of this token")
            line(console, "issuer", token.issuer)
        }
        let claims = Dictionary(token.expectedClaims.map { ($0.claim, $0.value) }) { first, _ in first }
        for (label, claim) in BundleReport.claims {
            if let value = claims[claim] { line(console, label, value) }
        }
        line(console, "subject", token.subject)
        line(console, "token", "from \(origin), for \(token.audiences.joined(separator: ", "))")
        line(console, "valid until", token.expires.description)
        console.remark(
            "note: this is what the token says; the certificate authority verifies it. Nothing was signed"
        )
        console.emit(json)
    }

    private func line(_ console: Console, _ label: String, _ value: String) {
        let padding = String(repeating: " ", count: max(1, 13 - label.count))
        console.say("  \(label)\(padding)\(value)")
    }

    private var json: JSONObject {
        var object = JSONObject()
        object["schema"] = 1
        object["status"] = "ok"
        object["origin"] = .string(origin)
        let signer = token.expectedSigner
        object["identity"] = signer.map { .string($0.value) } ?? .null
        object["identity_kind"] = signer.map { .string($0.kind.rawValue) } ?? .null
        object["issuer"] = .string(signer?.issuer ?? token.issuer)
        var claims = JSONObject()
        for (claim, value) in token.expectedClaims { claims[claim.objectIdentifier] = .string(value) }
        object["claims"] = .object(claims)
        var said = JSONObject()
        said["issuer"] = .string(token.issuer)
        said["subject"] = .string(token.subject)
        said["audiences"] = .array(token.audiences.map { .string($0) })
        said["expires"] = .string(token.expires.description)
        if let notBefore = token.notBefore { said["not_before"] = .string(notBefore.description) }
        if let email = token.email { said["email"] = .string(email) }
        object["token"] = .object(said)
        return object
    }
}
