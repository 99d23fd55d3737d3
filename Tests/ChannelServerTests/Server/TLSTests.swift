// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

import Foundation
import HummingbirdTesting
import TestSupport
import Testing
import TrustCore

@testable import ChannelServer

/// The program that speaks old versions of TLS, to see them refused.
private enum OpenSSLProgram {
    static let isThere = FileManager.default.isExecutableFile(atPath: "/usr/bin/openssl")
}

@Suite("TLS of the server", .enabled(if: OpenSSLProgram.isThere), .serialized)
struct TLSTests {
    private static func certificate(in folder: TemporaryFolder, _ name: String) async throws {
        let made = try await Program(in: folder.path).run(
            "/usr/bin/openssl",
            [
                "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes",
                "-keyout",
                "\(name).key", "-out", "\(name).crt", "-subj", "/CN=localhost", "-days", "1",
            ]
        )
        try #require(made.status == 0)
    }

    @Test("TLS 1.2 and 1.3 are spoken, 1.1 and 1.0 refused, and files come whole")
    func versions() async throws {
        let scene = try await ServingScene()
        let folder = scene.server.folder
        try await Self.certificate(in: folder, "server")
        let large = [UInt8](repeating: 7, count: 3 << 20)
        try await scene.server.accept(large, "b-1-0.conda", into: scene.main)
        var settings = ServerSettings()
        settings.tls = ServerSettings.TLSFiles(
            certificate: folder.path + "/server.crt",
            key: folder.path + "/server.key"
        )
        let server = HostedServer(parts: scene.server.parts, areas: [], settings: settings)
        let application = try server.application(host: "127.0.0.1", port: 0) { _ in }
        try await application.test(.live) { client in
            let port = try #require(client.port)
            let program = Program(in: folder.path)
            for (flag, isSpoken) in [
                ("-tls1", false), ("-tls1_1", false), ("-tls1_2", true), ("-tls1_3", true),
            ] {
                let told = try await program.run(
                    "/usr/bin/openssl",
                    [
                        "s_client", "-connect", "127.0.0.1:\(port)", flag, "-cipher", "DEFAULT:@SECLEVEL=0",
                        "-CAfile", "server.crt", "-verify_return_error",
                    ]
                )
                let text = told.output + told.errors
                #expect((told.status == 0) == isSpoken, "\(flag): \(text)")
                // The server's refusal, and not the client's own.
                #expect(text.contains("alert protocol version") == !isSpoken, "\(flag): \(text)")
            }
            let curl = try await program.run(
                "/usr/bin/curl",
                [
                    "-sS", "--cacert", "server.crt", "--resolve", "localhost:\(port):127.0.0.1", "-o", "got",
                    "https://localhost:\(port)/main/noarch/b-1-0.conda",
                ]
            )
            #expect(curl.status == 0, "\(curl.errors)")
            #expect(try Data(folder.read("got")) == Data(large))
        }
    }

    @Test("A key that is not the certificate's, or no key at all, is told before the server listens")
    func unusable() async throws {
        let folder = try TemporaryFolder()
        try await Self.certificate(in: folder, "one")
        try await Self.certificate(in: folder, "two")
        try folder.write(Array("-----BEGIN PRIVATE KEY-----\nMC4C\n".utf8), to: "broken")
        for (certificate, key) in [
            ("one.crt", "two.key"), ("one.crt", "broken"), ("none", "one.key"), ("one.key", "one.key"),
        ] {
            let files = ServerSettings.TLSFiles(
                certificate: folder.path + "/" + certificate,
                key: folder.path + "/" + key
            )
            #expect(throws: Failure.self) { try ServerTLS.configuration(files) }
        }
        let files = ServerSettings.TLSFiles(
            certificate: folder.path + "/one.crt",
            key: folder.path + "/one.key"
        )
        #expect(throws: Never.self) { _ = try ServerTLS.configuration(files) }
    }
}
