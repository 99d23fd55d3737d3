// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

import Foundation
import Sigstore
import TestSupport
import Testing
import TrustCore

/// `kingsnake attest identity` in the surroundings that signers work in. After each run it is looked whether
/// a secret is in what the program said.
@Suite("Whose name would sign, by the command")
struct IdentityCommandTests {
    /// A program, and the provider that it can ask.
    fileprivate struct Scene {
        let folder: TemporaryFolder
        let issuer: SimulatedIssuer
        var program: Program

        init() async throws {
            folder = try TemporaryFolder()
            issuer = try await SimulatedIssuer.start(
                now: Timestamp(seconds: Int64(Date().timeIntervalSince1970))
            )
            program = Program(in: folder.path)
            program.environment["PATH"] = folder.path + ":" + (program.environment["PATH"] ?? "")
        }

        /// The file of a person's token.
        func tokenFile(_ text: String? = nil) throws -> String {
            try folder.write(Array((text ?? issuer.token(issuer.personClaims())).utf8), to: "token")
        }

        func run(_ arguments: [String]) async throws -> ProgramResult {
            let result = try await program.run(["attest", "identity"] + arguments)
            check(result)
            return result
        }

        func check(_ result: ProgramResult) {
            #expect(!issuer.tokens.contains { result.transcript.contains($0) })
            let signatures = issuer.tokens.compactMap { $0.split(separator: ".").last }
            #expect(!signatures.contains { result.transcript.contains($0) })
            #expect(!result.transcript.contains(issuer.runnerSecret))
            #expect(!result.transcript.contains("eyJ"))
        }
    }

    @Test("A job of GitHub Actions sees its workflow, and what policies ask about")
    func github() async throws {
        var scene = try await Scene()
        scene.program.environment.merge(scene.issuer.runnerEnvironment) { $1 }
        let text = try await scene.run([])
        #expect(text.status == 0, "\(text.transcript)")
        let workflow = "https://github.com/example/widget/.github/workflows/release.yml@refs/tags/v1"
        for words in [workflow, "1001", "2002", "from GitHub Actions", "Nothing was signed"] {
            #expect(text.transcript.contains(words), "\(words): \(text.transcript)")
        }
        let json = try await scene.run(["--json"]).json()
        #expect(json["identity"]?.string == workflow && json["identity_kind"]?.string == "uri")
        #expect(json["issuer"]?.string == "https://token.actions.githubusercontent.com")
        #expect(json["claims"]?.object?["1.3.6.1.4.1.57264.1.15"]?.string == "1001")
        #expect(json["origin"]?.string == "GitHub Actions")
        #expect(json["token"]?.object?["audiences"]?.array == ["sigstore"])
    }

    @Test("A job without an identity is told what gives it one, and nothing else is tried")
    func withoutPermission() async throws {
        var scene = try await Scene()
        scene.program.environment["GITHUB_ACTIONS"] = "true"
        let result = try await scene.run([])
        #expect(result.status == 6 && result.errors.contains("id-token: write"), "\(result.transcript)")
        scene.program.environment["GITHUB_ACTIONS"] = nil
        scene.program.environment["GITLAB_CI"] = "true"
        #expect(try await scene.run([]).errors.contains("id_tokens:"))
        scene.program.environment["SIGSTORE_ID_TOKEN"] = scene.issuer.token(scene.issuer.personClaims())
        #expect(try await scene.run([]).output.contains("ada@example.org"))
    }

    @Test("Without a build service and without a terminal it is said what to give")
    func nowhere() async throws {
        let result = try await Scene().run([])
        #expect(result.status == 6 && result.errors.contains("--identity-token"), "\(result.transcript)")
    }

    @Test("A token is taken from a file and from standard input")
    func given() async throws {
        let scene = try await Scene()
        let json = try await scene.run(["--identity-token", scene.tokenFile(), "--json"]).json()
        #expect(json["identity"]?.string == "ada@example.org" && json["identity_kind"]?.string == "email")
        #expect(json["issuer"]?.string == "https://accounts.example.org")
        let piped = try await scene.program.runScript("kingsnake attest identity --identity-token - < token")
        scene.check(piped)
        #expect(piped.status == 0 && piped.output.contains("from standard input"), "\(piped.transcript)")
    }

    @Test(
        "A token that is no good is refused with its code, in words and as JSON",
        arguments: [
            ("aud", "other", "identity.audience", 1), ("exp", 1, "identity.expired", 5),
            ("nbf", 9_000_000_000, "identity.not-yet-valid", 5), ("sub", .null, "identity.claim", 3),
            ("email_verified", false, "identity.email-unverified", 3),
        ] as [(String, JSONValue, String, Int32)]
    )
    func bad(claim: String, value: JSONValue, code: String, status: Int32) async throws {
        let scene = try await Scene()
        scene.issuer.fault { $0.claims[claim] = value }
        let file = try scene.tokenFile()
        let json = try await scene.run(["--identity-token", file, "--json"])
        #expect(json.refusalCode == code && json.status == status, "\(json.transcript)")
        let text = try await scene.run(["--identity-token", file])
        #expect(text.status == status && text.errors.contains(code))
    }

