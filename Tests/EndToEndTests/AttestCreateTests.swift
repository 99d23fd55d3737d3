// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

import SigningKeys
import Sigstore
import TestSupport
import Testing
import TrustCore

/// Packages are attested with a simulated instance over HTTP, as a publisher does it with the real one.
@Suite("kingsnake attest create")
struct AttestCreateTests {
    private static let channel = "https://channel.example/mine"

    /// A publisher with a package, an instance, its files, and a token.
    private struct World {
        let world: ChannelWorld
        let server: SimulatedSigstoreServer
        let folder: TemporaryFolder
        let package: String
        /// What names the instance.
        let instance: [String]

        init(_ evidence: SimulatedInstance.Evidence = .v1AndTimestamp, in world: ChannelWorld? = nil)
            async throws
        {
            self.world = try world ?? ChannelWorld()
            folder = try TemporaryFolder()
            server = try await SimulatedSigstoreServer.start()
            package = try self.world.write(.hello())
            let files = try server.write(evidence, to: folder)
            instance = ["--trusted-root", files.trustedRoot, "--signing-config", files.signingConfig]
            let token = try server.workflows.token(workflowOf: "example/widget", at: server.now)
            try self.world.write(Array((token + "\n").utf8), to: "token")
        }

        func create(_ arguments: String...) async throws -> ProgramResult {
            try await world.program.run(["attest", "create", package] + instance + arguments)
        }

        var sidecar: String { "packages/hello-1.0-0.conda.sigs" }

        /// Verifies what was written, as anybody would.
        func verified(_ bundle: [UInt8], by key: PublicKey? = nil) throws -> VerifiedBundle {
            let verifier = BundleVerifier(try server.trustedRoot())
            let bytes = try world.read("packages/hello-1.0-0.conda")
            let read = try Bundle(parsing: bundle)
            guard let key else { return try verifier.verify(read, of: .bytes(bytes)) }
            return try verifier.verify(
                read,
                of: .bytes(bytes),
                by: BundleVerifier.KnownKey(try VerificationKey(pem: key.pem))
            )
        }

        func check(_ verified: VerifiedBundle, channel: String?) throws {
            let attestation = try PublishAttestation(#require(verified.statement))
            try attestation.check(
                fileName: "hello-1.0-0.conda",
                sha256: Digest.of(try world.read("packages/hello-1.0-0.conda"))
            )
            #expect(attestation.targetChannel?.text == channel)
        }
    }

