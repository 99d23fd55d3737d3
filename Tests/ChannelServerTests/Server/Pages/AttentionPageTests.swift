// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

import HTTPTypes
import HummingbirdTesting
import NIOCore
import Testing
import TrustCore

@testable import ChannelServer

@Suite("What needs an operator’s attention")
struct AttentionPageTests {
    @Test("Failed uploads of those who are known are noted, whatever the protocol, and nobody else’s")
    func failures() async throws {
        let scene = try await PageScene()
        let before = try await scene.server.database.read { try $0.failedUploads(limit: 100) }
        #expect(before.isEmpty)
        for wire in UploadScene.Wire.allCases {
            _ = try await scene.upload.send(Array("no package".utf8), as: "bad-\(wire)-1-0.conda", by: wire)
        }
        _ = try await scene.upload.send(Array("no package".utf8), as: "anonymous-1-0.conda", key: nil)
        _ = try await scene.upload.send(Array("x".utf8), as: "../evil", by: .quetzForm)
        let noted = try await scene.server.database.read { try $0.failedUploads(limit: 100) }
        for wire in UploadScene.Wire.allCases {
            let one = try #require(noted.first { $0.fileName == "bad-\(wire)-1-0.conda" })
            #expect(one.publisher.name == "alice" && one.code?.hasPrefix("archive.") == true, "\(one)")
        }
        #expect(noted.count == UploadScene.Wire.allCases.count + 1)
        let page = try await scene.page("/operations/")
        #expect(page.all("tr").count == noted.count + 1)
        #expect(page.text.contains("bad-prefix-1-0.conda") && page.text.contains("../evil"))
        // What was taken is no failure.
        try await scene.send("hello", "3.0", to: "main")
        #expect(
            try await scene.server.database.read { try $0.failedUploads(limit: 100) }.count == noted.count
        )
    }

    @Test("Channels without a root, indexes that are not made, stopped logs and full quotas are told")
    func matters() async throws {
        let scene = try await PageScene()
        let first = try await scene.page("/operations/").text
        #expect(first.contains("There is no root: clients cannot verify the channel"))
        #expect(first.contains("behind"))
        let now = scene.server.now
        scene.server.parts.condition.countIndex(of: scene.main.id, trouble: "disk full", now: now)
        let log = try #require(try await scene.server.database.read { try $0.logs() }.first)
        scene.server.parts.condition.take(
            [LogOutcome(log: log, state: .stopped(Refusal(PublishLogCode.secondRoot, "it")))],
            now: now
        )
        let main = scene.main.id
        try await scene.server.database.write {
            try $0.setQuota(ChannelQuota(bytes: nil, files: 2), of: main)
        }
        let second = try await scene.page("/operations/").text
        #expect(second.contains("disk full") && second.contains("stopped or failing"))
        #expect(second.contains("2 of 2 files of its quota are used"))
        scene.server.parts.condition.take([LogOutcome(log: log, state: .published(3))], now: now)
        scene.server.parts.condition.countIndex(of: scene.main.id, trouble: nil, now: now)
        let third = try await scene.page("/operations/").text
        #expect(!third.contains("disk full") && !third.contains("stopped or failing"))
    }

    private static let changing: [HTTPRequest.Method] = [.post, .put, .delete, .patch]

    @Test(
        "A page of another site changes nothing with a key that a browser has",
        arguments: AttentionPageTests.changing
    )
    func foreignPage(method: HTTPRequest.Method) async throws {
        let scene = try await PageScene()
        let site = try #require(HTTPField.Name("Sec-Fetch-Site"))
        let cases: [(HTTPFields, Bool)] = [
            ([.origin: "https://evil.example"], false), ([.origin: "null"], false),
            ([site: "cross-site"], false),
            ([site: "same-site"], false), ([.origin: "https://channels.example.org.evil.example"], false),
            ([:], true),
            ([.origin: "https://channels.example.org", site: "same-origin"], true), ([site: "none"], true),
        ]
        for (fields, isOwn) in cases {
            let response = try await scene.ask("/api/v1/nothing", method, fields)
            let code = try? JSONReader.read(Array(response.body.readableBytesView), of: "it").object?["code"]?
                .string
            #expect((code == "server.foreign-page") == !isOwn, "\(fields)")
        }
        #expect(try await scene.ask("/main/", .get, [.origin: "https://evil.example"]).status == .ok)
    }
}
