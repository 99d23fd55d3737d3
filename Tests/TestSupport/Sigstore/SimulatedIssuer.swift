// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

internal import Foundation
internal import Synchronization
public import TrustCore

/// An identity provider of OpenID Connect, whole enough to log in with: configuration, keys, logins in a
/// browser (authorization code with PKCE) and on another device, and a service like that of GitHub Actions'
/// runners.
///
/// It answers in memory, as a `ServiceCaller`, or over HTTP (``SimulatedIssuer/start(now:)``). Whoever opens
/// its login page is logged in at once, as the person that ``Person`` says.
public final class SimulatedIssuer: ServiceCaller {
    /// Who logs in.
    public struct Person: Sendable {
        /// The subject of tokens.
        public var subject = "CgkxMjM0NTY3ODkSB2V4YW1wbGU"
        /// The e-mail address.
        public var email = "ada@example.org"
        /// Whether the address is verified.
        public var isVerified = true
        /// The provider that was asked in turn.
        public var connector: String? = "https://accounts.example.org"
    }

    /// What it does wrong, or differently.
    public struct Faults: Sendable {
        /// Called by this name in its configuration, instead of by its own.
        public var configuredIssuer: String?
        /// Endpoints and other members of the configuration, instead of its own; null removes one.
        public var configuration: [String: JSONValue] = [:]
        /// Comes back with the browser instead of the state that was sent.
        public var state: String?
        /// An error that comes back with the browser instead of a code.
        public var loginError: String?
        /// Claims of tokens, instead of its own; null removes one.
        public var claims: [String: JSONValue] = [:]
        /// Answers to questions of a device, one after the other, before the token.
        public var deviceAnswers: [String] = []
        /// How often a device may ask, in seconds; nil to leave it open.
        public var interval: Int64? = 5
        /// How long a device's login takes at most, in seconds.
        public var deviceLifetime: Int64 = 300
        /// What is answered to questions for keys. In memory only statuses, replacements and whole responses can be.
        public var keys: ServerBehaviour?

        /// Nothing.
        public init() {}
    }

    /// A login that waits for its code to be exchanged.
    struct Grant: Sendable {
        let redirectURI: String?
        let clientID: String
        let challenge: String
        let nonce: String?
    }

    struct State: Sendable {
        var issuer: String
        var person = Person()
        var faults = Faults()
        var grants: [String: Grant] = [:]
        var tokens: [String] = []
        var keys: [SimulatedTokenKey] = [.es256("simulated")]
        var asked: [String] = []
        var server: LoopbackServer?
    }

    /// The moment that tokens are made at.
    public let now: Timestamp
    /// The secret that the runner's service demands.
    public let runnerSecret = "runner-secret-3f1c9a"
    /// The client that may log in.
    public let clientID = "sigstore"
    let state: Mutex<State>

    /// Makes an issuer with a new key.
    public init(_ issuer: String = "https://issuer.example.org", now: Timestamp) {
        self.now = now
        state = Mutex(State(issuer: issuer))
    }

    /// Makes an issuer that is reached over HTTP, on a port of its own, as long as it lives.
    public static func start(now: Timestamp) async throws -> SimulatedIssuer {
        let issuer = SimulatedIssuer("http://127.0.0.1", now: now)
        let server = try await LoopbackServer.start(serving: "/nonexistent") { [weak issuer] request in
            guard let issuer else { return .status(503) }
            if request.path == "/keys", let behaviour = issuer.state.withLock({ $0.faults.keys }) {
                return behaviour
            }
            let response = issuer.answer(request)
            return .respond(
                status: response.status,
                headers: response.headers.map { ($0.name, $0.value) },
                body: response.body
            )
        }
        issuer.state.withLock {
            $0.issuer = server.url
            $0.server = server
        }
        return issuer
    }

    /// Its name, which is its address.
    public var issuer: String { state.withLock { $0.issuer } }

    /// Every token that it has made.
    public var tokens: [String] { state.withLock { $0.tokens } }

    /// Paths that were asked for, in order.
    public var asked: [String] { state.withLock { $0.asked } }

    /// The key that signs tokens.
    public var signingKey: SimulatedTokenKey { state.withLock { $0.keys[0] } }

    /// Publishes these keys from now on, and signs with the first.
    public func use(_ keys: [SimulatedTokenKey]) {
        precondition(!keys.isEmpty, "somebody must sign")
        state.withLock { $0.keys = keys }
    }

