// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

import Sigstore
import TestSupport
import Testing
import TrustCore

@Suite("sigstore-python and our bundles", .enabled(if: Peers.arePresent, "\(Peers.absence)"))
struct PythonSigstoreTests {
    private static let signer = SimulatedInstance.Signer.workflow()

    private static func other(_ value: String? = nil, issuer: String? = nil) -> SignerIdentity {
        SignerIdentity(
            kind: .uri,
            value: value ?? signer.identity.value,
            issuer: issuer ?? signer.identity.issuer
        )
    }

    @Test(
        "It verifies files and statements that are signed with any evidence, by the signer and by nobody else"
    )
    func verifies() async throws {
        try await SigstoreScene.run { scene in
            var cases: [SigstoreScene.Case] = []
            for evidence in SimulatedInstance.Evidence.allCases {
                let statement = try SigstoreScene.statement()
                let (plain, stated) = try scene.server.withInstance { instance in
                    (
                        try instance.bundle(of: SigstoreScene.package, by: Self.signer, evidence, at: 0),
                        try instance.bundle(stating: statement, by: Self.signer, evidence, at: 0)
                    )
                }
                cases += [
                    .init(bundle: plain, identity: Self.signer.identity, isStatement: false),
                    .init(bundle: stated, identity: Self.signer.identity),
                    .init(bundle: stated, identity: Self.other("https://github.com/example/other")),
                    .init(bundle: stated, identity: Self.other(issuer: "https://issuer.example")),
                    .init(
                        bundle: plain,
                        identity: Self.signer.identity,
                        isStatement: false,
                        artifact: Array("another package".utf8)
                    ),
                ]
            }
            let verdicts = try await scene.verdicts(cases)
            for (at, verdict) in verdicts.enumerated() {
                let isGood = at % 5 < 2
                #expect(verdict["verified"]?.bool == isGood, "\(at): \(verdict)")
                if at % 5 == 1 {
                    #expect(
                        try verdict["payload"]?.string.map { Array($0.utf8) } == SigstoreScene.statement()
                    )
                }
                if at % 5 == 2 { #expect(verdict["message"]?.string?.contains("SANs do not match") == true) }
                if at % 5 == 3 {
                    #expect(verdict["message"]?.string?.contains("issuer") == true, "\(verdict)")
                }
                if at % 5 == 4 { #expect(verdict["message"]?.string?.contains("digest mismatch") == true) }
            }
        }
    }

    @Test("It verifies what our own signer makes with the services, by the signer and by nobody else")
    func verifiesSigned() async throws {
        try await SigstoreScene.run { scene in
            var cases: [SigstoreScene.Case] = []
            for evidence in SimulatedInstance.Evidence.allCases {
                let made = try await scene.signByUs(evidence)
                cases += [
                    .init(bundle: made.statement.bundle, identity: Self.signer.identity),
                    .init(
                        bundle: made.package.bundle,
                        identity: Self.signer.identity,
                        isStatement: false
                    ),
                    .init(
                        bundle: made.statement.bundle,
                        identity: Self.other(issuer: "https://issuer.example")
                    ),
                ]
            }
            for (at, verdict) in try await scene.verdicts(cases).enumerated() {
                #expect(verdict["verified"]?.bool == (at % 3 < 2), "\(at): \(verdict)")
            }
            // One certificate for each signer, and what is logged is logged once.
            let asked = scene.server.http.requestedPaths
            #expect(asked.filter { $0 == "/api/v2/signingCert" }.count == 3)
            #expect(asked.filter { $0.hasSuffix("/log/entries") }.count == 6)
            #expect(asked.filter { $0 == "/api/v1/timestamp" }.count == 4)
        }
    }

    @Test("It refuses our bundles when another instance is trusted")
    func otherInstance() async throws {
        try await SigstoreScene.run { scene in
            let statement = try SigstoreScene.statement()
            let stated = try scene.server.withInstance {
                try $0.bundle(stating: statement, by: Self.signer, .v1)
            }
            let other = try SimulatedInstance(at: scene.server.now).trustedRoot()
            let verdicts = try await scene.verdicts(
                [.init(bundle: stated, identity: Self.signer.identity)],
                root: other
            )
            #expect(verdicts[0]["error"]?.string == "CertValidationError", "\(verdicts[0])")
        }
    }

    @Test(
        "What it signs at the simulated instance we verify, as a person and as a workflow",
        arguments: SimulatedInstance.Evidence.allCases
    )
    func signs(_ evidence: SimulatedInstance.Evidence) async throws {
        try await SigstoreScene.run { scene in
            let server = scene.server
            let config = try server.write(evidence, to: scene.folder).trustConfig
            let person = SignerIdentity(kind: .email, value: SigstoreScene.person, issuer: server.people.url)
            let tokens = [
                (try server.people.token(email: SigstoreScene.person, at: server.now), person),
                (
                    try server.workflows.token(workflowOf: "example/widget", at: server.now),
                    Self.signer.identity
                ),
            ]
            let verifier = BundleVerifier(try server.trustedRoot())
            for (token, identity) in tokens {
                let made = try await scene.signByPython(token: token, ["--trust-config", config])
                for bundle in [made.package, made.statement] {
                    let verified = try verifier.verify(bundle, of: SigstoreScene.artifact)
                    #expect(verified.certificate?.certificate.identity == identity)
                    #expect(verified.timestamps.count == (evidence == .v1 ? 0 : 1))
                    #expect(bundle.logEntries.map(\.version) == [evidence == .v2 ? "0.0.2" : "0.0.1"])
                }
                let statement = try #require(
                    try verifier.verify(made.statement, of: SigstoreScene.artifact).statement
                )
                try PublishAttestation(statement).check(
                    fileName: SigstoreScene.fileName,
                    sha256: Digest.of(SigstoreScene.package)
                )
                let claims = try verifier.verify(made.package, of: SigstoreScene.artifact).certificate?
                    .certificate.claims
                #expect(claims?[.sourceRepositoryIdentifier] == (identity == person ? nil : "1001"))
                #expect(
                    refusalCode { try verifier.verify(made.package, of: .bytes(Array("other".utf8))) }
                        == "sigstore.message-digest"
                )
            }
            // The log of the first generation sees the file twice, with other keys: that is no duplicate.
            #expect(server.http.requests.filter { $0.path.hasSuffix("/log/entries") }.count == 4)
        }
    }

    @Test(
        "It starts from the repository of the instance alone, and refuses a token that the issuer did not sign"
    )
    func startsFromRepository() async throws {
        try await SigstoreScene.run { scene in
            let server = scene.server
            let root = try scene.folder.write(server.repositoryRoot(), to: "1.root.json")
            let instance = ["--tuf", server.repositoryURL, "--root", root]
            let made = try await scene.signByPython(
                token: try server.people.token(email: SigstoreScene.person, at: server.now),
                instance
            )
            let verifier = BundleVerifier(try server.trustedRoot())
            #expect(try verifier.verify(made.statement, of: SigstoreScene.artifact).log.logCount == 1)
            let paths = Set(server.http.requestedPaths)
            #expect(paths.contains("/tuf/timestamp.json") && paths.contains("/api/v2/signingCert"))

            let impostor = SimulatedTokenIssuer(server.people.url, kind: .email)
            let forged = try impostor.token(email: SigstoreScene.person, at: server.now)
            await #expect(throws: PeerRefusal.self) { try await scene.signByPython(token: forged, instance) }
            #expect(server.http.requests.filter { $0.path.hasSuffix("/signingCert") }.count == 2)
            #expect(server.http.requests.filter { $0.path.hasSuffix("/log/entries") }.count == 2)
        }
    }
}
