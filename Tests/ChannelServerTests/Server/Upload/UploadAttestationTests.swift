// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

import CondaFormats
import HTTPTypes
import HummingbirdTesting
import NIOCore
import Sigstore
import TestSupport
import Testing
import TrustCore
import TrustPolicy

@testable import ChannelServer

@Suite("Attestations that come with packages")
struct UploadAttestationTests {
    /// A server whose Sigstore instance is simulated, and a publisher who attests to packages.
    private final class Scene {
        static let url = "https://channels.example.org/main"
        let upload: UploadScene
        let name: String
        let bytes: [UInt8]
        private var instance: SimulatedInstance

        init() async throws {
            let instance = try SimulatedInstance(at: Timestamp(seconds: 1_799_990_000))
            var settings = UploadSettings()
            let verifier = BundleVerifier(try instance.trustedRoot())
            settings.verifier = { verifier }
            upload = try await UploadScene(settings)
            self.instance = instance
            (name, bytes) = try UploadScene.package()
        }

        func bundle(
            by repository: String = "example/widget",
            of package: [UInt8]? = nil,
            for channel: String? = url
        ) throws -> [UInt8] {
            let statement = try PublishAttestation(
                fileName: name,
                sha256: Digest.of(package ?? bytes),
                targetChannel: channel
            )
            var signer = SimulatedInstance.Signer.workflow(of: repository)
            // Another repository has another number: by that publishers are told apart.
            signer.claims[.sourceRepositoryIdentifier] = "\(repository.utf8.reduce(0) { $0 + Int($1) })"
            return try instance.bundle(stating: statement.encoded(), by: signer, .v1).encoded()
        }

        func sidecar(_ bundles: [[UInt8]]) throws -> [UInt8] {
            try Sidecar(bundles: bundles, of: name).bytes
        }

        func send(_ attestation: [UInt8]?) async throws -> TestResponse {
            try await upload.send(bytes, as: name, attestation: attestation)
        }

        /// Sends attestations alone, by Artifactory's protocol.
        func attest(_ attestation: [UInt8], key: String? = "bob", name: String? = nil) async throws
            -> TestResponse
        {
            var headers: HTTPFields = [:]
            if let key { headers[.authorization] = "Bearer \(key)" }
            let path = "/main/linux-64/\(name ?? self.name).sigs"
            return try await upload.server.ask(upload.areas, .put, path, headers: headers, body: attestation)
        }

        func require() async throws {
            var channel = upload.channel
            channel.settings["attestations"] = "required"
            let changed = channel
            try await upload.server.database.write { try $0.update(changed) }
        }

        /// Puts the owner's policy where the channel has it.
        func setPolicy(_ repositories: [String], threshold: Int = 1) async throws {
            let entry = try PublisherEntry(
                #require(PackagePattern("hello")),
                publishers: repositories.map { try #require(Publisher.github($0)) },
                threshold: threshold
            )
            let bytes = JSONWriter.encode(
                try PublisherPolicy(channel: ChannelURL(Self.url), entries: [entry]).json
            )
            let document = HostedDocument(
                scope: .channel(upload.channel.id),
                path: "publishers.json",
                blob: try await upload.server.blobs.put(bytes),
                size: UInt64(bytes.count),
                mediaType: "application/json",
                isImmutable: false,
                modified: upload.server.now
            )
            try await upload.server.database.write { try $0.put([document]) }
        }

        /// What a path of the channel leads to.
        func served(_ path: String) async throws -> [UInt8]? {
            let channel = upload.channel.id
            let document = try await upload.server.database.read {
                try $0.document(path, in: .channel(channel))
            }
            guard let document else { return nil }
            return try await upload.server.blobs.bytes(of: document.blob, maximumLength: 1 << 24)
        }

        /// Demands that the file has exactly these attestations, under both names.
        func demand(_ sidecar: [UInt8], sourceLocation: SourceLocation = #_sourceLocation) async throws {
            let digest = Digest.of(sidecar)
            #expect(try await upload.files().map(\.attestations) == [digest], sourceLocation: sourceLocation)
            for path in ["linux-64/\(name).sigs", "linux-64/\(name).sigs.\(digest.hex)"] {
                #expect(try await served(path) == sidecar, sourceLocation: sourceLocation)
            }
        }
    }

    @Test("One bundle, or an array of them, is verified, served under both names, and named in the log")
    func accepted() async throws {
        for isArray in [false, true] {
            let scene = try await Scene()
            let bundle = try scene.bundle(), sidecar = try scene.sidecar([bundle])
            let response = try await scene.send(isArray ? sidecar : bundle)
            #expect(response.status == .created, "\(String(buffer: response.body))")
            try await scene.demand(sidecar)
            let entry = try #require(try await scene.upload.entries().first)
            #expect(entry["attestations_sha256"]?.string == Digest.of(sidecar).hex)
            #expect(try await scene.send(bundle).outcome == "unchanged")
            #expect(try await scene.send(nil).outcome == "unchanged")
            #expect(try await scene.upload.events() == ["publish"])
        }
    }

