// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

import SigningKeys
import Sigstore
import TrustCore

/// In whose name something is about to be signed, where that goes, and what it means for the signer.
struct SigningPlan {
    /// For people, before they are asked.
    let lines: [String]
    /// What they are asked; nil where nothing about them becomes known.
    let question: String?
    private let signer: JSONObject
    private let services: SigningServices

    /// For somebody whom a token names.
    init(token found: SignerToken, _ services: SigningServices) {
        let token = found.token
        let name = token.expectedSigner?.value ?? token.subject
        let issuer = token.expectedSigner?.issuer ?? token.issuer
        lines =
            [
                "signs as    \(name)", "  vouched   by \(issuer), by a token from \(found.origin)",
                "  certified by \(services.certificateAuthority?.url ?? "")",
            ] + Self.places(services) + [
                "This name, and all that the identity provider says of it, will be public in these logs for ever."
            ]
        question = "sign as \(name), for everybody to see?"
        var signer = JSONObject()
        signer["identity"] = .string(name)
        signer["issuer"] = .string(issuer)
        self.signer = signer
        self.services = services
    }

    /// For whoever holds a key.
    init(key: PublicKey, _ services: SigningServices) {
        lines =
            ["signs with  \(key)"] + Self.places(services) + [
                "Only those who know this key can verify it. The logs show the key, not whose it is."
            ]
        question = nil
        var signer = JSONObject()
        signer["key"] = .string(key.fingerprint.hex)
        self.signer = signer
        self.services = services
    }

    private static func places(_ services: SigningServices) -> [String] {
        services.logs.map { "  logged    at \($0.url)" }
            + services.timestampAuthorities.map { "  stamped   by \($0.url)" }
    }

    /// For programs.
    var json: JSONObject {
        var object = JSONObject()
        object["schema"] = 1
        object["status"] = "ok"
        object["signer"] = .object(signer)
        object["logs"] = .array(services.logs.map { .string($0.url) })
        object["timestamp_authorities"] = .array(services.timestampAuthorities.map { .string($0.url) })
        return object
    }
}
