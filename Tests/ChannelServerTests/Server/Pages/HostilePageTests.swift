// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

import CondaFormats
import HummingbirdTesting
import NIOCore
import Testing
import TrustCore

@testable import ChannelServer

@Suite("Pages about hostile packages")
struct HostilePageTests {
    /// Texts that want to be more than text, in whatever place they are put.
    private static let texts = [
        "<script>alert(1)</script>", "\"><img src=x onerror=alert(1)>", "'onmouseover='alert(1)",
        "</title></main><h1>x",
        "<!--", "--><svg/onload=alert(1)>", "&lt;script&gt;", "&#60;b&#62;", "]]><b>", "{{7*7}}",
        "\u{0}<b>\u{1B}[2J",
        "\u{202E}gnp.exe\u{202C}", "a\u{200B}\u{FEFF}\u{E0041}b",
        "e" + String(repeating: "\u{0301}", count: 5000),
        String(repeating: "<", count: 200_000), "\r\n\r\n<b>", "https://evil.example/\"onclick=\"x",
        "javascript:alert(1)", "JaVaScRiPt:alert(1)", " javascript:alert(1)", "data:text/html,<b>",
        "//evil.example/",
        "https://user:pass@evil.example/", "https://evil.example/'x", "vbscript:x", "http://[<b>]/",
    ]

    @Test(
        "No text of a stranger becomes an element, an attribute, or an address of another scheme",
        arguments: HostilePageTests.texts.indices
    )
    func hostile(number: Int) async throws {
        let text = Self.texts[number]
        let scene = try await PageScene()
        try await Self.poison(scene, with: text)
        for path in PageScene.all + [
            "/search?q=\(PercentEncoding.segment(text.prefix(300)))", "/main/packages/poisoned",
        ] {
            let response = try await scene.ask(path)
            let page = try ParsedPage(response)
            #expect(response.body.readableBytes < 400_000, "\(path)")
            for link in page.all("a") {
                let address = try #require(link.attributes["href"])
                let isOwn = address.hasPrefix("#") || (address.hasPrefix("/") && !address.hasPrefix("//"))
                let isForeign =
                    address.hasPrefix("https://") && link.attributes["rel"] == "nofollow noopener noreferrer"
                #expect(isOwn || isForeign, "\(path): \(address)")
                #expect(!address.contains("@"))
            }
            for scalar in page.text.unicodeScalars where scalar != "\n" {
                #expect(!ForeignText.isHidden(scalar), "\(path): \(ForeignText.spelt(scalar))")
            }
        }
    }

    /// Puts a text everywhere that a stranger can write to.
    private static func poison(_ scene: PageScene, with text: String) async throws {
        var about = JSONObject()
        for name in ["summary", "description", "license", "home", "dev_url", "doc_url", "version"] {
            about[name] = .string(text)
        }
        var record = JSONObject()
        for name in ["license", "md5", "name", "build"] { record[name] = .string(text) }
        record["depends"] = [.string(text)]
        record["constrains"] = [.string(text)]
        let fileName = try ArchiveFileName("poisoned-1-0.conda")
        let file = HostedFile(
            channel: scene.main.id,
            subdir: .noarch,
            fileName: fileName,
            sha256: Digest.of(Array("poison".utf8)),
            size: 1,
            record: JSONWriter.encode(.object(record)),
            publisher: FilePublisher(
                .workload,
                String(text.prefix(20_000)),
                issuer: String(text.prefix(20_000))
            ),
            acceptedAt: UInt64(scene.server.now.seconds) * 1000,
            logIndex: 0
        )
        var channel = scene.main
        channel.settings["description"] = .string(text)
        let changed = channel, now = scene.server.now, publicURL = scene.server.parts.publicURL
        let facts = JSONWriter.encode(.object(about))
        var element: [UInt8] = []
        JSONWriter.writeString("poisoned", to: &element)
        element.append(UInt8(ascii: ":"))
        let channelData = element + facts
        try await scene.server.database.write { transaction in
            try transaction.update(changed)
            try transaction.insert(file)
            try transaction.keep(PackageFacts(runExports: nil, about: facts), of: file.sha256)
            try transaction.setChannelData(channelData, of: fileName.name, in: changed.id)
            let known = try transaction.files(in: try Subdir("linux-64"), of: changed.id, [.listed])
            for file in known {
                try transaction.keep(PackageFacts(runExports: nil, about: facts), of: file.sha256)
                var entry = PublishLogEntry(.yank, channel: "main", time: now)
                entry.subdir = file.subdir.text
                entry.fileName = file.fileName.text
                entry.sha256 = file.sha256
                entry.publisher = FilePublisher(.user, String(text.prefix(1000)))
                entry.details["reason"] = .string(String(text.prefix(1000)))
                try transaction.append(entry, of: changed, publicURL: publicURL)
            }
            try transaction.note(
                FailedUpload(
                    channel: changed.id,
                    publisher: FilePublisher(.user, String(text.prefix(1000))),
                    fileName: text,
                    code: String(text.prefix(100)),
                    time: now
                )
            )
        }
        scene.server.parts.condition.countIndex(of: changed.id, trouble: text, now: now)
    }

    @Test("Links are http or https, have a host, and nothing else that could be more than an address")
    func links() {
        let good = [
            "https://example.org", "http://example.org/a?b=c#d", "HTTPS://EXAMPLE.org/", "https://[::1]/",
            "https://example.org/%20@x",
        ]
        let bad = [
            "", "https://", "https:///x", "https://:80/", "ftp://example.org/", "//example.org",
            "https:example.org",
            "https://a@example.org/", "https://example.org/ x", "https://example.org/\"",
            "https://example.org/<",
            "https://example.org/\u{E9}", "https://example.org/\n",
            "https://\(String(repeating: "a", count: 600))",
        ]
        for text in good { #expect(ForeignAddress(text)?.text == text, "\(text)") }
        for text in bad { #expect(ForeignAddress(text) == nil, "\(text)") }
    }

    @Test("Text in markup means itself, and is cut")
    func markup() {
        let html = Tag.p(.spoken("a\"b<c>'&")) { "<b>&\"'\u{202E}\u{0}" }
        #expect(
            String(decoding: html.bytes, as: UTF8.self)
                == "<p aria-label=\"a&quot;b&lt;c&gt;&#39;&amp;\">&lt;b&gt;&amp;&quot;&#39;\\u{202E}\\u{0}</p>"
        )
        #expect(
            HTML(text: String(repeating: "a", count: HTML.maximumText + 1)).bytes.count == HTML.maximumText
                + 3
        )
        #expect(
            PageAddress(["a b", "c/d", "é"], isFolder: true, query: [("q", "a&b"), ("x", nil)]).text
                == "/a%20b/c%2Fd/%C3%A9/?q=a%26b"
        )
    }
}
