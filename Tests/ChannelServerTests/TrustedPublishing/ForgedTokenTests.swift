// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

import Crypto
import Foundation
import HummingbirdTesting
import NIOCore
import TestSupport
import Testing
import TrustCore

@testable import ChannelServer

/// Tokens that must not be believed, and that nobody believes.
@Suite("Forged tokens")
struct ForgedTokenTests {
    /// A forgery: how it is made, and the code that it is refused with.
    struct Forgery: Sendable, CustomTestStringConvertible {
        let name: String
        let code: String
        let make: @Sendable (PublishingScene) -> String

        init(_ name: String, _ code: OIDCCode, _ make: @escaping @Sendable (PublishingScene) -> String) {
            self.name = name
            self.code = code.rawValue
            self.make = make
        }

        /// A token that the issuer signed, with other claims than those that fit.
        init(_ name: String, _ code: OIDCCode, claims: [String: JSONValue]) {
            self.init(name, code) { scene in scene.issuer.token(scene.claims(claims)) }
        }

        var testDescription: String { name }
    }

    @Test("Each is refused with exactly its code, told without the token, and no key is made", arguments: all)
    func forgery(_ forgery: Forgery) async throws {
        let scene = try await PublishingScene.published()
        let token = forgery.make(scene)
        let response = try await scene.send(token)
        #expect(PublishingScene.code(of: response) == forgery.code)
        let text = String(buffer: response.body)
        for part in token.split(separator: ".") where part.count > 8 { #expect(!text.contains(part)) }
        #expect(try await scene.server.database.read { try $0.accessKeys(of: nil) }.isEmpty)
        // And the server still knows a good one.
        #expect(try await scene.code(claims: [:]) == nil)
    }

    static let all = signatures + forms + times + audiences + missing + types + jobs

    static let otherKey = SimulatedTokenKey.rs256("key-1", number: 1)

    static let signatures: [Forgery] = [
        Forgery("algorithm none, without signature", .algorithm) { scene in
            unsigned(scene, ["alg": "none", "kid": "key-1"], signature: [])
        },
        Forgery("algorithm None, with the signature of another token", .algorithm) { scene in
            unsigned(scene, ["alg": "None", "kid": "key-1"], signature: [1, 2, 3])
        },
        Forgery("HS256 with the public key as secret, in PEM", .algorithm) { scene in
            shared(scene, Array(scene.issuer.signingKey.publicPEM.utf8))
        },
        Forgery("HS256 with the public key as secret, as JSON", .algorithm) { scene in
            shared(scene, JSONWriter.encode(scene.issuer.signingKey.json))
        },
        Forgery("HS256 with an empty secret", .algorithm) { scene in shared(scene, []) },
        Forgery("the key's own signature under another algorithm's name", .algorithm) { scene in
            scene.issuer.signingKey.token(scene.claims(), header: ["alg": "ES256"])
        },
        Forgery("an algorithm with longer hashes", .algorithm) { scene in
            scene.issuer.signingKey.token(scene.claims(), header: ["alg": "RS512"])
        },
        Forgery("another issuer's key under this one's name", .signature) { scene in
            otherKey.token(scene.claims())
        },
        Forgery("a key that comes with the token", .signature) { scene in
            otherKey.token(scene.claims(), header: ["jwk": otherKey.json])
        },
        Forgery("a key at an address that comes with the token", .key) { scene in
            otherKey.token(scene.claims(), header: ["kid": "mine", "jku": "https://evil.example.net/keys"])
        },
        Forgery("the name of another issuer's key", .key) { scene in
            SimulatedTokenKey.es256("gitlab-1").token(scene.claims())
        },
        Forgery("claims that were changed after signing", .signature) { scene in
            let parts = scene.issuer.token(scene.claims()).split(separator: ".")
            let other = JSONWriter.encode(.object(scene.claims(["repository": "evil/widget"])))
            return "\(parts[0]).\(SimulatedIssuer.part(other)).\(parts[2])"
        },
        Forgery("a signature cut short", .signature) { scene in
            let parts = scene.issuer.token(scene.claims()).split(separator: ".")
            return "\(parts[0]).\(parts[1]).\(parts[2].prefix(100))"
        },
        Forgery("no signature", .signature) { scene in
            let parts = scene.issuer.token(scene.claims()).split(separator: ".")
            return "\(parts[0]).\(parts[1])."
        },
        Forgery("an issuer that nobody named", .issuer, claims: ["iss": "https://evil.example.net"]),
        Forgery(
            "an issuer with a slash more",
            .issuer,
            claims: ["iss": "https://token.actions.githubusercontent.com/"]
        ),
        Forgery(
            "an issuer in other letters",
            .issuer,
            claims: ["iss": "https://TOKEN.actions.githubusercontent.com"]
        ),
        // gitlab.com is believed, but not with GitHub's keys; in this scene it does not answer.
        Forgery("an issuer that is below another", .issuer, claims: ["iss": "https://gitlab.com/evil"]),
    ]

    static let forms: [Forgery] = [
        Forgery("nothing", .tokenForm) { _ in "" },
        Forgery("two parts", .tokenForm) { _ in "e30.e30" },
        Forgery("four parts", .tokenForm) { scene in scene.issuer.token(scene.claims()) + ".e30" },
        Forgery("padding", .tokenForm) { scene in scene.issuer.token(scene.claims()) + "=" },
        Forgery("a line's end", .tokenForm) { scene in scene.issuer.token(scene.claims()) + "\n" },
        Forgery("a header that is no object", .tokenForm) { _ in "W10.e30.AAAA" },
        Forgery("a header that is no JSON", .tokenForm) { _ in "AAAA.e30.AAAA" },
        Forgery("critical extensions", .tokenForm) { scene in
            scene.issuer.signingKey.token(scene.claims(), header: ["crit": ["b64"], "b64": false])
        },
        Forgery("another sort of token", .tokenForm) { scene in
            scene.issuer.signingKey.token(scene.claims(), header: ["typ": "at+jwt"])
        },
        Forgery("no name of a key", .tokenForm) { scene in
            scene.issuer.signingKey.token(scene.claims(), header: ["kid": .null])
        },
        Forgery("the name of a key as a number", .tokenForm) { scene in
            scene.issuer.signingKey.token(scene.claims(), header: ["kid": 1])
        },
        Forgery("a claim twice", .tokenForm) { scene in
            let text =
                #"{"iss":"https://evil.example.net","iss":"https://token.actions.githubusercontent.com"}"#
            let parts = scene.issuer.token(scene.claims()).split(separator: ".")
            return "\(parts[0]).\(SimulatedIssuer.part(Array(text.utf8))).\(parts[2])"
        },
        Forgery(
            "more bytes than a token has",
            .tokenForm,
            claims: ["x": .string(String(repeating: "x", count: 20_000))]
        ),
    ]

    /// The server's clock stands at 1,800,000,000; it and the issuer's may differ by 30 seconds.
    static let times: [Forgery] = [
        Forgery("expired by the leeway", .expired, claims: ["exp": 1_799_999_970]),
        Forgery("expired long ago", .expired, claims: ["iat": 0, "nbf": 0, "exp": 1]),
        Forgery("valid from a minute on", .notYetValid, claims: ["nbf": 1_800_000_031]),
        Forgery("made in the future", .notYetValid, claims: ["iat": 1_800_000_031]),
        Forgery("valid for more than an hour", .lifetime, claims: ["exp": 1_800_003_601]),
        Forgery("valid for ever", .lifetime, claims: ["exp": 9_223_372_036_854_775_807]),
        Forgery("made long ago, and still valid", .lifetime, claims: ["iat": 1]),
    ]

    static let audiences: [Forgery] = [
        Forgery("for another server", .audience, claims: ["aud": "other.example.org"]),
        Forgery("for this server's address", .audience, claims: ["aud": "https://channels.example.org"]),
        Forgery("for this server with a port", .audience, claims: ["aud": "channels.example.org:443"]),
        Forgery("for this server in other letters", .audience, claims: ["aud": "Channels.example.org"]),
        Forgery(
            "for what begins like this server",
            .audience,
            claims: ["aud": "channels.example.org.evil.net"]
        ),
        Forgery(
            "for this server and another",
            .audience,
            claims: ["aud": ["channels.example.org", "other.example.org"]]
        ),
        Forgery("for nobody", .audience, claims: ["aud": []]),
        Forgery("for numbers", .audience, claims: ["aud": [1]]),
    ]

    static let missing: [Forgery] = [
        "iss", "aud", "exp", "nbf", "iat", "jti", "sub", "repository", "repository_id", "repository_owner",
        "repository_owner_id", "workflow_ref", "job_workflow_ref", "ref", "event_name",
    ].map { Forgery("without \($0)", .claim, claims: [$0: .null]) }

    static let types: [Forgery] = [
        Forgery("an end as text", .claim, claims: ["exp": "1800000300"]),
        Forgery("an end before 1970", .claim, claims: ["exp": -1]),
        Forgery("a beginning that is true", .claim, claims: ["nbf": true]),
        Forgery("a name that is a number", .claim, claims: ["jti": 7]),
        Forgery("an empty name", .claim, claims: ["jti": ""]),
        Forgery(
            "a name that is too long",
            .claim,
            claims: ["jti": .string(String(repeating: "x", count: 257))]
        ),
        Forgery("a subject with a line's end", .claim, claims: ["sub": "repo:a\nb"]),
        Forgery("a repository's number in words", .claim, claims: ["repository_id": "1001 "]),
        Forgery("a repository of another owner", .claim, claims: ["repository_owner": "exam"]),
        Forgery(
            "a workflow of another repository",
            .claim,
            claims: ["workflow_ref": "evil/widget/.github/workflows/release.yml@refs/heads/main"]
        ),
        Forgery(
            "a workflow without a ref",
            .claim,
            claims: ["workflow_ref": "example/widget/.github/workflows/release.yml"]
        ),
    ]

    static let jobs: [Forgery] = [
        Forgery(
            "the repository's name, taken by somebody else",
            .noPublisher,
            claims: ["repository_id": "1002"]
        ),
        Forgery("the owner's name, registered again", .noPublisher, claims: ["repository_owner_id": "2003"]),
        Forgery("the repository under a new name", .noPublisher, claims: job("example/gadget")),
        Forgery("the repository in another's hands", .noPublisher, claims: job("evil/widget")),
        Forgery(
            "a fork",
            .noPublisher,
            claims: job("evil/widget", ["repository_id": "3003", "repository_owner_id": "4004"])
        ),
        Forgery(
            "a reusable workflow of another repository",
            .reusableWorkflow,
            claims: ["job_workflow_ref": "shared/ci/.github/workflows/release.yml@refs/heads/main"]
        ),
        Forgery(
            "somebody's job that calls the publisher's workflow",
            .reusableWorkflow,
            claims: job(
                "evil/widget",
                [
                    "repository_id": "3003", "repository_owner_id": "4004",
                    "job_workflow_ref": "example/widget/.github/workflows/release.yml@refs/tags/v1",
                ]
            )
        ),
        Forgery("another workflow", .workflow, claims: job(file: "test.yml")),
        Forgery("a workflow whose name begins the same", .workflow, claims: job(file: "release.yml.yml")),
        Forgery("a workflow in other letters", .workflow, claims: job(file: "Release.yml")),
    ]

    /// The claims of a job of a repository and a workflow of it.
    static func job(
        _ repository: String = "example/widget",
        file: String = "release.yml",
        _ others: [String: JSONValue] = [:]
    ) -> [String: JSONValue] {
        let workflow = "\(repository)/.github/workflows/\(file)@refs/tags/v1"
        let own: [String: JSONValue] = [
            "repository": .string(repository),
            "repository_owner": .string(String(repository.prefix { $0 != "/" })),
            "workflow_ref": .string(workflow), "job_workflow_ref": .string(workflow),
        ]
        return own.merging(others) { _, other in other }
    }

    private static func unsigned(_ scene: PublishingScene, _ header: JSONValue, signature: [UInt8]) -> String
    {
        [JSONWriter.encode(header), JSONWriter.encode(.object(scene.claims())), signature]
            .map(SimulatedIssuer.part).joined(separator: ".")
    }

    private static func shared(_ scene: PublishingScene, _ secret: [UInt8]) -> String {
        let header: JSONValue = ["alg": "HS256", "kid": "key-1", "typ": "JWT"]
        let signed = [JSONWriter.encode(header), JSONWriter.encode(.object(scene.claims()))]
            .map(SimulatedIssuer.part).joined(separator: ".")
        let code = HMAC<SHA256>.authenticationCode(for: Data(signed.utf8), using: SymmetricKey(data: secret))
        return signed + "." + SimulatedIssuer.part(Array(code))
    }
}
