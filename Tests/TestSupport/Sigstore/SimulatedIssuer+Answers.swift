// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

internal import Foundation
internal import Synchronization
public import TrustCore

// What the issuer answers to which request.
extension SimulatedIssuer {
    /// Answers in memory. Only requests to the issuer itself get an answer.
    public func send(_ request: ServiceRequest) async throws -> ServiceResponse {
        let issuer = issuer
        guard request.url.hasPrefix(issuer + "/") else {
            throw Failure(.network, "nobody answers", at: request.url)
        }
        let authorization = request.headers.first { $0.name == "Authorization" }?.value
        let target = String(request.url.dropFirst(issuer.count))
        let response = answer(request.method.rawValue, target, authorization, request.body)
        guard response.body.count <= request.maximumLength else {
            throw Refusal(CoreCode.tooLarge, request.url)
        }
        return response
    }

    /// Answers a request that came over HTTP.
    public func answer(_ request: LoopbackRequest) -> ServiceResponse {
        answer(request.method, request.target, request.header("Authorization"), request.body)
    }

    /// Opens a login page as a browser does, and answers where it is sent.
    public func browse(_ url: String) throws -> String {
        let response = answer("GET", String(url.dropFirst(issuer.count)), nil, [])
        guard let location = response.headers.first(where: { $0.name == "Location" })?.value else {
            throw Failure(.network, "the page answers \(String(decoding: response.body, as: UTF8.self))")
        }
        return location
    }

    private func answer(_ method: String, _ target: String, _ authorization: String?, _ body: [UInt8])
        -> ServiceResponse
    {
        let parts = target.split(separator: "?", maxSplits: 1, omittingEmptySubsequences: false).map(
            String.init
        )
        let query = Self.fields(parts.count > 1 ? parts[1] : "")
        let form = Self.fields(String(decoding: body, as: UTF8.self))
        state.withLock { $0.asked.append(parts[0]) }
        switch (method, parts[0]) {
        case ("GET", "/.well-known/openid-configuration"): return Self.json(200, configuration)
        case ("GET", "/keys"): return keys
        case ("GET", "/auth"): return logIn(query)
        case ("POST", "/token"): return exchange(form)
        case ("POST", "/device/code"): return beginDevice(form)
        case ("GET", "/actions/token"): return runner(query, authorization)
        default: return Self.json(404, ["error": "invalid_request"])
        }
    }

    private var keys: ServiceResponse {
        switch state.withLock({ $0.faults.keys }) {
        case .status(let status): Self.json(status, ["error": "server_error"])
        case .replace(let body): ServiceResponse(status: 200, body: body)
        case .respond(let status, let headers, let body):
            ServiceResponse(status: status, headers: headers.map { (name: $0.0, value: $0.1) }, body: body)
        default: Self.json(200, keySet)
        }
    }

    private var configuration: JSONValue {
        let (issuer, faults) = state.withLock { ($0.issuer, $0.faults) }
        let own: JSONValue = [
            "issuer": .string(faults.configuredIssuer ?? issuer),
            "authorization_endpoint": .string(issuer + "/auth"),
            "token_endpoint": .string(issuer + "/token"),
            "device_authorization_endpoint": .string(issuer + "/device/code"),
            "jwks_uri": .string(issuer + "/keys"),
            "response_types_supported": ["code"],
            "id_token_signing_alg_values_supported": ["ES256"],
            "code_challenge_methods_supported": ["S256", "plain"],
        ]
        var object = own.object ?? JSONObject()
        for (name, value) in faults.configuration { object[name] = value == .null ? nil : value }
        return .object(object)
    }