    @Test(
        "A package is attested in the token's name, and a second attestation leaves the first as it is",
        arguments: SimulatedInstance.Evidence.allCases
    )
    func keyless(evidence: SimulatedInstance.Evidence) async throws {
        let world = try await World(evidence)
        let result = try await world.create(
            "--identity-token",
            "token",
            "--channel",
            Self.channel,
            "--yes",
            "--json",
            "--bundle",
            "one.json"
        )
        try result.demandSuccess("attest create")
        let document = try result.json()
        let first = try Sidecar(parsing: world.world.read(world.sidecar), expecting: nil, of: "sidecar")
        let item = try #require(document["packages"]?.array?.first?.object)
        #expect(item["attestations_sha256"]?.string == first.digest.hex)
        #expect(item["attestations"]?.integer == 1 && first.count == 1)
        #expect(item["target_channel"]?.string == Self.channel)
        let verified = try world.verified(first.bundles[0])
        try world.check(verified, channel: Self.channel)
        let name = "https://github.com/example/widget/.github/workflows/release.yml@refs/tags/v1"
        #expect(verified.certificate?.certificate.identity.value == name)
        #expect(item["identity"]?.string == name)
        #expect(document["signer"]?.object?["identity"]?.string == name)
        #expect(try world.world.read("one.json") == first.bundles[0])

        let again = try await world.create("--identity-token", "token", "--yes")
        try again.demandSuccess("attest create, again")
        for words in [
            "signs as    \(name)", "will be public in these logs for ever", "attested hello-1.0-0.conda",
            "now with 2 attestations",
        ] { #expect(again.output.contains(words), "\(words)") }
        let second = try Sidecar(parsing: world.world.read(world.sidecar), expecting: nil, of: "sidecar")
        #expect(second.count == 2 && second.bundles[0] == first.bundles[0])
        try world.check(world.verified(second.bundles[1]), channel: nil)
        let inspected = try await world.world.run(
            "attest",
            "inspect",
            world.sidecar,
            "--package",
            world.package,
            "--trusted-root",
            world.instance[1]
        )
        try inspected.demandSuccess("attest inspect")
        await world.server.stop()
    }

    @Test("A key signs for those who know it, and nobody is asked about a name")
    func withKey() async throws {
        let world = try await World()
        let key = try PrivateKey.generate(.ecdsaP256)
        try KeyFile.write(key, to: world.world.path + "/publisher.key", protection: .unsafelyUnencrypted)
        let result = try await world.create("--key", "publisher.key", "--channel", Self.channel)
        try result.demandSuccess("attest create --key")
        #expect(result.output.contains("signs with") && !result.output.contains("for ever"))
        let sidecar = try Sidecar(parsing: world.world.read(world.sidecar), expecting: nil, of: "sidecar")
        try world.check(world.verified(sidecar.bundles[0], by: key.publicKey), channel: Self.channel)
        #expect(!world.server.http.requestedPaths.contains("/api/v2/signingCert"))
        await world.server.stop()
    }

    @Test(
        "A key on a token signs, with its PIN from a file; with a wrong one nothing is signed",
        .enabled(if: SoftHSM.isPresent, "\(SoftHSM.absence)")
    )
    func withToken() async throws {
        let world = try await World(in: ChannelWorld.withToken("publisher"))
        let token = "pkcs11:token=publisher?module-path=\(try #require(SoftHSM.module))"
        let make = [
            "--label", "release", "--id", "01", "--scheme", "ecdsa-sha2-nistp256", "--pin-file", "pin",
        ]
        let made = try await world.world.must(
            ["token", "make-key", token] + make + ["--public", "release.pub", "--json"]
        )
        let uri = try #require(try made.json()["uri"]?.string)
        let key = ["--key", uri, "--passphrase-file", "pin"]
        let dry = try await world.world.program.run(
            ["attest", "create", world.package] + world.instance + key + ["--dry-run"]
        )
        #expect(dry.status == 0 && !world.world.exists(world.sidecar), "\(dry.transcript)")
        let result = try await world.world.program.run(
            ["attest", "create", world.package] + world.instance + key + ["--channel", Self.channel]
        )
        try result.demandSuccess("attest create --key pkcs11:")
        let sidecar = try Sidecar(parsing: world.world.read(world.sidecar), expecting: nil, of: "sidecar")
        let publicKey = try PublicKey(pem: String(decoding: world.world.read("release.pub"), as: UTF8.self))
        try world.check(world.verified(sidecar.bundles[0], by: publicKey), channel: Self.channel)
        #expect(result.output.contains(publicKey.fingerprint.hex), "\(result.transcript)")
        #expect(throws: Refusal.self) {
            try world.verified(sidecar.bundles[0], by: PrivateKey.generate(.ecdsaP256).publicKey)
        }
        // A wrong PIN signs nothing, and is not shown.
        try world.world.write(Array("no-such-pin\n".utf8), to: "pin")
        let before = try world.world.read(world.sidecar)
        let wrong = try await world.world.program.run(
            ["attest", "create", world.package] + world.instance + key
        )
        #expect(wrong.status == 6 && !wrong.transcript.contains("no-such-pin"), "\(wrong.transcript)")
        #expect(try world.world.read(world.sidecar) == before)
        await world.server.stop()
    }

