// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

import HTTPTypes
import HummingbirdTesting
import NIOCore
import Testing
import TrustCore

@testable import ChannelServer

@Suite("Pages")
struct PageTests {
    @Test(
        "Every page has its landmarks, one heading above all, headings in order, and names for all that needs one"
    )
    func structure() async throws {
        let scene = try await PageScene()
        for path in PageScene.all {
            let page = try await scene.page(path)
            for name in ["main", "h1", "footer", "title", "body"] {
                #expect(page.all(name).count == 1, "\(path) \(name)")
            }
            #expect(page.all("header").filter { $0.path == ["html", "body"] }.count == 1)
            #expect(page.all("html").first?.attributes["lang"] == "en")
            #expect(page.all("main").first?.attributes["id"] == "content")
            #expect(page.links.first == "#content", "\(path)")
            var level = 0
            for heading in page.elements where ["h1", "h2", "h3"].contains(heading.name) {
                let next = Int(heading.name.dropFirst()) ?? 0
                #expect(next <= level + 1, "\(path): \(heading.text)")
                #expect(!heading.text.isEmpty)
                level = next
            }
            let ids = page.elements.compactMap { $0.attributes["id"] }
            #expect(Set(ids).count == ids.count, "\(path)")
            for element in page.elements {
                if let name = element.attributes["aria-labelledby"] { #expect(ids.contains(name), "\(path)") }
                if let name = element.attributes["for"] { #expect(ids.contains(name), "\(path)") }
            }
            for nav in page.all("nav") { #expect(nav.attributes["aria-label"]?.isEmpty == false) }
            for input in page.all("input") {
                #expect(page.all("label").contains { $0.attributes["for"] == input.attributes["id"] })
            }
            for link in page.all("a") { #expect(!link.text.isEmpty, "\(path) \(link)") }
        }
    }

    @Test("Every page forbids scripts, frames and other hosts, by header and by having none")
    func safety() async throws {
        let scene = try await PageScene()
        for path in PageScene.all + ["/nothing/", "/main/packages/nothing"] {
            let response = try await scene.ask(path)
            let policy = try #require(response.headers[.contentSecurityPolicy])
            #expect(
                policy == "default-src 'none'; style-src 'self'; img-src 'self'; form-action 'self'; "
                    + "frame-ancestors 'none'; base-uri 'none'"
            )
            #expect(response.headers[.xContentTypeOptions] == "nosniff")
            #expect(response.headers[try #require(HTTPField.Name("Referrer-Policy"))] == "no-referrer")
            #expect(response.headers[.contentType] == "text/html; charset=utf-8")
            let page = try ParsedPage(response)
            for element in page.elements {
                for name in ["href", "action"] {
                    guard let address = element.attributes[name] else { continue }
                    let isOwn = address.hasPrefix("/") && !address.hasPrefix("//") || address.hasPrefix("#")
                    if !isOwn {
                        #expect(
                            element.name == "a" && address.hasPrefix("https://hello.example.org/"),
                            "\(address)"
                        )
                        #expect(element.attributes["rel"] == "nofollow noopener noreferrer")
                    }
                }
            }
        }
    }

    @Test("HEAD says what GET says, without a body; who has a page already is told so")
    func conditional() async throws {
        let scene = try await PageScene()
        let asset = PageAsset.stylesheet.address.text
        for path in PageScene.all + [asset, PageAsset.icon.address.text] {
            let get = try await scene.ask(path), head = try await scene.ask(path, .head)
            #expect(head.status == get.status)
            #expect(head.body.readableBytes == 0)
            for name in [HTTPField.Name.contentType, .eTag, .cacheControl, .contentSecurityPolicy] {
                #expect(head.headers[name] == get.headers[name], "\(path) \(name)")
            }
            #expect(head.headers[.contentLength] == "\(get.body.readableBytes)", "\(path)")
            let tag = try #require(get.headers[.eTag])
            let again = try await scene.ask(path, .get, [.ifNoneMatch: "\"x\", W/\(tag)"])
            #expect(again.status == .notModified, "\(path)")
            #expect(again.body.readableBytes == 0)
            #expect(try await scene.ask(path, .get, [.ifNoneMatch: "\"x\""]).status == .ok)
        }
        #expect(try await scene.ask(asset).headers[.cacheControl] == "public, max-age=31536000, immutable")
        #expect(try await scene.ask("/assets/other.css").status == .notFound)
    }

    @Test("What depends on who asks is kept by nobody else, and errors by nobody")
    func caching() async throws {
        let scene = try await PageScene()
        for path in ["/", "/channels/", "/main/", "/search?q=hello"] {
            #expect(try await scene.ask(path).headers[.cacheControl] == "private, no-cache")
            let open = try await scene.ask(path, key: nil)
            #expect(open.headers[.cacheControl] == "public, max-age=30, must-revalidate")
            #expect(open.headers[.vary] == "Authorization, X-API-Key, Accept")
        }
        #expect(try await scene.ask("/nothing/", key: nil).headers[.cacheControl] == "no-store")
    }

    @Test("Addresses without their slash lead to the page, and clients still get problems in JSON")
    func addresses() async throws {
        let scene = try await PageScene()
        for (path, target) in [
            ("/channels", "/channels/"), ("/main", "/main/"), ("/main/packages/", "/main/"),
        ] {
            let response = try await scene.ask(path, key: nil)
            #expect(response.status == .permanentRedirect)
            #expect(response.headers[.location] == target)
        }
        let json = try await scene.ask("/main/packages/nothing", .get, [.accept: "*/*"])
        #expect(json.status == .notFound)
        #expect(json.headers[.contentType] == "application/problem+json")
        let stranger = try await scene.ask("/nothing/", key: nil, .get, [.accept: "application/json"])
        #expect(stranger.status == .unauthorized)
        // Paths of files are not the pages’.
        #expect(
            try await scene.ask("/main/linux-64/nothing").headers[.contentType] == "application/problem+json"
        )
    }

    @Test("A channel’s page says how to use it, how to pin it, and where its log is")
    func channel() async throws {
        let scene = try await PageScene()
        let text = try await scene.page("/main/").text
        for part in [
            "conda install --channel https://channels.example.org/main", "pixi workspace channel add",
            "channels.example.org/log", "linux-64/hello-2.0-0.conda", "Says hello",
            "Nobody signs this channel’s index yet",
        ] { #expect(text.contains(part), "\(part)") }
        #expect(!text.contains("hidden"))
    }

    @Test(
        "A package’s versions are in conda’s order, the newest first, and what was yanked or removed says so"
    )
    func versions() async throws {
        let scene = try await PageScene()
        for version in ["1.10", "1.9", "2.0rc1", "1!0.1"] {
            try await scene.send("hello", version, to: "main")
        }
        try await scene.change("yank", "hello-1.9-0.conda", reason: "broken")
        try await scene.change("remove", "hello-1.0-0.conda", reason: "harmful")
        let page = try await scene.page("/main/packages/hello")
        #expect(page.all("h3").map(\.text) == ["1!0.1", "2.0", "2.0rc1", "1.10", "1.9", "1.0"])
        #expect(page.text.contains("yanked") && page.text.contains("removed"))
        // A link that is none is shown as text.
        #expect(page.text.contains("javascript:x"))
        #expect(!page.links.contains("javascript:x"))
        #expect(page.links.contains("https://hello.example.org/"))

        let yanked = try await scene.page("/main/packages/hello/linux-64/hello-1.9-0.conda")
        #expect(yanked.text.contains("broken") && yanked.text.contains("Not in the index"))
        let removed = try await scene.page("/main/packages/hello/linux-64/hello-1.0-0.conda")
        #expect(removed.text.contains("harmful"))
        #expect(!removed.links.contains("/main/linux-64/hello-1.0-0.conda"))
    }
}
