// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

import CondaFormats
import Sigstore
import TestSupport
import Testing
import TrustCore

@testable import ChannelServer

@Suite("Attestations of packages that are imported")
struct ImportAttestationTests {
    private typealias Package = ImportScene.Package

    /// An import with a package, its attestations, and a Sigstore instance that is simulated.
    private struct Scene {
        let base: ImportScene
        var package: ImportScene.Package
        let sidecar: [UInt8]
        let digest: Digest

        init(for channel: String? = nil, by verified: Bool = true) async throws {
            var instance = try SimulatedInstance(at: Timestamp(seconds: 1_799_990_000))
            let other = try SimulatedInstance(at: Timestamp(seconds: 1_799_990_000))
            var settings = UploadSettings()
            let verifier = BundleVerifier(try (verified ? instance : other).trustedRoot())
            settings.verifier = { verifier }
            base = try await ImportScene(settings)
            package = try Package()
            let statement = try PublishAttestation(
                fileName: package.fileName,
                sha256: Digest.of(package.bytes),
                targetChannel: channel
            )
            let signer = SimulatedInstance.Signer.workflow(of: "example/widget")
            let bundle = try instance.bundle(stating: statement.encoded(), by: signer, .v1).encoded()
            sidecar = try Sidecar(bundles: [bundle], of: package.fileName).bytes
            digest = Digest.of(sidecar)
        }

        /// Writes the channel; what the index promises and which files there are is for the test to say.
        func write(promised: Bool = true, as names: [String]? = nil) throws {
            var package = package
            if promised { package.record["attestations_sha256"] = .string(digest.hex) }
            try base.write([package])
            for name in names ?? [".sigs", ".sigs.\(digest.hex)"] {
                try base.old.write(sidecar, to: package.path + name)
            }
        }

        func attested() async throws -> [Digest?] { try await base.upload.files().map(\.attestations) }
    }

    @Test("They come along, whether the index promises them or they only lie there, under either name")
    func come() async throws {
        for (promised, names) in [(true, nil), (true, [".sigs"]), (false, [".sigs"])] as [(Bool, [String]?)] {
            let scene = try await Scene()
            try scene.write(promised: promised, as: names)
            #expect(try await scene.base.run().imported == 1)
            #expect(try await scene.attested() == [scene.digest])
            #expect(try await scene.base.run().unchanged == 1)
        }
    }

    @Test("By a URL they come where the index promises them")
    func url() async throws {
        let scene = try await Scene()
        try scene.write()
        let server = try await LoopbackServer.start(serving: scene.base.old.path)
        #expect(try await scene.base.run(url: server.url).imported == 1)
        #expect(try await scene.attested() == [scene.digest])
        await server.stop()
    }

    @Test("Those that appear after the package was imported are added to it")
    func later() async throws {
        let scene = try await Scene()
        try scene.write(promised: false, as: [])
        try await scene.base.run()
        try scene.write()
        let report = try await scene.base.run()
        #expect(report.attested == 1 && report.imported == 0)
        #expect(try await scene.attested() == [scene.digest])
        #expect(try await scene.base.upload.events() == ["publish", "attest"])
    }

    @Test("Those that do not hold here keep their package out, or are left out themselves if that is said")
    func bad() async throws {
        let elsewhere = "https://conda.example.org/old"
        let cases = [
            (try await Scene(by: false), "upload.attestation-unverified"),
            (try await Scene(for: elsewhere), "attestation.channel"),
        ]
        for (scene, code) in cases {
            try scene.write()
            #expect(ImportScene.codes(try await scene.base.run()) == [scene.package.path: code])
            #expect(try await scene.base.upload.files().isEmpty)
            var options = ImportOptions()
            options.dropsBadAttestations = true
            let report = try await scene.base.run(options)
            #expect(report.imported == 1 && report.withoutAttestations == 1 && report.problemCount == 0)
            #expect(try await scene.attested() == [nil])
        }
    }

    @Test("Those that the index promises must be there, and be the promised ones")
    func promised() async throws {
        let scene = try await Scene()
        try scene.write(as: [])
        let path = scene.package.path
        #expect(ImportScene.codes(try await scene.base.run()) == [path: "import.attestations-missing"])
        try scene.base.old.write(scene.sidecar + [0x20], to: path + ".sigs")
        #expect(ImportScene.codes(try await scene.base.run()) == ["\(path)": "upload.digest"])
        var options = ImportOptions()
        options.dropsBadAttestations = true
        #expect(try await scene.base.run(options).withoutAttestations == 1)
    }

    @Test("A channel that demands attestations takes no package without them, imported or not")
    func required() async throws {
        let scene = try await Scene()
        var channel = scene.base.upload.channel
        channel.settings["attestations"] = "required"
        let changed = channel
        try await scene.base.upload.server.database.write { try $0.update(changed) }
        try scene.write(promised: false, as: [])
        #expect(
            ImportScene.codes(try await scene.base.run()) == [
                scene.package.path: "upload.attestation-missing"
            ]
        )
        try scene.write()
        #expect(try await scene.base.run().imported == 1)
    }
}
