// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

import HTTPTypes
import Hummingbird
import HummingbirdTesting
import Logging
import Synchronization
import TestSupport
import Testing
import TrustCore

@testable import ChannelServer

@Suite("Secrets and the log")
struct SecretTests {
    private static let secret = "s3cr3tvalue"
    /// The same as `Authorization: Basic` has it, with a name.
    private static let encoded = String(decoding: Base64.encode(Array("x:\(secret)".utf8)), as: UTF8.self)

    // A literal that is a name of a field.
    // swift-format-ignore: NeverForceUnwrap
    private static let keyField = HTTPField.Name("X-API-Key")!
    /// Where a secret may stand in a request.
    private static let requests: [(path: String, fields: HTTPFields)] = [
        ("/t/\(secret)/main/noarch/a-1-0.conda", [:]), ("/t/\(secret)", [:]), ("/t/\(secret)/", [:]),
        ("/t/\(secret)/nothing/there", [:]), ("/t/\(secret)/t/\(secret)/main/x", [:]),
        ("/%74/\(secret)/main/noarch/a-1-0.conda", [:]), ("//t/\(secret)/main/noarch/a-1-0.conda", [:]),
        ("/T/\(secret)/main/x", [:]), ("/t//\(secret)/main/x", [:]), ("/main/t/\(secret)/x", [:]),
        ("http://host/t/\(secret)/main/noarch/a-1-0.conda", [:]), ("/t/\(secret)/main/%zz", [:]),
        ("/t/\(secret)/../main/x", [:]), ("/main/noarch/a-1-0.conda?token=\(secret)", [:]),
        ("/?\(secret)", [:]), ("/broken?\(secret)", [:]),
        ("/main/noarch/a-1-0.conda", [.authorization: "Bearer \(secret)"]),
        ("/main/noarch/a-1-0.conda", [.authorization: "token \(secret)"]),
        ("/main/noarch/a-1-0.conda", [.authorization: secret]),
        ("/main/noarch/a-1-0.conda", [.authorization: "Basic \(encoded)"]),
        ("/main/noarch/a-1-0.conda", [.authorization: "Digest \(secret)"]),
        ("/main/noarch/a-1-0.conda", [keyField: secret]),
        ("/main/noarch/a-1-0.conda", [.cookie: secret, .userAgent: secret, .referer: secret]),
    ]

    /// Throws what is nobody's fault, so that the log gets it.
    private struct Broken: ServerRoutes {
        func add(to router: Router<ServerContext>) {
            router.get("/broken") { _, _ -> String in throw Failure(.disk, "broken") }
        }
    }

    private final class Lines: Sendable {
        private let lines = Mutex<[String]>([])
        func add(_ line: String) { lines.withLock { $0.append(line) } }
        var all: [String] { lines.withLock { $0 } }
    }

    @Test(
        "No secret reaches a log, wherever in a request it stands and however much is logged",
        arguments: [ServerLog.Format.text, .json],
        [true, false]
    )
    func nothingLogged(_ format: ServerLog.Format, _ isKnown: Bool) async throws {
        let lines = Lines()
        let scene = try await ServingScene(access: isKnown ? TrustingAccess() : PublicAccess())
        let old = scene.server.parts
        let parts = ServerParts(
            database: old.database,
            blobs: old.blobs,
            access: old.access,
            publicURL: old.publicURL,
            now: old.now,
            random: old.random,
            changed: old.changed,
            logger: ServerLog.logger(format, level: .trace, now: old.now) { lines.add($0) }
        )
        let server = HostedServer(parts: parts, areas: [Broken()])
        try await server.application(host: "127.0.0.1", port: 0) { _ in }.test(.live) { client in
            let port = try #require(client.port)
            for (path, fields) in Self.requests {
                let connection = try RawConnection(port: port)
                let text = fields.map { "\($0.name.rawName): \($0.value)\r\n" }.joined()
                connection.send("GET \(path) HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\(text)\r\n")
                #expect(await !connection.read().isEmpty)
                connection.close()
            }
        }
        // The control: there is a line for each request, and an error.
        let all = lines.all
        let answered = all.filter { $0.contains("GET ") }.count
        #expect(answered >= Self.requests.count)
        #expect(all.contains { $0.contains("disk: broken") })
        for line in all {
            #expect(!line.contains(Self.secret))
            #expect(!line.contains(Self.encoded))
        }
        #expect(!parts.metrics.text.contains(Self.secret))
    }

    @Test("A line of the log is one line, whatever a client sends")
    func oneLine() {
        let lines = Lines()
        for format in [ServerLog.Format.text, .json] {
            let logger = ServerLog.logger(format, now: { Timestamp(seconds: 0) }) { lines.add($0) }
            logger.info("a\nb\u{1b}[31m", metadata: ["path": "x\r\ny\u{2028}z"])
        }
        for line in lines.all {
            let controls = line.utf8.filter { $0 < 0x20 }
            #expect(controls.count == 1)
            #expect(line.hasSuffix("\n"))
        }
        #expect(
            lines.all[0] == "1970-01-01T00:00:00Z info a\\u{a}b\\u{1b}[31m path=x\\u{d}\\u{a}y\\u{2028}z\n"
        )
    }
}
