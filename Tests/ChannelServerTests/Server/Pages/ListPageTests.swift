// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

import CondaFormats
import HTTPTypes
import HummingbirdTesting
import Testing
import TrustCore

@testable import ChannelServer

@Suite("Pages of long lists")
struct ListPageTests {
    @Test("Packages of a channel come in pages, each once, none forgotten")
    func packages() async throws {
        let scene = try await PageScene()
        let names = (0..<120).map { "many-\($0 + 1000)" }
        for name in names {
            try await scene.server.accept(Array(name.utf8), "\(name)-1-0.conda", into: scene.main)
        }
        #expect(try await Self.walk(scene, "/main/", "/main/packages/") == ["hello"] + names)
    }

    @Test("Channels come in pages, and versions of a package, too")
    func channelsAndVersions() async throws {
        let scene = try await PageScene()
        let names = (0..<110).map { "channel-\($0 + 100)" }
        for name in names { _ = try await scene.server.channel(name) }
        let found = try await Self.walk(scene, "/channels/", "/").filter {
            $0.hasSuffix("/") && $0.contains("-")
        }
        #expect(found == names.map { $0 + "/" })
        for version in 0..<45 {
            try await scene.server.accept([UInt8(version)], "long-\(version)-0.conda", into: scene.main)
        }
        var versions: [String] = []
        for number in 0..<3 {
            versions += try await scene.page("/main/packages/long?page=\(number)").all("h3").map(\.text)
        }
        #expect(versions == (0..<45).reversed().map(String.init))
        for number in ["3", "-1", "99999999999999999999"] {
            let status = try await scene.ask("/main/packages/long?page=\(number)").status
            #expect(status == (number.count > 3 ? HTTPResponse.Status.ok : .notFound), "\(number)")
        }
    }

    @Test("A search finds parts of names whatever their case, puts the whole name first, and goes on")
    func search() async throws {
        let scene = try await PageScene()
        let main = scene.main.id
        for number in 0..<60 {
            let name = try PackageName("a-hello-\(number + 10)")
            try await scene.server.database.write {
                try $0.setChannelData(Array("\"x\":{\"summary\":\"s\"}".utf8), of: name, in: main)
            }
        }
        let first = try await scene.page("/search?q=%20HELLO+")
        #expect(first.links.first { $0.hasPrefix("/main/packages/") } == "/main/packages/hello")
        #expect(first.all("input").first?.attributes["value"] == "hello")
        let all = try await Self.walk(scene, "/search?q=hello", "/main/packages/")
        #expect(Set(all).count == 61)
        #expect(try await scene.page("/search?q=nothing").text.contains("No package has in its name"))
        #expect(try await scene.ask("/search?q=a&after=%00").status == .badRequest)
        for question in [String(repeating: "a", count: 5000), "%00", "%FF", "%zz", "%"] {
            let status = try await scene.ask("/search?q=\(question)").status
            #expect(status == .ok || status == .badRequest, "\(question.prefix(9))")
        }
    }

    /// Follows the links to the next pages, and answers what is linked on the way below an address.
    private static func walk(_ scene: PageScene, _ path: String, _ prefix: String) async throws -> [String] {
        var found: [String] = [], next: String? = path
        for _ in 0..<20 {
            guard let path = next else { return found }
            let page = try await scene.page(path)
            found += page.links.filter { $0.hasPrefix(prefix) && !$0.contains("?") }
                .map { String($0.dropFirst(prefix.count)) }.filter { !$0.dropLast().contains("/") }
            let pager = page.elements.first {
                $0.path.contains("nav") && $0.name == "a" && $0.attributes["href"]?.contains("after=") == true
            }
            next = pager?.attributes["href"]
        }
        Issue.record("the pages do not end")
        return found
    }
}
