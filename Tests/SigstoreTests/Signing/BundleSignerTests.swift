// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

import SigningKeys
import Synchronization
import TestSupport
import Testing
import TrustCore

@testable import Sigstore

@Suite("Signing bundles with the services of an instance")
struct BundleSignerTests {
    @Test(
        "A workflow's statement verifies as what was signed, in every way that instances have",
        arguments: SimulatedInstance.Evidence.allCases
    )
    func certifiedStatement(evidence: SimulatedInstance.Evidence) async throws {
        let scene = try SigningScene()
        let signed = try await scene.sign(evidence)
        let root = try scene.instance.trustedRoot()
        let verified = try BundleVerifier(root).verify(
            Bundle(parsing: signed.bytes),
            of: .bytes(SigningScene.file)
        )
        let certificate = try #require(verified.certificate?.certificate)
        try certificate.identity.check(
            value: "https://github.com/example/widget/.github/workflows/release.yml@refs/tags/v1",
            issuer: "https://token.actions.githubusercontent.com"
        )
        guard case .envelope(let envelope) = signed.bundle.content else {
            Issue.record("no envelope")
            return
        }
        #expect(envelope.payload == SigningScene.statement)
        #expect(envelope.keyID.isEmpty)
        #expect(signed.bundle.version == .v03)
        #expect(verified.timestamps.count == (evidence == .v1 ? 0 : 1))
        #expect(verified.log.entries.map(\.kind) == [evidence == .v2 ? .hashedRekordV002 : .dsseV001])
    }

    @Test("A file itself is signed in every way, too", arguments: SimulatedInstance.Evidence.allCases)
    func certifiedFile(evidence: SimulatedInstance.Evidence) async throws {
        let scene = try SigningScene()
        let signed = try await scene.signer(.certified(scene.person()), evidence).sign(
            file: SigningScene.file
        )
        guard case .message(_, let digest) = signed.bundle.content else {
            Issue.record("no message")
            return
        }
        #expect(digest == Digest.of(SigningScene.file))
        #expect(signed.verified.certificate?.certificate.identity.value == "ada@example.org")
    }

    @Test(
        "A key signs statements, with its digest as the hint, where verifiers know it",
        arguments: [SignatureScheme.ecdsaP256, .ecdsaP384],
        SimulatedInstance.Evidence.allCases
    )
    func knownKey(scheme: SignatureScheme, evidence: SimulatedInstance.Evidence) async throws {
        let scene = try SigningScene()
        let key = try PrivateKey.generate(scheme)
        let signer = try scene.signer(.key(key), evidence)
        let signed = try await signer.sign(
            statement: SigningScene.statement,
            about: .bytes(SigningScene.file)
        )
        let known = try VerificationKey(pem: key.publicKey.pem)
        let verifier = BundleVerifier(try scene.instance.trustedRoot())
        _ = try verifier.verify(
            Bundle(parsing: signed.bytes),
            of: .bytes(SigningScene.file),
            by: BundleVerifier.KnownKey(known)
        )
        let hint = Base64.text(known.fingerprint.bytes)
        guard case .publicKey(hint) = signed.bundle.material,
            case .envelope(let envelope) = signed.bundle.content
        else {
            Issue.record("another hint")
            return
        }
        #expect(envelope.keyID == hint)
        #expect(scene.services.requests.allSatisfy { !$0.url.hasSuffix("signingCert") })
        _ = try await signer.sign(file: SigningScene.file)
    }

