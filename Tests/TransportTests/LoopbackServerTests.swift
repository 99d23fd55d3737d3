// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

import Foundation
import TestSupport
import Testing

@Suite("The server that other tests rely on")
struct LoopbackServerTests {
    /// An answer as it came over the socket.
    struct Answer {
        let status: Int
        let headers: [String: String]
        let body: String
    }

    /// Sends raw text to a port and reads until the other side closes.
    static func raw(_ port: Int, _ text: String) throws -> Answer {
        let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        defer { close(descriptor) }
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = in_port_t(UInt16(port)).bigEndian
        address.sin_addr.s_addr = in_addr_t(0x7F00_0001).bigEndian
        let connected = withUnsafePointer(to: &address) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                connect(descriptor, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
            }
        }
        try #require(connected == 0)
        let sent = Array(text.utf8).withUnsafeBytes { write(descriptor, $0.baseAddress, $0.count) }
        try #require(sent == text.utf8.count)
        var received: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 65536)
        while true {
            let count = read(descriptor, &buffer, buffer.count)
            if count <= 0 { break }
            received += buffer[..<count]
        }
        let parts = String(decoding: received, as: UTF8.self).components(separatedBy: "\r\n\r\n")
        let lines = parts[0].components(separatedBy: "\r\n")
        var headers: [String: String] = [:]
        for line in lines.dropFirst() {
            let field = line.components(separatedBy: ": ")
            headers[field[0].lowercased()] = field.dropFirst().joined(separator: ": ")
        }
        let status = lines[0].split(separator: " ").dropFirst().first.flatMap { Int($0) } ?? 0
        return Answer(status: status, headers: headers, body: parts.dropFirst().joined(separator: "\r\n\r\n"))
    }

    static func ask(
        _ server: LoopbackServer,
        _ path: String,
        method: String = "GET",
        _ headers: [String] = []
    ) throws -> Answer {
        let lines = ["\(method) \(path) HTTP/1.1", "Host: localhost", "Connection: close"] + headers
        return try raw(server.port, lines.joined(separator: "\r\n") + "\r\n\r\n")
    }

    static func serving(_ body: (LoopbackServer, TemporaryFolder) async throws -> Void) async throws {
        let folder = try TemporaryFolder()
        try folder.write(Array("0123456789".utf8), to: "root/noarch/a b.txt")
        try folder.write(Array("package".utf8), to: "root/noarch/a.conda")
        try folder.write([], to: "root/empty.json")
        try folder.write(Array("secret".utf8), to: "secret")
        try FileManager.default.createSymbolicLink(
            atPath: folder.path + "/root/link",
            withDestinationPath: folder.path + "/secret"
        )
        try await LoopbackServer.serving(folder.path + "/root") { try await body($0, folder) }
    }

    @Test("GET and HEAD give the same headers; HEAD has no body")
    func head() async throws {
        try await Self.serving { server, _ in
            let get = try Self.ask(server, "/noarch/a%20b.txt")
            let head = try Self.ask(server, "/noarch/a%20b.txt", method: "HEAD")
            #expect(get.status == 200 && head.status == 200)
            #expect(get.headers == head.headers)
            #expect(get.headers["content-length"] == "10")
            #expect(get.headers["cache-control"] == "no-cache")
            #expect(get.headers["accept-ranges"] == "bytes")
            #expect(get.body == "0123456789")
            #expect(head.body == "")
            #expect(
                try Self.ask(server, "/noarch/a.conda").headers["cache-control"]?.contains("immutable")
                    == true
            )
            #expect(server.requests.map(\.method) == ["GET", "HEAD", "GET"])
        }
    }

    @Test(
        "Ranges",
        arguments: [
            ("bytes=2-4", 206, "234"), ("bytes=8-", 206, "89"), ("bytes=-3", 206, "789"),
            ("bytes=-99", 206, "0123456789"),
            ("bytes=0-99", 206, "0123456789"), ("bytes=10-", 416, ""), ("bytes=-0", 416, ""),
            ("bytes=4-2", 200, "0123456789"),
            ("bytes=1-2,4-5", 200, "0123456789"), ("lines=1-2", 200, "0123456789"),
            ("bytes=x-", 200, "0123456789"),
            ("bytes=99999999999999999999-", 416, ""), ("bytes=0-99999999999999999999", 206, "0123456789"),
        ]
    )
    func ranges(range: String, status: Int, body: String) async throws {
        try await Self.serving { server, _ in
            let answer = try Self.ask(server, "/noarch/a%20b.txt", ["Range: " + range])
            #expect(answer.status == status)
            #expect(answer.body == body)
            if status == 416 { #expect(answer.headers["content-range"] == "bytes */10") }
            if status == 206 { #expect(answer.headers["content-range"]?.hasSuffix("/10") == true) }
        }
    }

    @Test("A known file is not sent again; a changed one is")
    func conditions() async throws {
        try await Self.serving { server, folder in
            let path = "/noarch/a.conda"
            let first = try Self.ask(server, path)
            let tag = try #require(first.headers["etag"])
            let date = try #require(first.headers["last-modified"])
            #expect(date.hasSuffix(" GMT"))
            for condition in [
                "If-None-Match: \(tag)", "If-None-Match: \"x\", W/\(tag)", "If-None-Match: *",
                "If-Modified-Since: \(date)",
            ] {
                let answer = try Self.ask(server, path, [condition])
                #expect(answer.status == 304 && answer.body == "", "\(condition)")
            }
            #expect(try Self.ask(server, path, ["If-Range: \"x\"", "Range: bytes=0-1"]).status == 200)
            #expect(try Self.ask(server, path, ["If-Range: \(tag)", "Range: bytes=0-1"]).status == 206)
            try folder.write(Array("PACKAGE".utf8), to: "root/noarch/a.conda")
            #expect(try Self.ask(server, path, ["If-None-Match: \(tag)"]).body == "PACKAGE")
        }
    }

    @Test(
        "Nothing outside the folder, no folders, no links",
        arguments: [
            ("/none", 404), ("/noarch", 404), ("/", 400), ("/link", 404), ("/../secret", 400),
            ("/%2e%2e/secret", 400),
            ("/noarch/..%2f..%2fsecret", 400), ("/noarch//a.conda", 400), ("/noarch/a.conda%00", 400),
            ("/noarch%", 400),
            ("/noarch/a.conda/x", 404), ("/empty.json", 200), ("/noarch/a.conda?x=/../y", 200),
        ]
    )
    func outside(path: String, status: Int) async throws {
        try await Self.serving { server, _ in
            let answer = try Self.ask(server, path)
            #expect(answer.status == status)
            #expect(!answer.body.contains("secret"))
        }
    }

    @Test("Other methods are not allowed")
    func methods() async throws {
        try await Self.serving { server, _ in
            let answer = try Self.ask(server, "/empty.json", method: "POST", ["Content-Length: 0"])
            #expect(answer.status == 405)
        }
    }

    @Test("A script sees the method and the body of a request, also when the client asks before it sends")
    func bodies() async throws {
        let folder = try TemporaryFolder()
        let echo: LoopbackServer.Script = { request in
            let answer = Array("\(request.method) \(request.body.count) ".utf8) + request.body
            return .respond(status: 201, headers: [("X-Echo", "yes")], body: answer)
        }
        let server = try await LoopbackServer.start(serving: folder.path, longestBody: 64, script: echo)
        func post(_ body: String, _ headers: [String] = []) throws -> Answer {
            let lines = [
                "POST /api?x=1 HTTP/1.1", "Host: localhost", "Connection: close",
                "Content-Length: \(body.utf8.count)",
            ]
            return try Self.raw(server.port, (lines + headers).joined(separator: "\r\n") + "\r\n\r\n" + body)
        }
        let answer = try post("a=b")
        #expect(answer.status == 201 && answer.headers["x-echo"] == "yes" && answer.body == "POST 3 a=b")
        #expect(try post("").body == "POST 0 ")
        #expect(try post(String(repeating: "x", count: 64)).status == 201)
        #expect(try post(String(repeating: "x", count: 65)).status == 413)
        #expect(server.requests.map(\.body.count) == [3, 0, 64], "what is too long reaches no script")
        #expect(server.requests.allSatisfy { $0.path == "/api" && $0.target == "/api?x=1" })
        // An interim answer comes first, and then the other one.
        let patient = try post("abc", ["Expect: 100-continue"])
        #expect(patient.status == 100 && patient.body.hasPrefix("HTTP/1.1 201"))
        #expect(patient.body.hasSuffix("POST 3 abc"))
        await server.stop()
    }
}