    @Test("An attestation that does not hold, or is about something else, keeps its package out")
    func refused() async throws {
        let scene = try await Scene()
        let other = try SimulatedInstanceBundle.of(scene.name, scene.bytes, for: Scene.url)
        let cases: [(String, [UInt8])] = [
            ("upload.attestation-unverified", other),
            ("upload.attestation-unverified", try scene.sidecar([scene.bundle(), other])),
            ("attestation.digest", try scene.bundle(of: [1])),
            ("attestation.channel", try scene.bundle(for: "https://channels.example.org/other")),
            ("json.syntax", Array("{".utf8)), ("json.syntax", []),
            ("attestation.sidecar-shape", Array("[]".utf8)),
            ("attestation.sidecar-shape", Array("[1]".utf8)),
        ]
        for (code, attestation) in cases {
            let response = try await scene.send(attestation)
            #expect(response.code == code, "\(code): \(String(buffer: response.body))")
            try await scene.upload.demandNothing(code)
        }
        #expect(try await scene.send(scene.bundle(for: nil)).status == .created)
    }

    @Test("A channel that requires attestations takes no package without")
    func required() async throws {
        let scene = try await Scene()
        try await scene.require()
        for wire in UploadScene.Wire.allCases {
            let response = try await scene.upload.send(scene.bytes, as: scene.name, by: wire)
            #expect(response.code == "upload.attestation-missing")
            try await scene.upload.demandNothing("\(wire)")
        }
        #expect(try await scene.send(scene.bundle()).status == .created)
    }

    @Test("A setting that nobody understands lets nothing in")
    func unknownSetting() async throws {
        let scene = try await Scene()
        var channel = scene.upload.channel
        for value in ["sometimes", 1, "Required"] as [JSONValue] {
            channel.settings["attestations"] = value
            let changed = channel
            try await scene.upload.server.database.write { try $0.update(changed) }
            #expect(try await scene.send(scene.bundle()).status == .serviceUnavailable)
            try await scene.upload.demandNothing("\(value)")
        }
    }

    @Test("The owner's policy of publishers is judged as clients will judge it")
    func policy() async throws {
        let scene = try await Scene()
        try await scene.setPolicy(["example/widget", "example/second"], threshold: 2)
        for attestation in [
            nil, try scene.bundle(), try scene.sidecar([scene.bundle(), scene.bundle(by: "evil/widget")]),
        ] {
            let response = try await scene.send(attestation)
            #expect(response.status == .forbidden && response.code == "upload.publisher-refused")
            #expect(try await scene.upload.files().isEmpty)
        }
        let both = try scene.sidecar([scene.bundle(), scene.bundle(by: "example/second")])
        #expect(try await scene.send(both).status == .created)
        try await scene.demand(both)
    }

    @Test("Attestations can come later, with the package or alone; those that are there stay")
    func later() async throws {
        let scene = try await Scene()
        _ = try await scene.send(nil)
        let first = try scene.bundle(), second = try scene.bundle(by: "example/second")
        let attested = try await scene.send(first)
        #expect(attested.status == .ok && attested.outcome == "attested")
        try await scene.demand(scene.sidecar([first]))
        #expect(try await scene.attest(second).outcome == "attested")
        try await scene.demand(scene.sidecar([first, second]))
        #expect(try await scene.attest(scene.sidecar([second, first])).outcome == "unchanged")
        // What an older index leads to is still there.
        let old = Digest.of(try scene.sidecar([first])).hex
        #expect(try await scene.served("linux-64/\(scene.name).sigs.\(old)") != nil)
        #expect(try await scene.upload.events() == ["publish", "attest", "attest"])
        #expect(scene.upload.server.changes == 3)
    }

    @Test("Attestations alone are refused like those with a package, and nothing changes")
    func laterRefused() async throws {
        let scene = try await Scene()
        let bundle = try scene.bundle()
        #expect(try await scene.attest(bundle).code == "upload.file-unknown")
        _ = try await scene.send(nil)
        #expect(try await scene.attest(bundle, key: nil).code == "server.channel-unknown")
        #expect(try await scene.attest(bundle, name: "other-1-0.conda").code == "upload.file-unknown")
        let other = try SimulatedInstanceBundle.of(scene.name, scene.bytes, for: Scene.url)
        #expect(try await scene.attest(other).code == "upload.attestation-unverified")
        #expect(
            try await scene.attest([UInt8](repeating: 0x20, count: 17 << 20)).code == "upload.too-large"
        )
        try await scene.setPolicy(["example/second"])
        // The policy came later, and clients refuse the file already: so it cannot get worse.
        #expect(try await scene.attest(bundle).outcome == "attested")
        #expect(try await scene.attest(scene.bundle(by: "example/second")).outcome == "attested")
        #expect(try await scene.upload.events() == ["publish", "attest", "attest"])
    }
}

/// A bundle of an instance that the server does not know.
private enum SimulatedInstanceBundle {
    static func of(_ name: String, _ bytes: [UInt8], for channel: String) throws -> [UInt8] {
        var instance = try SimulatedInstance(at: Timestamp(seconds: 1_799_990_000))
        let statement = try PublishAttestation(
            fileName: name,
            sha256: Digest.of(bytes),
            targetChannel: channel
        )
        return try instance.bundle(stating: statement.encoded(), by: .workflow(), .v1).encoded()
    }
}