    @Test("An Ed25519 key signs statements for logs of the first generation, and says so where it cannot")
    func ed25519() async throws {
        let scene = try SigningScene()
        let key = try PrivateKey.generate(.ed25519)
        _ = try await scene.signer(.key(key))
            .sign(statement: SigningScene.statement, about: .bytes(SigningScene.file))
        let asked = scene.services.requests.count
        await #expect(throws: Failure.self) {
            try await scene.signer(.key(key)).sign(file: SigningScene.file)
        }
        await #expect(throws: Failure.self) {
            try await scene.signer(.key(key), .v2)
                .sign(statement: SigningScene.statement, about: .bytes(SigningScene.file))
        }
        #expect(scene.services.requests.count == asked)
    }

    @Test(
        "Keys whose signatures have no place in bundles are not asked to sign",
        arguments: [SignatureScheme.rsassaPSSSHA256, .mlDSA65]
    )
    func unfitKeys(scheme: SignatureScheme) async throws {
        let scene = try SigningScene()
        let key = try PrivateKey.generate(scheme)
        await #expect(throws: Failure.self) {
            try await scene.signer(.key(key)).sign(file: SigningScene.file)
        }
        #expect(scene.services.requests.isEmpty)
    }

    @Test("A token that signs with another key, or not at all, is noticed before anything is logged")
    func brokenSigner() async throws {
        let scene = try SigningScene()
        let key = try PrivateKey.generate(.ecdsaP256)
        for other in [try PrivateKey.generate(.ecdsaP256), nil] {
            let broken = BrokenSigner(publicKey: key.publicKey, other: other)
            await #expect(throws: Failure.self) {
                try await scene.signer(.key(broken)).sign(file: SigningScene.file)
            }
        }
        #expect(scene.services.requests.isEmpty)
    }

    @Test("A statement about another file, or that is none, is refused before anybody is asked")
    func wrongStatement() async throws {
        let scene = try SigningScene()
        let signer = try scene.signer()
        let other = await refusalCode {
            try await signer.sign(statement: SigningScene.statement, about: .bytes([1]))
        }
        #expect(other == "sigstore.artifact")
        #expect(
            await refusalCode { try await signer.sign(statement: [1], about: .bytes([1])) } == "json.syntax"
        )
        #expect(scene.services.requests.isEmpty)
    }

    @Test("One certificate serves many statements, until it is about to end")
    func certificatesAreUsedAgain() async throws {
        let scene = try SigningScene()
        let source = CountedIdentity(try scene.workflow())
        let time = Mutex(scene.services.now)
        let signer = try scene.signer(.certified(source), now: { time.withLock { $0 } })
        for _ in 0..<3 {
            _ = try await signer.sign(statement: SigningScene.statement, about: .bytes(SigningScene.file))
        }
        #expect(source.count == 1)
        time.withLock { $0 = $0.advanced(bySeconds: 541) }
        _ = try await signer.sign(statement: SigningScene.statement, about: .bytes(SigningScene.file))
        #expect(source.count == 2)
    }

    @Test("Two logs of different operators both have the signature where the configuration demands it")
    func severalLogs() async throws {
        let scene = try SigningScene()
        let plain = scene.services.signingConfig(.v1AndTimestamp)
        let second = SigningConfig.Service(
            url: SimulatedServices.url + "/",
            majorAPIVersion: 2,
            validFor: plain.transparencyLogs[0].validFor,
            operatorName: "another"
        )
        let config = SigningConfig(
            certificateAuthorities: plain.certificateAuthorities,
            identityProviders: [],
            transparencyLogs: plain.transparencyLogs + [second],
            transparencyLogSelector: .exact(2),
            timestampAuthorities: plain.timestampAuthorities
        )
        let now = scene.services.now
        let signer = BundleSigner(
            .certified(try scene.workflow()),
            config: config,
            root: try scene.instance.trustedRoot(),
            surroundings: .init(caller: scene.services, now: { now }, nonce: { [1] })
        )
        let signed = try await signer.sign(
            statement: SigningScene.statement,
            about: .bytes(SigningScene.file)
        )
        #expect(signed.verified.log.logCount == 2)
    }

    @Test("A configuration whose logs say no time needs an authority for timestamps")
    func noTime() async throws {
        let scene = try SigningScene()
        let plain = scene.services.signingConfig(.v2)
        let config = SigningConfig(
            certificateAuthorities: plain.certificateAuthorities,
            identityProviders: [],
            transparencyLogs: plain.transparencyLogs,
            timestampAuthorities: []
        )
        #expect(throws: Failure.self) {
            try SigningServices(config, at: Moment(scene.services.now), certified: true)
        }
        let code = refusalCode {
            try SigningServices(plain, at: Moment(scene.services.now.advanced(byDays: -31)), certified: false)
        }
        #expect(code == "trust-root.services")
    }

    @Test("A log that has the entry already is asked for it")
    func conflict() async throws {
        let scene = try SigningScene()
        scene.services.interpose { request, count, response in
            // The first answer is lost; the second attempt finds the entry.
            guard request.url.hasSuffix("/log/entries"), count == 0 else { return response }
            throw Failure(.network, "lost", cause: LostAnswer())
        }
        let now = scene.services.now
        let signer = BundleSigner(
            .certified(try scene.workflow()),
            config: scene.services.signingConfig(.v1),
            root: try scene.instance.trustedRoot(),
            surroundings: .init(
                caller: RetryingCaller(scene.services, jitter: { 0 }, pause: { _ in }),
                now: { now },
                nonce: { [1] }
            )
        )
        _ = try await signer.sign(statement: SigningScene.statement, about: .bytes(SigningScene.file))
        #expect(scene.services.requests.map(\.method) == [.post, .post, .post, .get])
        #expect(scene.services.instance.rekorV1.tree.count == 1)
    }
}

/// A connection that broke.
struct LostAnswer: TransientFault { var isTransient: Bool { true } }
