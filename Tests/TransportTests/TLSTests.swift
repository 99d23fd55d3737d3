// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

import Foundation
import TestSupport
import Testing
import TrustCore

@testable import Transport

@Suite("Secure connections", .enabled(if: TLSServer.isPossible, "there is no openssl program here"))
struct TLSTests {
    static func fetch(_ server: TLSServer, trusting: Bool) async throws -> [UInt8]? {
        var options = HTTPOptions()
        options.additionalAuthorities = trusting ? server.certificate : nil
        return try await TransportFixtures.fetching(TransportFixtures.limits, options) { fetcher in
            try await fetcher.bytes(server.url + "/file", maximumLength: 100)
        }
    }

    @Test("A server that a named authority vouches for is talked to; one that nobody vouches for is not")
    func authorities() async throws {
        let server = try await TLSServer.start(options: ["-tls1_2"])
        #expect(try await Self.fetch(server, trusting: true) == Array("over tls".utf8))
        #expect(await TransportFixtures.fault { _ = try await Self.fetch(server, trusting: false) } == .tls)
    }

    @Test("TLS older than 1.2 is not spoken")
    func oldVersions() async throws {
        let server = try await TLSServer.start(options: ["-tls1_1", "-cipher", "ALL:@SECLEVEL=0"])
        #expect(await TransportFixtures.fault { _ = try await Self.fetch(server, trusting: true) } == .tls)
    }

    @Test("A redirect off https is refused over a real connection")
    func redirect() async throws {
        let answer = "HTTP/1.0 302 Found\r\nLocation: http://127.0.0.1:1/file\r\n\r\n"
        let server = try await TLSServer.start(options: [], mode: "-HTTP", file: answer)
        #expect(
            await refusalCode { try await Self.fetch(server, trusting: true) } == "fetch.insecure-redirect"
        )
    }
}

/// A TLS server on 127.0.0.1 that serves one file, run by the openssl program.
final class TLSServer: Sendable {
    static let program = "/usr/bin/openssl"
    static let isPossible = FileManager.default.isExecutableFile(atPath: program)

    let url: String
    /// The server's own certificate, PEM.
    let certificate: String
    private let folder: TemporaryFolder
    private let process: Process

    /// Starts one, waiting on a thread that is not Swift's own: a blocked pool would time other tests out.
    static func start(
        options: [String],
        mode: String = "-WWW",
        file: String = "over tls"
    ) async throws -> TLSServer {
        try await withCheckedThrowingContinuation { continuation in
            DispatchQueue(label: "openssl").async {
                continuation.resume(with: Result { try TLSServer(options: options, mode: mode, file: file) })
            }
        }
    }

    private init(options: [String], mode: String, file: String) throws {
        folder = try TemporaryFolder()
        try folder.write(Array(file.utf8), to: "file")
        certificate = folder.path + "/certificate.pem"
        let made = Process()
        made.executableURL = URL(fileURLWithPath: Self.program)
        made.arguments = [
            "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days", "2",
            "-subj", "/CN=127.0.0.1",
            "-addext", "subjectAltName=IP:127.0.0.1", "-keyout", folder.path + "/key.pem", "-out",
            certificate,
        ]
        made.standardError = FileHandle.nullDevice
        try made.run()
        made.waitUntilExit()

        process = Process()
        process.executableURL = URL(fileURLWithPath: Self.program)
        process.currentDirectoryURL = URL(fileURLWithPath: folder.path)
        process.arguments =
            [
                "s_server", "-accept", "127.0.0.1:0", "-cert", certificate, "-key", folder.path + "/key.pem",
                mode,
            ] + options
        let output = Pipe()
        process.standardOutput = output
        process.standardError = FileHandle.nullDevice
        try process.run()
        // It says `ACCEPT 127.0.0.1:PORT` when it listens.
        var said = ""
        while !said.contains("\n") || !said.contains("ACCEPT") {
            let more = output.fileHandleForReading.availableData
            try #require(!more.isEmpty, "openssl ended: \(said)")
            said += String(decoding: more, as: UTF8.self)
        }
        let port = said.split(separator: ":").last.flatMap { Int($0.filter(\.isNumber)) } ?? 0
        url = "https://127.0.0.1:\(port)"
    }

    // Where something in the same process ignores SIGTERM, its children do, too.
    deinit { if process.isRunning { kill(process.processIdentifier, SIGKILL) } }
}
