// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

import ChannelServer
import CondaFormats
import Sigstore
import TestSupport
import Testing
import TrustCore

@Suite("py-rattler-build publishes to a server of ours", .enabled(if: Peers.arePresent, "\(Peers.absence)"))
struct RattlerUploadTests {
    private static func publish(
        _ kind: String,
        _ url: String,
        _ paths: [String],
        key: String = UploadServer.key
    ) async throws {
        let arguments = [kind, url, "main"] + paths
        _ = try await Peers.run("rattler_upload", arguments, environment: ["KEY": key])
    }

    private static func refusal(_ body: () async throws -> Void) async -> String? {
        do {
            try await body()
            return nil
        } catch { return "\(error)" }
    }

    @Test(
        "all of its protocols, once, twice, and with other bytes",
        arguments: ["quetz", "artifactory", "prefix"]
    )
    func publishes(_ kind: String) async throws {
        let server = try await UploadServer(), folder = try TemporaryFolder()
        let paths = try SamplePackages.all.map { builder, format in
            try folder.write(builder.build(format), to: builder.fileName(format))
        }
        try await server.serve { url in
            try await Self.publish(kind, url, paths)
            let files = try await server.files()
            #expect(files.count == paths.count && Set(files.map(\.publisher.name)) == ["alice"])
            // Again, as after an answer that was lost.
            try await Self.publish(kind, url, paths)
            #expect(try await server.eventCount() == Int64(paths.count))
            let (builder, format) = try #require(SamplePackages.all.first)
            var changed = builder
            changed.add(file: "share/other", "other")
            let other = try folder.write(changed.build(format), to: "other/" + builder.fileName(format))
            let conflict = await Self.refusal { try await Self.publish(kind, url, [other]) }
            // Of these protocols it shows no more than that the server refused.
            #expect(
                kind == "prefix" ? conflict?.contains("409") == true : conflict != nil,
                "\(conflict ?? "")"
            )
            let stranger = await Self.refusal { try await Self.publish(kind, url, paths, key: "wrong") }
            #expect(
                kind == "prefix" ? stranger?.contains("401") == true : stranger != nil,
                "\(stranger ?? "")"
            )
            let broken = try folder.write([1, 2, 3], to: "broken-1-0.conda")
            let refused = await Self.refusal { try await Self.publish(kind, url, [broken]) }
            #expect(refused != nil)
            #expect(try await server.eventCount() == Int64(paths.count))
        }
    }

    @Test("prefix.dev's way of passing over what is there is a success")
    func skips() async throws {
        let server = try await UploadServer(), folder = try TemporaryFolder()
        let (builder, format) = try #require(SamplePackages.all.first)
        let path = try folder.write(builder.build(format), to: builder.fileName(format))
        try await server.serve { url in
            try await Self.publish("prefix-skip", url, [path])
            try await Self.publish("prefix-skip", url, [path])
            #expect(try await server.eventCount() == 1)
        }
    }

    @Test("`kingsnake publish` sends packages and what lies beside them, and says what became of each")
    func ours() async throws {
        var instance = try SimulatedInstance(at: Timestamp(seconds: 1_790_000_000))
        let server = try await UploadServer(verifier: BundleVerifier(instance.trustedRoot()))
        let folder = try TemporaryFolder()
        var program = Program(in: folder.path)
        program.environment["KINGSNAKE_API_KEY"] = UploadServer.key
        let (builder, format) = try #require(SamplePackages.all.first)
        let name = builder.fileName(format), bytes = try builder.build(format)
        let statement = try PublishAttestation(
            fileName: name,
            sha256: Digest.of(bytes),
            targetChannel: SigstoreScene.channel
        )
        let bundle = try instance.bundle(stating: statement.encoded(), by: .workflow(), .v1)
        try folder.write(bytes, to: name)
        try folder.write(Sidecar(bundles: [bundle.encoded()], of: name).bytes, to: name + ".sigs")
        let run = program
        try await server.serve { url in
            let first = try await run.must(["publish", name, "--to", url + "/main"])
            let package = try #require(first["packages"]?.array?.first)
            #expect(package["outcome"]?.string == "accepted" && package["attestations"]?.integer == 1)
            #expect(package["log_index"]?.integer == 0 && package["file"]?.string == name)
            #expect(try await server.files().map { $0.attestations != nil } == [true])
            let again = try await run.run("publish", name, "--to", url + "/main")
            #expect(again.status == 0 && again.output.contains("was there already"), "\(again.transcript)")
            #expect(!again.transcript.contains(UploadServer.key))
            try folder.write(Array("wrong\n".utf8), to: "key")
            let refused = try await run.run("publish", name, "--to", url + "/main", "--key-file", "key")
            #expect(refused.status == 1 && refused.errors.contains("upload.refused-by-server"))
            #expect(refused.errors.contains("HTTP 401"), "\(refused.transcript)")
            #expect(!refused.transcript.contains("wrong"))
        }
        #expect(try await server.eventCount() == 1)
        let nobody = try await Program(in: folder.path).run("publish", name, "--to", "https://x.invalid/main")
        #expect(nobody.status == 6 && nobody.errors.contains("KINGSNAKE_API_KEY"), "\(nobody.transcript)")
    }
}