    private func logIn(_ query: [String: String]) -> ServiceResponse {
        guard query["response_type"] == "code", query["client_id"] == clientID,
            query["scope"]?.split(separator: " ").contains("openid") == true,
            query["code_challenge_method"] == "S256", let challenge = query["code_challenge"],
            challenge.utf8.count == 43, let redirect = query["redirect_uri"],
            redirect.hasPrefix("http://localhost:"), let sent = query["state"], !sent.isEmpty
        else { return Self.json(400, ["error": "invalid_request"]) }
        let faults = state.withLock { $0.faults }
        var answer = "state=\(PercentEncoding.segment(faults.state ?? sent))"
        if let error = faults.loginError {
            answer += "&error=\(PercentEncoding.segment(error))&error_description=no"
        } else {
            let code = Self.secret()
            let grant = Grant(
                redirectURI: redirect,
                clientID: clientID,
                challenge: challenge,
                nonce: query["nonce"]
            )
            state.withLock { $0.grants[code] = grant }
            answer += "&code=\(code)"
        }
        return ServiceResponse(status: 302, headers: [("Location", redirect + "?" + answer)])
    }

    private func beginDevice(_ form: [String: String]) -> ServiceResponse {
        guard form["client_id"] == clientID, let challenge = form["code_challenge"] else {
            return Self.json(400, ["error": "invalid_client"])
        }
        let code = Self.secret()
        let grant = Grant(redirectURI: nil, clientID: clientID, challenge: challenge, nonce: nil)
        let (issuer, faults) = state.withLock { state in
            state.grants[code] = grant
            return (state.issuer, state.faults)
        }
        let begun: JSONValue = [
            "device_code": .string(code), "user_code": "WDJB-MJHT",
            "verification_uri": .string(issuer + "/device"),
            "verification_uri_complete": .string(issuer + "/device?user_code=WDJB-MJHT"),
            "expires_in": .number(JSONNumber(faults.deviceLifetime)),
        ]
        var object = begun.object ?? JSONObject()
        object["interval"] = faults.interval.map { .number(JSONNumber($0)) }
        return Self.json(200, .object(object))
    }

    private func exchange(_ form: [String: String]) -> ServiceResponse {
        let isDevice = form["grant_type"] == "urn:ietf:params:oauth:grant-type:device_code"
        guard isDevice || form["grant_type"] == "authorization_code" else {
            return Self.json(400, ["error": "unsupported_grant_type"])
        }
        let waiting: String? = state.withLock { state in
            isDevice && !state.faults.deviceAnswers.isEmpty ? state.faults.deviceAnswers.removeFirst() : nil
        }
        if let waiting { return Self.json(400, ["error": .string(waiting)]) }
        guard let code = form[isDevice ? "device_code" : "code"],
            let grant = state.withLock({ $0.grants.removeValue(forKey: code) }),
            grant.clientID == form["client_id"], isDevice || grant.redirectURI == form["redirect_uri"],
            let verifier = form["code_verifier"],
            Self.part(Digest.of(Array(verifier.utf8)).bytes) == grant.challenge
        else { return Self.json(400, ["error": "invalid_grant"]) }
        let token = token(personClaims(nonce: grant.nonce))
        return Self.json(
            200,
            [
                "access_token": .string(Self.secret()), "token_type": "bearer",
                "expires_in": 60, "id_token": .string(token),
            ]
        )
    }

    private func runner(_ query: [String: String], _ authorization: String?) -> ServiceResponse {
        guard authorization == "Bearer " + runnerSecret else { return Self.json(401, ["message": "no"]) }
        let token = token(workflowClaims(audience: query["audience"] ?? "https://github.com/example"))
        return Self.json(
            200,
            ["count": .number(JSONNumber(Int64(token.utf8.count))), "value": .string(token)]
        )
    }

    private static func json(_ status: Int, _ value: JSONValue) -> ServiceResponse {
        ServiceResponse(
            status: status,
            headers: [("Content-Type", "application/json")],
            body: JSONWriter.encode(value)
        )
    }

    private static func fields(_ text: String) -> [String: String] {
        var fields: [String: String] = [:]
        for pair in text.split(separator: "&") {
            let parts = pair.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            fields[PercentEncoding.decode(parts[0]) ?? ""] =
                parts.count > 1 ? PercentEncoding.decode(parts[1]) : ""
        }
        return fields
    }

    private static func secret() -> String { Hex.encode(SimulatedKey.number(16)) }
}