    /// Changes who logs in.
    public func be(_ change: (inout Person) -> Void) { state.withLock { change(&$0.person) } }

    /// Changes what it does wrong.
    public func fault(_ change: (inout Faults) -> Void) { state.withLock { change(&$0.faults) } }

    /// What the runner of GitHub Actions sets in the environment of a job.
    public var runnerEnvironment: [String: String] {
        [
            "GITHUB_ACTIONS": "true",
            "ACTIONS_ID_TOKEN_REQUEST_URL": "\(issuer)/actions/token?api-version=2.0",
            "ACTIONS_ID_TOKEN_REQUEST_TOKEN": runnerSecret,
        ]
    }
}

// MARK: - Tokens

extension SimulatedIssuer {
    /// The claims of a person's token.
    public func personClaims(nonce: String? = nil) -> JSONObject {
        let (issuer, person) = state.withLock { ($0.issuer, $0.person) }
        var claims = JSONObject()
        claims["iss"] = .string(issuer)
        claims["sub"] = .string(person.subject)
        claims["aud"] = .string(clientID)
        claims["exp"] = .number(JSONNumber(now.seconds + 600))
        claims["iat"] = .number(JSONNumber(now.seconds))
        claims["email"] = .string(person.email)
        claims["email_verified"] = .bool(person.isVerified)
        claims["nonce"] = nonce.map { .string($0) }
        if let connector = person.connector {
            claims["federated_claims"] = ["connector_id": .string(connector), "user_id": "123456789"]
        }
        return claims
    }

    /// The claims of a workflow's token, as GitHub Actions makes them.
    public func workflowClaims(audience: String) -> JSONObject {
        let repository = "example/widget"
        let workflow = "\(repository)/.github/workflows/release.yml@refs/tags/v1"
        let commit = String(repeating: "a", count: 40)
        let texts: [(String, String)] = [
            ("iss", "https://token.actions.githubusercontent.com"), ("aud", audience),
            ("sub", "repo:\(repository):ref:refs/tags/v1"), ("repository", repository),
            ("repository_id", "1001"), ("repository_owner", "example"), ("repository_owner_id", "2002"),
            ("repository_visibility", "public"), ("workflow", "release"), ("workflow_ref", workflow),
            ("workflow_sha", commit), ("job_workflow_ref", workflow), ("job_workflow_sha", commit),
            ("ref", "refs/tags/v1"), ("ref_type", "tag"), ("sha", commit), ("event_name", "push"),
            ("run_id", "7"), ("run_attempt", "1"), ("runner_environment", "github-hosted"),
            ("jti", Hex.encode(SimulatedKey.number(16))),
        ]
        var claims = JSONObject()
        for (name, text) in texts { claims[name] = .string(text) }
        claims["exp"] = .number(JSONNumber(now.seconds + 600))
        claims["nbf"] = .number(JSONNumber(now.seconds - 5))
        claims["iat"] = .number(JSONNumber(now.seconds))
        return claims
    }

    /// Signs a token.
    public func token(_ claims: JSONObject) -> String {
        let changes = state.withLock { $0.faults.claims }
        var claims = claims
        for (name, value) in changes { claims[name] = value == .null ? nil : value }
        let token = signingKey.token(claims)
        state.withLock { $0.tokens.append(token) }
        return token
    }

    /// The claims of a token that this issuer signed, for a simulated authority; nil if it did not.
    public func claims(verifying token: String) -> JSONObject? {
        state.withLock { $0.keys }.lazy.compactMap { $0.claims(verifying: token) }.first
    }

    /// The public keys, as issuers publish them (RFC 7517).
    var keySet: JSONValue {
        var object = JSONObject()
        object["keys"] = .array(state.withLock { $0.keys }.map(\.json))
        return .object(object)
    }

    /// Base64url without padding.
    public static func part(_ bytes: [UInt8]) -> String {
        Base64.text(bytes).replacingOccurrences(of: "+", with: "-")
            .replacingOccurrences(of: "/", with: "_").replacingOccurrences(of: "=", with: "")
    }

    static func bytes(_ part: String) -> [UInt8]? {
        let text = part.replacingOccurrences(of: "-", with: "+").replacingOccurrences(of: "_", with: "/")
        return Base64.decode(text + String(repeating: "=", count: (4 - text.utf8.count % 4) % 4))
    }
}