    @Test("Of attestations that are made at the same time none is lost")
    func atOnce() async throws {
        let world = try await World()
        let count = 8
        try await withThrowingTaskGroup(of: ProgramResult.self) { group in
            for _ in 0..<count {
                group.addTask { try await world.create("--identity-token", "token", "--yes") }
            }
            for try await result in group { try result.demandSuccess("attest create, at once") }
        }
        let sidecar = try Sidecar(parsing: world.world.read(world.sidecar), expecting: nil, of: "sidecar")
        #expect(sidecar.count == count && Set(sidecar.bundles).count == count)
        for bundle in sidecar.bundles { try world.check(world.verified(bundle), channel: nil) }
        await world.server.stop()
    }

    @Test("Without --yes and a terminal nothing is signed; --dry-run says what would be")
    func confirmation() async throws {
        let world = try await World()
        let unconfirmed = try await world.create("--identity-token", "token")
        #expect(unconfirmed.status == 6 && unconfirmed.errors.contains("no terminal to confirm on"))
        let dry = try await world.create("--identity-token", "token", "--dry-run")
        try dry.demandSuccess("attest create --dry-run")
        #expect(
            dry.output.contains("would attest hello-1.0-0.conda") && dry.output.contains("nothing was signed")
        )
        #expect(world.server.http.requests.isEmpty)
        #expect(!world.world.exists(world.sidecar))
        await world.server.stop()
    }

    @Test("What is not good beforehand stops everything before a service is asked")
    func refusedBeforehand() async throws {
        let world = try await World()
        let name = "packages/other-1.0-0.conda"
        try world.world.write(world.world.read("packages/hello-1.0-0.conda"), to: name)
        let renamed = try await world.create(name, "--identity-token", "token", "--yes")
        #expect(renamed.status == 3 && renamed.errors.contains("archive.member-unexpected"))
        try world.world.write(Array("no package".utf8), to: name)
        let broken = try await world.create(name, "--identity-token", "token", "--yes")
        #expect(broken.status == 3)
        try world.world.write(Array("{}".utf8), to: world.sidecar)
        let damaged = try await world.create("--identity-token", "token", "--yes")
        #expect(damaged.status == 3 && damaged.errors.contains("attestation.sidecar-shape"))
        #expect(try world.world.read(world.sidecar) == Array("{}".utf8))
        #expect(world.server.http.requests.isEmpty)
        await world.server.stop()
    }

    @Test("What a service gets wrong is refused by its code, and nothing is written")
    func wrongAnswers() async throws {
        let world = try await World()
        let wrong = [
            ("/api/v2/signingCert", "signing.answer"), ("/api/v1/timestamp", "timestamp.malformed"),
            ("/api/v1/log/entries", "signing.answer"),
        ]
        for (path, code) in wrong {
            world.server.interpose { request, instance in
                request.path == path
                    ? .respond(status: 200, headers: [], body: Array("wrong".utf8)) : instance(request)
            }
            let result = try await world.create("--identity-token", "token", "--yes", "--bundle", "one.json")
            #expect(result.status == 3 && result.errors.contains(code), "\(path)")
            #expect(!world.world.exists(world.sidecar) && !world.world.exists("one.json"))
        }
        world.server.interpose { _, _ in
            .respond(status: 400, headers: [], body: Array("{\"message\":\"no\"}".utf8))
        }
        let result = try await world.create("--identity-token", "token", "--yes")
        #expect(result.status == 6 && result.errors.contains("answered with status 400: `no`"))
        #expect(!world.world.exists(world.sidecar))
        await world.server.stop()
    }

    @Test("Arguments that mean nothing together are usage errors")
    func usage() async throws {
        let world = try await World()
        for arguments in [
            ["a-1-0.conda", "a-1-0.conda"], ["a-1-0.conda", "b-1-0.conda", "--bundle", "x"], ["a.txt"],
            ["a-1-0.conda", "--channel", "https://user:pass@channel.example"],
            ["a-1-0.conda", "--channel", "https://channel.example/"],
            ["a-1-0.conda", "--key", "k", "--identity-token", "t"],
            ["a-1-0.conda", "--trusted-root", "r"],
        ] {
            let result = try await world.world.program.run(["attest", "create"] + arguments)
            #expect(result.status == 2, "\(arguments)")
            #expect(!result.errors.contains("pass@"))
        }
        await world.server.stop()
    }
}
