// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

import CondaFormats
import Sigstore
import TUF
import TestSupport
import Testing
import TrustCore
import TrustPolicy

@testable import Gatekeeper

/// Something that is done to a channel whose owner demands attestations, and how it ends.
struct AttestationAttack: Sendable, CustomTestStringConvertible {
    let testDescription: String
    let outcome: AttestedScene.Outcome
    /// Changes a scene in which everything is right.
    let arrange: @Sendable (inout AttestedScene) async throws -> Void

    init(
        _ name: String,
        _ code: String?,
        sidecar: String? = nil,
        unverified: [String] = [],
        verified: Int = 0,
        _ arrange: @escaping @Sendable (inout AttestedScene) async throws -> Void
    ) {
        testDescription = name
        outcome = AttestedScene.Outcome(
            code: code,
            sidecar: sidecar,
            unverified: unverified,
            verified: verified
        )
        self.arrange = arrange
    }

    static let all: [AttestationAttack] = signers + statements + sidecars + trust

    private static let signers: [AttestationAttack] = [
        AttestationAttack("another repository", "publisher.other-identity", verified: 1) {
            try await $0.attest([$0.bundle(by: AttestedScene.workflow(of: "example/other"))])
        },
        AttestationAttack("a repository whose name begins so", "publisher.other-identity", verified: 1) {
            try await $0.attest([$0.bundle(by: AttestedScene.workflow(of: "example/widget-evil"))])
        },
        AttestationAttack("another issuer", "publisher.other-issuer", verified: 1) {
            let signer = AttestedScene.workflow(issuer: "https://token.evil.example")
            try await $0.attest([$0.bundle(by: signer)])
        },
        AttestationAttack("another target channel", "publisher.other-channel", verified: 1) {
            try await $0.attest([$0.bundle(for: "https://conda.example.org/other")])
        },
    ]

    private static let statements: [AttestationAttack] = [
        AttestationAttack("renamed", "attested.invalid", unverified: ["attestation.file-name"]) {
            try await $0.attest([$0.bundle(name: "zlib-1.3.0-h0_0.conda")])
        },
        AttestationAttack("other bytes", "attested.invalid", unverified: ["sigstore.artifact"]) {
            try await $0.attest([$0.bundle(sha256: Digest.of([1]))])
        },
        AttestationAttack("not a statement", "attested.invalid", unverified: ["attestation.payload-type"]) {
            let file = $0.package.bytes
            let bundle = try $0.instance.bundle(of: file, by: AttestedScene.workflow())
            try await $0.attest([bundle.encoded()])
        },
        AttestationAttack("a statement of another sort only", "attested.missing", verified: 1) {
            try await $0.attest([$0.provenance(of: $0.package.fileName.text)])
        },
        AttestationAttack(
            "a statement of another sort about another name",
            "attested.invalid",
            unverified: ["attestation.file-name"]
        ) { try await $0.attest([$0.provenance(of: "zlib-1.3.0-h0_0.conda")]) },
        AttestationAttack(
            "a renamed statement beside one for another channel",
            "publisher.other-channel",
            unverified: ["attestation.file-name"],
            verified: 1
        ) {
            try await $0.attest([
                $0.bundle(name: "zlib-1.3.0-h0_0.conda"), $0.bundle(for: "https://conda.example.org/other"),
            ])
        },
    ]

    private static let sidecars: [AttestationAttack] = [
        AttestationAttack("stripped by a mirror", "attested.stripped", sidecar: "gate.sidecar-missing") {
            try $0.fixture.folder.remove($0.sidecarPath)
        },
        AttestationAttack("stripped from the index too", "attested.missing") {
            // As whoever has stolen the key that signs the index can.
            $0.fixture.packages[0].recordChanges = [:]
            try await $0.fixture.publish()
        },
        AttestationAttack("swapped", "attested.stripped", sidecar: "attestation.sidecar-digest") {
            let other = try $0.bundle(by: AttestedScene.workflow(of: "example/other"))
            try $0.fixture.folder.write(Array("[".utf8) + other + Array("]".utf8), to: $0.sidecarPath)
        },
        AttestationAttack("too long", "attested.stripped", sidecar: "limit.too-large") {
            let long = [UInt8](repeating: 0x20, count: Sigstore.Sidecar.maximumLength + 1)
            try $0.fixture.folder.write(long, to: $0.sidecarPath)
        },
        AttestationAttack("garbage by the index's digest", "attested.stripped", sidecar: "json.syntax") {
            try await $0.promise(Array("<html>".utf8))
        },
        AttestationAttack("an empty list", "attested.stripped", sidecar: "attestation.sidecar-shape") {
            try await $0.promise(Array("[]".utf8))
        },
        AttestationAttack("one bundle, no list", "attested.stripped", sidecar: "attestation.sidecar-shape") {
            try await $0.promise($0.bundle())
        },
        AttestationAttack(
            "no bundles",
            "attested.invalid",
            unverified: ["bundle.missing-field", "bundle.missing-field"]
        ) {
            try await $0.attest([Array("{}".utf8), Array("{}".utf8)])
        },
    ]

