// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

import TestSupport
import TrustCore

@testable import Sigstore

/// A token to change in tests, and the parts that tokens are made of.
enum TokenSample {
    static let now = Timestamp(seconds: 1_800_000_000)
    static let header: JSONValue = ["alg": "ES256", "typ": "JWT"]
    static let claims: JSONValue = [
        "iss": "https://issuer.example.org", "sub": "somebody", "aud": "sigstore", "exp": 1_800_000_060,
        "nbf": 1_800_000_000,
    ]

    static func text(
        _ header: JSONValue = header,
        _ claims: JSONValue = claims,
        signature: [UInt8] = [1, 2, 3]
    )
        -> String
    {
        [JSONWriter.encode(header), JSONWriter.encode(claims), signature].map(SimulatedIssuer.part)
            .joined(separator: ".")
    }

    /// The token with one claim changed; null removes it.
    static func token(_ name: String, _ value: JSONValue) throws -> IdentityToken {
        try IdentityToken(text(header, changed(claims, name, value)))
    }

    static func changed(_ object: JSONValue, _ name: String, _ value: JSONValue) -> JSONValue {
        var object = object.object ?? JSONObject()
        object[name] = value == .null ? nil : value
        return .object(object)
    }
}

/// Answers each request by what a closure says.
struct ScriptedCaller: ServiceCaller {
    let answer: @Sendable (ServiceRequest) throws -> ServiceResponse

    init(_ answer: @escaping @Sendable (ServiceRequest) throws -> ServiceResponse) { self.answer = answer }

    init(status: Int, _ text: String) {
        answer = { _ in ServiceResponse(status: status, body: Array(text.utf8)) }
    }

    func send(_ request: ServiceRequest) async throws -> ServiceResponse { try answer(request) }
}
