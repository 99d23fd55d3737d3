// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

import HTTPTypes
import Hummingbird
import HummingbirdTesting
import NIOCore
import Testing
import TrustCore

@testable import ChannelServer

@Suite("Private channels")
struct HiddenChannelTests {
    /// Answers for a channel, if its caller may read it.
    private struct Reading: ServerRoutes {
        let parts: ServerParts

        func add(to router: Router<ServerContext>) {
            router.get("/:channel/index") { _, context in
                let name = try context.parameters.require("channel")
                return try await parts.channel(name, for: .read, of: context.caller).name.text
            }
        }
    }

    @Test(
        "Strangers get for a private channel what they get for one that does not exist, but for its name",
        arguments: ["nobody", "stranger", "workload", "limited owner"]
    )
    func sameAnswer(who: String) async throws {
        let scene = try AccessScene()
        let hidden = try await scene.scene.channel("hidden", .members)
        let other = try await scene.scene.channel("other", .members)
        try await scene.user("owner")
        try await scene.user("stranger")
        try await scene.give(.channel(.owner), to: "owner", in: hidden)
        let elsewhere = AccessScope(actions: Set(ServerAction.allCases), channel: other.id, packages: nil)
        let key: String? =
            switch who {
            case "stranger": try await scene.key(for: FilePublisher(.user, "stranger"))
            case "workload": try await scene.key(for: FilePublisher(.workload, "w", issuer: "i"), [elsewhere])
            case "limited owner": try await scene.key(for: FilePublisher(.user, "owner"), [elsewhere])
            default: nil
            }
        for path in ["/%/index", "/api/v1/channels/%", "/api/v1/channels/%/members"] {
            let answers = try await ["hidden", "absent"].asyncMap { name in
                try await ask(scene, path.replacing("%", with: name), key).replacing(name, with: "NAME")
            }
            #expect(answers[0] == answers[1], "\(path)")
            #expect(answers[0].hasPrefix(who == "nobody" ? "401" : "404"), "\(answers[0])")
        }
    }

    @Test("The list of channels has those that the caller may read")
    func listed() async throws {
        let scene = try AccessScene()
        _ = try await scene.scene.channel("open")
        let hidden = try await scene.scene.channel("hidden", .members)
        let member = try await scene.userWithKey("member"), stranger = try await scene.userWithKey("stranger")
        try await scene.give(.package("a", .publisher), to: "member", in: hidden)
        for (key, expected) in [(nil, ["open"]), (stranger, ["open"]), (member, ["hidden", "open"])] {
            let answer = try await scene.ask(.get, "channels", key: key)
            #expect(answer.body["channels"]?.array?.compactMap { $0.object?["name"]?.string } == expected)
        }
    }

    /// Status, fields and body, without the request's id.
    private func ask(_ scene: AccessScene, _ path: String, _ key: String?) async throws -> String {
        var headers = HTTPFields()
        if let key { headers[.authorization] = "Bearer \(key)" }
        let response = try await scene.scene.ask(
            [Reading(parts: scene.scene.parts), AdministrationRoutes(parts: scene.scene.parts)],
            .get,
            path,
            headers: headers
        )
        var body = try #require(try JSONReader.read(Array(response.body.readableBytesView), of: "it").object)
        #expect(body["request_id"] != nil)
        body["request_id"] = nil
        let fields = response.headers.map { "\($0.name): \($0.value)" }.filter { !$0.hasPrefix("Date") }
            .sorted()
        return "\(response.status.code) \(fields) "
            + String(decoding: JSONWriter.encode(.object(body)), as: UTF8.self)
    }
}

extension Array {
    fileprivate func asyncMap<Result>(_ change: (Element) async throws -> Result) async rethrows -> [Result] {
        var results: [Result] = []
        for element in self { results.append(try await change(element)) }
        return results
    }
}
