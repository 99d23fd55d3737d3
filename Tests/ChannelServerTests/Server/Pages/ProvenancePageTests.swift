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

@testable import ChannelServer

@Suite("Where a file comes from, on its page")
struct ProvenancePageTests {
    private static let file = "hello-1.0-0.conda"
    private static let path = "/main/packages/hello/linux-64/hello-1.0-0.conda"

    /// A scene in which the package has these attestations; the verifier knows only the first instance.
    private static func scene(_ bundles: (inout SimulatedInstance, Digest) throws -> [[UInt8]]) async throws
        -> PageScene
    {
        var instance = try SimulatedInstance(at: Timestamp(seconds: 1_799_990_000))
        let verifier = BundleVerifier(try instance.trustedRoot())
        var settings = UploadSettings()
        settings.verifier = { verifier }
        let scene = try await PageScene(settings)
        let known = try #require(try await scene.upload.files().first { $0.fileName.text == file })
        var attested = known
        let all = try bundles(&instance, known.sha256)
        if !all.isEmpty {
            let sidecar = try Sidecar(bundles: all, of: file)
            attested.attestations = try await scene.server.blobs.put(sidecar.bytes)
        }
        let changed = attested
        try await scene.server.database.write { try $0.update(changed) }
        return scene
    }

    private static func bundle(_ instance: inout SimulatedInstance, _ digest: Digest, _ repository: String)
        throws -> [UInt8]
    {
        let statement = try PublishAttestation(
            fileName: file,
            sha256: digest,
            targetChannel: "https://channels.example.org/main"
        )
        return try instance.bundle(stating: statement.encoded(), by: .workflow(of: repository), .v1).encoded()
    }

    @Test("An attestation that holds is told with its claims; time and order are for programs, too")
    func attested() async throws {
        let scene = try await Self.scene { [try Self.bundle(&$0, $1, "example/widget")] }
        let page = try await scene.page(Self.path)
        for part in [
            "Publication attested", "may publish this package", "Verified: signature, certificate and log",
            "example/widget",
            "Commit",
            "Logged as entry 0", "Uploaded with a user’s key", "alice", "Counter-signed", "What is not known",
            "kingsnake log prove https://channels.example.org/log \(Self.file)",
        ] { #expect(page.text.contains(part), "\(part)") }
        #expect(!page.text.contains("No attestation comes with this file"))
        let steps = page.elements.filter {
            $0.name == "li" && $0.path.last == "ol" && $0.path.contains("section")
        }
        #expect(steps.count >= 6)
        let times = page.all("time").compactMap { $0.attributes["datetime"] }
        #expect(times.count >= 3)
        for time in times { #expect(Timestamp(time) != nil) }
    }

    @Test("What does not hold is told as not verified, and nothing that it claims is shown")
    func forged() async throws {
        let scene = try await Self.scene { _, digest in
            var other = try SimulatedInstance(at: Timestamp(seconds: 1_799_990_000))
            return [try Self.bundle(&other, digest, "evil/claimed")]
        }
        let page = try await scene.page(Self.path)
        #expect(page.text.contains("does not hold"))
        #expect(!page.text.contains("evil/claimed"))
        #expect(!page.text.contains("Publication attested"))
        #expect(page.text.contains("No publisher’s attestation was verified"))
    }

    @Test("An attestation about other bytes is not this file’s")
    func otherBytes() async throws {
        let scene = try await Self.scene { instance, _ in
            [try Self.bundle(&instance, Digest.of([1]), "example/widget")]
        }
        let text = try await scene.page(Self.path).text
        #expect(!text.contains("Publication attested") && !text.contains("example/widget"))
    }

    @Test("Without attestations, keys, or a readable file of them, the page says that it does not know")
    func unknown() async throws {
        let without = try await Self.scene { _, _ in [] }
        #expect(try await without.page(Self.path).text.contains("No attestation comes with this file"))

        let scene = try await PageScene()
        let known = try #require(try await scene.upload.files().first { $0.fileName.text == Self.file })
        var broken = known
        broken.attestations = try await scene.server.blobs.put(Array("no sidecar".utf8))
        let changed = broken
        try await scene.server.database.write { try $0.update(changed) }
        #expect(try await scene.page(Self.path).text.contains("could not verify them now"))
    }

    @Test("A file of another package’s name, subdir or channel is not there")
    func mismatch() async throws {
        let scene = try await PageScene()
        for path in [
            "/main/packages/other/linux-64/\(Self.file)", "/main/packages/hello/noarch/\(Self.file)",
            "/main/packages/hello/linux-64/hello-9-0.conda", "/main/packages/hello/linux-64/no-package",
            "/secret/packages/hello/linux-64/\(Self.file)", "/main/packages/%00", "/main/packages/..%2f",
        ] {
            let status = try await scene.ask(path).status
            #expect(status == .notFound || status == .badRequest, "\(path): \(status)")
        }
    }
}