    private static let trust: [AttestationAttack] = [
        AttestationAttack("no trusted root", "attested.invalid", unverified: ["gate.no-trusted-root"]) {
            $0.trust = SigstoreTrust(publicInstance: nil)
        },
        AttestationAttack(
            "an instance of the attacker's",
            "attested.invalid",
            unverified: ["log.unknown-log"]
        ) {
            $0.instance = try SimulatedInstance()
            try await $0.attest([$0.bundle()])
        },
        AttestationAttack(
            "a private instance that counts for another channel",
            "attested.invalid",
            unverified: ["log.unknown-log"]
        ) {
            $0.instance = try SimulatedInstance()
            $0.trust.use(
                try $0.instance.trustedRoot(),
                for: try ChannelURL("https://conda.example.org/private")
            )
            try await $0.attest([$0.bundle()])
        },
        AttestationAttack(
            "the public instance where a private one counts",
            "attested.invalid",
            unverified: ["log.unknown-log"]
        ) { $0.trust.use(try SimulatedInstance().trustedRoot(), for: $0.user.channel) },
    ]
}

extension AttestedScene {
    /// A statement by the right publisher that says how the package was built, and not that it is published.
    mutating func provenance(of name: String) throws -> [UInt8] {
        let statement: JSONValue = [
            "_type": .string(Statement.type), "predicateType": "https://slsa.dev/provenance/v1",
            "subject": [["name": .string(name), "digest": ["sha256": .string(package.sha256.hex)]]],
            "predicate": ["builder": "x"],
        ]
        return try instance.bundle(stating: JSONWriter.encode(statement), by: Self.workflow()).encoded()
    }
}

@Suite("Attacks on attested packages")
struct AttestationAttackTests {
    @Test(
        "Where the owner demands a publisher, each is refused for its reason",
        arguments: AttestationAttack.all
    )
    func byOwner(_ attack: AttestationAttack) async throws {
        var scene = try await AttestedScene.good()
        try await attack.arrange(&scene)
        #expect(try await scene.outcome() == attack.outcome)
    }

    @Test("Where the user's policy does, it is the same", arguments: AttestationAttack.all)
    func byUser(_ attack: AttestationAttack) async throws {
        var scene = try await AttestedScene(.plain)
        try scene.demandByUser(AttestedScene.entry())
        try await scene.attest([scene.bundle()])
        #expect(try await scene.outcome() == .admitted)
        // What the cache has from the good channel must not help.
        let old = scene.user
        scene.user = try GateScene(pinning: scene.fixture)
        try await attack.arrange(&scene)
        withExtendedLifetime(old) {}
        #expect(try await scene.outcome() == attack.outcome)
    }

    @Test(
        "A file at hand, and one that was installed, are judged as one that is admitted",
        arguments: AttestationAttack.all
    )
    func atHand(_ attack: AttestationAttack) async throws {
        var scene = try await AttestedScene.good(.compressed)
        try await attack.arrange(&scene)
        let (package, url) = (scene.package, scene.user.url(of: scene.package))
        let (judged, examined) = try await scene.withGate { gate in
            (
                try await gate.judge(package.sha256, as: url),
                try await gate.examine(package.sha256, as: url).verdict
            )
        }.value
        #expect(AttestedScene.Outcome(judged) == attack.outcome)
        #expect(AttestedScene.Outcome(examined) == attack.outcome)
    }

    @Test("Trust on first use does not believe a stripped package the first time")
    func strippedOnFirstUse() async throws {
        var scene = try await AttestedScene()
        try scene.demandByUser(firstUse: true)
        try await scene.attest([scene.bundle()])
        try scene.fixture.folder.remove(scene.sidecarPath)
        #expect(
            try await scene.outcome()
                == AttestedScene.Outcome(code: "attested.stripped", sidecar: "gate.sidecar-missing")
        )
    }
}
