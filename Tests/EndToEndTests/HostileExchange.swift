// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

import Foundation
import TestSupport
import Testing
import TrustCore

/// Requests that nobody honest sends, byte by byte, to the program that serves.
enum HostileExchange {
    /// One connection: what is sent, and which statuses come back until the server closes it.
    struct Case {
        let claim: String
        let sent: [UInt8]
        let statuses: [Int]
        var code: String?

        init(_ claim: String, _ sent: String, _ statuses: Int..., code: String? = nil) {
            self.init(claim, Array(sent.utf8), statuses, code)
        }

        init(_ claim: String, _ sent: [UInt8], _ statuses: [Int], _ code: String? = nil) {
            self.claim = claim
            self.sent = sent
            self.statuses = statuses
            self.code = code
        }
    }

    static let host = "Host: x\r\n"
    static let last = "Connection: close\r\n"
    /// A request that is answered with 200, and the last of its connection: what comes after one that must not end it.
    static let good = "GET /main/notices.json HTTP/1.1\r\n\(host)\(last)\r\n"

    static func request(_ method: String, _ target: String, _ fields: String = last) -> String {
        "\(method) \(target) HTTP/1.1\r\n\(host)\(fields)\r\n"
    }

    /// Starts a server, waits until it has nothing left to do, tries all cases, and looks what is left of them.
    static func run(_ makeCases: (ServerWorld) throws -> [Case]) async throws {
        let world = try await ServerWorld()
        for path in ["main/noarch/repodata.json", "secret/noarch/repodata.json", "log/checkpoint"] {
            while try await world.ask("GET", "/" + path, by: "alice").status != 200 {
                try await Task.sleep(for: .milliseconds(20))
            }
        }
        try await world.waitUntilIdle()
        let said = world.log.utf8.count
        let before = try stored(world), log = try await world.ask("GET", "/log/checkpoint").body
        for one in try makeCases(world) {
            let bytes = try await RawConnection.exchangeBytes(one.sent, port: world.port, hangingUp: true)
            let answers = RawAnswer.all(in: bytes)
            #expect(answers.map(\.status) == one.statuses, "\(one.claim): \(answers.map(\.text))")
            for answer in answers {
                let type = answer["content-type"]
                #expect(
                    answer.status < 400 || answer.body.isEmpty || type == "application/problem+json",
                    "\(one.claim): \(type ?? "no type")"
                )
            }
            if let code = one.code {
                let problem = try? JSONReader.read(answers.first?.body ?? [], of: "the problem").object
                #expect(problem?["code"]?.string == code, "\(one.claim)")
            }
        }
        #expect(try stored(world) == before)
        #expect(try await world.ask("GET", "/log/checkpoint").body == log)
        #expect(try await world.ask("GET", "/health/ready").status == 200)
        // What a stranger sends wrong is no trouble of the server's, and nobody is to be woken by it.
        let lines = world.log.utf8.dropFirst(said).split(separator: UInt8(ascii: "\n"))
        let errors = lines.map { String(decoding: $0, as: UTF8.self) }.filter {
            $0.contains(#""level":"error""#)
        }
        #expect(errors.isEmpty)
        for key in world.keys.values { #expect(!world.log.contains(key)) }
        #expect(await world.stop() == 0)
    }

    /// All files of blobs, kept and staged.
    private static func stored(_ world: ServerWorld) throws -> [String] {
        let names = FileManager.default.enumerator(atPath: world.directory + "/blobs")
        return try #require(names).compactMap { $0 as? String }.sorted()
    }
}
