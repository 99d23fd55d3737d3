// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

import CondaFormats
import HTTPTypes
import HummingbirdTesting
import NIOCore
import TestSupport
import Testing
import TrustCore

@testable import ChannelServer

@Suite("Pages of private channels")
struct HiddenPageTests {
    private static let paths = [
        "%/", "%/packages/hidden", "%/packages/hidden/linux-64/hidden-1.0-0.conda", "%/?after=a",
    ]

    @Test(
        "Who may not read a private channel sees what they see of one that does not exist",
        arguments: [nil, "stranger"]
    )
    func sameAnswer(who: String?) async throws {
        let scene = try await scene()
        let key = who == nil ? nil : try await scene.access.userWithKey("stranger")
        for path in Self.paths {
            for accept in [PageScene.browser, "application/json"] {
                var answers: [String] = []
                for name in ["secret", "absent"] {
                    let response = try await scene.ask("/" + path.replacing("%", with: name), key, accept)
                    #expect(
                        response.status
                            == (who == nil && accept != PageScene.browser ? .unauthorized : .notFound)
                    )
                    answers.append(Self.shown(response).replacing(name, with: "NAME"))
                }
                #expect(answers[0] == answers[1], "\(path)")
            }
        }
        for path in ["/", "/channels/", "/search?q=hid", "/search?q=hidden"] {
            let text = try ParsedPage(try await scene.ask(path, key, PageScene.browser)).text
            #expect(!text.contains("secret"), "\(path)")
            #expect(path.hasPrefix("/search") || !text.contains("hidden"))
        }
    }

    @Test("Who may read it sees it everywhere; an operator sees that it is there, and nothing of it")
    func members() async throws {
        let scene = try await scene()
        let member = try await scene.access.userWithKey("member")
        try await scene.access.give(.channel(.reader), to: "member", in: scene.secret)
        for path in Self.paths {
            let response = try await scene.ask(
                "/" + path.replacing("%", with: "secret"),
                member,
                PageScene.browser
            )
            #expect(response.status == .ok, "\(path)")
            #expect(response.headers[.cacheControl] == "private, no-cache")
        }
        #expect(
            try ParsedPage(try await scene.ask("/search?q=hid", member, PageScene.browser)).links.contains(
                "/secret/packages/hidden"
            )
        )
        #expect(
            try ParsedPage(try await scene.ask("/channels/", member, PageScene.browser)).links.contains(
                "/secret/"
            )
        )
        #expect(try await scene.ask("/operations/", member, PageScene.browser).status == .forbidden)

        let op = try await scene.access.userWithKey("op", .operator)
        let operations = try ParsedPage(try await scene.ask("/operations/", op, PageScene.browser))
        #expect(operations.text.contains("secret"))
        #expect(!operations.text.contains("hidden"))
        #expect(try await scene.ask("/secret/", op, PageScene.browser).status == .forbidden)
        #expect(try await scene.ask("/operations/", nil, PageScene.browser).status == .notFound)
    }

    @Test("A browser is asked for a key where somebody wants to log in, and nowhere else")
    func login() async throws {
        let scene = try await scene()
        let asked = try await scene.ask("/login", nil, PageScene.browser)
        #expect(asked.status == .unauthorized)
        #expect(asked.headers[.wwwAuthenticate] == "Basic realm=\"channels\", charset=\"UTF-8\"")
        let key = try await scene.access.userWithKey("alice")
        let basic = Base64.text(Array("whoever:\(key)".utf8))
        let answer = try await scene.access.scene.ask(
            [scene.pages],
            .get,
            "/login",
            headers: [.authorization: "Basic \(basic)", .accept: PageScene.browser]
        )
        #expect(answer.status == .ok)
        let page = try ParsedPage(answer)
        #expect(page.text.contains("alice"))
        #expect(!page.links.contains("/operations/"))
        #expect(!String(buffer: answer.body).contains(key))
        for path in ["/", "/secret/", "/absent/"] {
            #expect(try await scene.ask(path, nil, PageScene.browser).headers[.wwwAuthenticate] == nil)
        }
    }

    private struct Scene {
        let access: AccessScene
        let secret: HostedChannel
        let pages: PageRoutes

        func ask(_ path: String, _ key: String?, _ accept: String) async throws -> TestResponse {
            var headers: HTTPFields = [.accept: accept]
            if let key { headers[.authorization] = "Bearer \(key)" }
            return try await access.scene.ask([pages], .get, path, headers: headers)
        }
    }

    private func scene() async throws -> Scene {
        let access = try AccessScene()
        let secret = try await access.scene.channel("secret", .members)
        _ = try await access.scene.channel("open")
        try await access.scene.accept(Array("x".utf8), "hidden-1.0-0.conda", into: secret, subdir: "linux-64")
        let name = try PackageName("hidden")
        try await access.database.write {
            try $0.setChannelData(Array(#""hidden":{}"#.utf8), of: name, in: secret.id)
        }
        let keys = ChannelKeys(directory: access.scene.folder.path + "/keys")
        return Scene(access: access, secret: secret, pages: PageRoutes(access.scene.parts, keys: keys))
    }

    /// Status, fields and body, without the request's id.
    private static func shown(_ response: TestResponse) -> String {
        let fields = response.headers.filter { $0.name != .date && $0.name != .contentLength }.map {
            "\($0.name): \($0.value)"
        }
        let body = String(buffer: response.body)
        let id = body.matches(of: /[0-9a-f]{16}/).map { String($0.output) }
        return "\(response.status.code) \(fields.sorted()) "
            + id.reduce(body) { $0.replacing($1, with: "ID") }
    }
}