    @Test("Another secret that was given by mistake is refused, and not shown")
    func mistaken() async throws {
        let scene = try await Scene()
        let result = try await scene.run([
            "--identity-token", scene.tokenFile("ghp_0123456789abcdef\n"), "--json",
        ])
        #expect(result.refusalCode == "identity.token-form" && !result.transcript.contains("ghp_"))
    }

    @Test("A token on the command line is refused as misuse, and not repeated")
    func onCommandLine() async throws {
        let scene = try await Scene()
        let token = scene.issuer.token(scene.issuer.personClaims())
        for arguments in [["--identity-token", token], ["--identity-token=\(token)x"]] {
            let result = try await scene.run(arguments)
            #expect(result.status == 2 && result.errors.contains("takes a file"))
        }
        #expect(try await scene.run(["--identity-token", "-", "--login", "browser"]).status == 2)
    }

    @Test("A token of another provider than the one that was named is refused")
    func otherIssuer() async throws {
        let scene = try await Scene()
        let file = try scene.tokenFile()
        let named = ["--identity-token", file, "--oidc-issuer", "https://other.example", "--json"]
        #expect(try await scene.run(named).refusalCode == "identity.issuer")
        let right = ["--identity-token", file, "--oidc-issuer", scene.issuer.issuer]
        #expect(try await scene.run(right).status == 0)
        let client = ["--identity-token", file, "--oidc-client-id", "other", "--json"]
        #expect(try await scene.run(client).refusalCode == "identity.audience")
    }

    /// Follows the provider back to the program, and keeps the page; patient, since tests share the machine.
    private static let browser =
        "exec curl -sS -L --max-time 250 --retry 5 --retry-connrefused -o page.html \"$1\""

    @Test("A login in the browser: the page opens, comes back and says that it can be closed")
    func logsInWithBrowser() async throws {
        let scene = try await Scene()
        try scene.openWith(Self.browser)
        let result = try await scene.run(
            ["--login", "browser", "--oidc-issuer", scene.issuer.issuer, "--json"]
        )
        #expect(try result.json()["identity"]?.string == "ada@example.org", "\(result.transcript)")
        #expect(result.errors.contains(scene.issuer.issuer + "/auth?"))
        #expect(!result.errors.contains("code_verifier"))
    }

    @Test("The instance that is named says with whom to log in, by the options that signing has")
    func instanceIssuer() async throws {
        let scene = try await Scene()
        try scene.openWith(Self.browser)
        let config = try SigningConfig(parsing: SigstoreInstance.publicGood.signingConfig)
        let usual = try config.identityProvider(at: Moment(scene.issuer.now)).url
        let text = String(decoding: SigstoreInstance.publicGood.signingConfig, as: UTF8.self)
        let own = text.replacing(usual, with: scene.issuer.issuer)
        let file = try scene.folder.write(Array(own.utf8), to: "signing_config.json")
        let result = try await scene.run(["--login", "browser", "--signing-config", file, "--json"])
        #expect(try result.json()["identity"]?.string == "ada@example.org", "\(result.transcript)")
        let keys = try scene.folder.write(SigstoreInstance.staging.trustedRoot, to: "keys.json")
        #expect(try await scene.run(["--trusted-root", keys]).status == 2)
        let unknown = ["--login", "browser", "--sigstore-instance", "nobody", "--json"]
        #expect(try await scene.run(unknown).refusalCode == "instance.unknown")
    }

    @Test("A login whose answer has another state is refused")
    func browserState() async throws {
        let scene = try await Scene()
        try scene.openWith(Self.browser)
        scene.issuer.fault { $0.state = "other" }
        let result = try await scene.run(
            ["--login", "browser", "--oidc-issuer", scene.issuer.issuer, "--json"]
        )
        #expect(result.refusalCode == "identity.state", "\(result.transcript)")
    }

    @Test("A login on another device shows the page and the code, also with --json")
    func device() async throws {
        let scene = try await Scene()
        scene.issuer.fault {
            $0.interval = 1
            $0.deviceAnswers = ["authorization_pending"]
        }
        let result = try await scene.run(
            ["--login", "device", "--oidc-issuer", scene.issuer.issuer, "--json"]
        )
        #expect(try result.json()["identity"]?.string == "ada@example.org", "\(result.transcript)")
        #expect(
            result.errors.contains("WDJB-MJHT") && result.errors.contains(scene.issuer.issuer + "/device")
        )
        scene.issuer.fault { $0.deviceAnswers = ["access_denied"] }
        let refused = try await scene.run(["--login", "device", "--oidc-issuer", scene.issuer.issuer])
        #expect(refused.status == 6 && refused.errors.contains("refused"))
    }
}

extension IdentityCommandTests.Scene {
    /// Puts a script in the place of what opens browsers.
    fileprivate func openWith(_ script: String) throws {
        for name in ["xdg-open", "open"] {
            let path = try folder.write(Array("#!/bin/sh\n\(script)\n".utf8), to: name)
            try FileManager.default.setAttributes([.posixPermissions: 0o755], ofItemAtPath: path)
        }
    }
}
