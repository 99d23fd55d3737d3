// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

import CondaFormats
import HTTPTypes
import HummingbirdTesting
import NIOCore
import Synchronization
import TestSupport
import Testing
import Transport
import TrustCore
import TrustPolicy

@testable import ChannelServer
@testable import Gatekeeper

@Suite("Serving through the proxy")
struct ProxyServingTests {
    private static let index = "http://conda.example.org/main/linux-64/repodata.json"

    @Test("A package comes whole, in parts, or not again, and HEAD says what GET would")
    func packages() async throws {
        let scene = try ProxyScene()
        let size = scene.bytes.count
        let rules: [(HTTPFields, Int, [UInt8]?)] = [
            ([:], 200, scene.bytes), ([.range: "bytes=1-2"], 206, Array(scene.bytes[1...2])),
            ([.range: "bytes=-3"], 206, Array(scene.bytes.suffix(3))), ([.range: "bytes=999999-"], 416, []),
            ([.ifNoneMatch: scene.tag], 304, []), ([.ifNoneMatch: "\"x\""], 200, scene.bytes),
            ([.ifMatch: "\"x\""], 412, nil),
            ([.ifModifiedSince: "Sat, 16 Jan 2100 08:00:00 GMT"], 200, scene.bytes),
            ([.ifUnmodifiedSince: "Sat, 16 Jan 2000 08:00:00 GMT"], 200, scene.bytes),
            ([.ifRange: "\"x\"", .range: "bytes=1-2"], 200, scene.bytes),
            ([.ifRange: scene.tag, .range: "bytes=1-2"], 206, Array(scene.bytes[1...2])),
        ]
        for target in [ProxyScene.whole, ProxyScene.path, "/c/https/conda.example.org\(ProxyScene.path)"] {
            for (fields, status, body) in rules {
                let answer = try await scene.ask(.get, target, fields)
                #expect(answer.status.code == status, "\(fields)")
                if let body { #expect(Array(answer.body.readableBytesView) == body, "\(fields)") }
                #expect(answer.headers[.lastModified] == nil)
                #expect(answer.headers[.cacheControl] != nil)
                let head = try await scene.ask(.head, target, fields)
                #expect(head.body.readableBytes == 0)
                #expect(head.status.code == (status == 206 || status == 416 ? 200 : status))
                if head.status == .ok { #expect(head.headers[.contentLength] == "\(size)") }
            }
        }
        let answer = try await scene.ask(.get, ProxyScene.whole)
        #expect(answer.headers[.eTag] == scene.tag)
        #expect(answer.headers[.cacheControl] == "public, max-age=31536000, immutable")
        #expect(answer.headers[.contentType] == "application/zip")
        #expect(answer.headers[.via] == "1.1 kingsnake-test")
        #expect(scene.tally.summary.admitted.map(\.package) == ["linux-64/a-1-0.conda"])
        #expect(scene.tally.summary.count(.signed) == 1)
    }

    @Test("Indexes, shards and attestations come from the verified view, and only under their own digests")
    func indexes() async throws {
        let scene = try ProxyScene()
        let index = try scene.channel.index(Subdir("linux-64"))
        let answer = try await scene.ask(.get, Self.index)
        #expect(Array(answer.body.readableBytesView) == index)
        #expect(answer.headers[.cacheControl] == "public, max-age=0, must-revalidate")
        #expect(
            try await scene.ask(.get, Self.index, [.ifNoneMatch: answer.headers[.eTag] ?? ""]).status
                == .notModified
        )
        #expect(try await scene.ask(.head, Self.index).headers[.contentLength] == "\(index.count)")
        let base = "http://conda.example.org/main/linux-64/"
        let shard = Digest.of(PlainRendering.shard).hex, sidecar = Digest.of(LocalChannel.sidecar).hex
        let other = Digest.of([]).hex
        let rules: [(String, Int)] = [
            ("repodata_shards.msgpack.zst", 404), ("repodata.json.bz2", 404),
            ("shards/\(shard).msgpack.zst", 200),
            ("shards/\(other).msgpack.zst", 404), ("a-1-0.conda.sigs.\(sidecar)", 200),
            ("a-1-0.conda.sigs.\(other)", 404), ("b-1-0.conda.sigs.\(sidecar)", 404),
            ("a-1-0.conda.sigs", 404),
            ("b-1-0.conda", 404), ("a-1-0.tar.bz2", 404),
        ]
        for (name, status) in rules {
            #expect(try await scene.ask(.get, base + name).status.code == status, "\(name)")
        }
    }

    @Test(
        "What the policy objects to is refused with its code, in at most 500 characters, and told in the log"
    )
    func refusals() async throws {
        let long = String(repeating: "why\n\u{1B}[31m ", count: 200)
        let changed = Finding("known-publisher", PolicyCode.publisherChanged, long)
        let hidden = try ProxyScene(hidden: [ProxyScene.package: changed])
        let refused = try ProxyScene()
        refused.channel { $0.objections = [ProxyScene.package: changed] }
        for scene in [hidden, refused] {
            let answer = try await scene.ask(.get, ProxyScene.whole)
            let text = String(buffer: answer.body)
            #expect(answer.status == .forbidden)
            #expect(answer.headers[.contentType] == "text/plain; charset=utf-8")
            #expect(answer.headers[.cacheControl] == "no-store")
            #expect(text.hasPrefix("kingsnake refused linux-64/a-1-0.conda: why"))
            #expect(text.split(separator: "\n")[1] == "code: known-publisher.changed")
            #expect(text.count <= 500 && !text.contains("\u{1B}"))
            #expect(scene.lines.all.contains { $0.contains("code=known-publisher.changed") })
            #expect(scene.tally.summary.refused.first?.kind == .policy)
            #expect(scene.tally.summary.exitStatus == 1)
            #expect(scene.tally.summary.admitted.isEmpty)
            #expect(scene.tally.metrics.text.contains(#"refused_total{code="known-publisher.changed"} 1"#))
        }
        #expect(hidden.channel.behaviour.withLock { $0.admissions } == 0)
        let sidecar = "\(ProxyScene.whole).sigs.\(Digest.of(LocalChannel.sidecar).hex)"
        #expect(try await hidden.ask(.get, sidecar).status == .forbidden)
    }

    @Test(
        "Whoever shows a token gets a channel of their own at the channel’s own address, and no log shows it"
    )
    func bearer() async throws {
        let url = try ChannelURL("https://h/a"), mirror = try ChannelURL("https://m/a")
        let known = [ProxiedChannel(url, mirrors: [mirror])]
        let made = SharedList()
        let folder = try TemporaryFolder()
        let channels = ProxyChannels(known, acceptsAny: true) { wanted in
            made.add("\(wanted.bearer?.secret ?? "-") \(wanted.mirrors.count) \(wanted.isPrivate)")
            return try LocalChannel(wanted.url, [], in: folder)
        }
        for token in ["one", "two", "one", nil] {
            for channel in [url, try ChannelURL("https://other/a")] {
                let address = ProxyAddress(
                    channel: channel,
                    bearer: token.flatMap { BearerToken($0) },
                    file: .notices,
                    isForwarded: false
                )
                let meant = try channels.meant(by: address)
                #expect(meant.hasCredentials == (token != nil))
                _ = try await channels.instance(of: meant)
            }
        }
        #expect(
            made.all == [
                "one 0 true", "one 0 true", "two 0 true", "two 0 true", "- 1 false", "- 0 false",
            ]
        )
        let scene = try ProxyScene()
        let answer = try await scene.ask(.get, ProxyScene.whole, [.authorization: "Bearer hidden"])
        #expect(answer.headers[.cacheControl] == "private, max-age=31536000, immutable")
        #expect(!scene.lines.all.contains { $0.contains("hidden") })
        let status = String(buffer: try await scene.ask(.get, "/_kingsnake/status").body)
        #expect(status.contains("a-1-0.conda") && !status.contains("hidden"))
    }

    @Test(
        "A channel that is asked for by its name has what the settings say of it, its own credentials and mirrors"
    )
    func settingsCredentials() throws {
        let url = try ChannelURL("https://me:pass@h/a")
        let channels = ProxyChannels(
            [ProxiedChannel(url, mirrors: [try ChannelURL("https://m/a")])],
            acceptsAny: false
        ) { _ in throw CancellationError() }
        func meant(_ text: String) throws -> ProxiedChannel {
            let channel = try ChannelURL(text)
            return try channels.meant(
                by: ProxyAddress(channel: channel, file: .notices, isForwarded: false)
            )
        }
        #expect(try meant("https://me:pass@h/a").mirrors.count == 1)
        #expect(try meant("https://h/a").url.textWithCredentials == url.textWithCredentials)
        #expect(try !meant("https://h/a").isPrivate)
        let other = try meant("https://me:other@h/a")
        #expect(other.isPrivate && other.mirrors.isEmpty)
    }

    @Test(
        "That a channel’s server refuses access is a refusal with what to do, and never that there is nothing"
    )
    func denied() async throws {
        for status in [401, 403] {
            let scene = try ProxyScene()
            let cause = TransferFault.status(status)
            scene.channel { $0.viewError = Failure(.network, "no", at: "https://h/a", cause: cause) }
            for target in [Self.index, ProxyScene.whole] {
                let answer = try await scene.ask(.get, target)
                #expect(answer.status == .forbidden)
                let text = String(buffer: answer.body)
                #expect(text.contains("\ncode: proxy.access-refused\n") && text.contains("credentials"))
            }
            #expect(scene.tally.summary.failures == 0 && scene.tally.summary.exitStatus == 0)
        }
    }

    @Test("Bad evidence is refused with its code; what could not be found out is 503 and no refusal")
    func errors() async throws {
        let scene = try ProxyScene()
        scene.channel {
            $0.viewError = Refusal(CoreCode.digestMismatch, "the index", expected: "a", found: "b")
        }
        let refused = try await scene.ask(.get, Self.index)
        #expect(refused.status == .forbidden)
        #expect(String(buffer: refused.body).contains("\ncode: digest.mismatch\n"))
        #expect(scene.tally.summary.exitStatus == 3)
        scene.channel {
            $0.viewError = Failure(.network, "no mirror answers", at: "https://conda.example.org")
        }
        let failed = try await scene.ask(.get, ProxyScene.whole)
        #expect(failed.status == .serviceUnavailable)
        #expect(failed.headers[.retryAfter] == "5")
        #expect(String(buffer: failed.body).hasPrefix("kingsnake could not find out: no mirror answers"))
        scene.channel { $0.viewError = Failure(.disk, "no space", at: "/secret/place") }
        #expect(!String(buffer: try await scene.ask(.get, Self.index).body).contains("secret"))
        #expect(scene.tally.summary.failures == 2)
        // It heals as soon as what is behind it does.
        scene.channel { $0.viewError = nil }
        #expect(try await scene.ask(.get, Self.index).status == .ok)
    }

    @Test(
        "Altered bytes are never sent, and an admitted package that is gone from the cache is fetched again"
    )
    func bytes() async throws {
        let scene = try ProxyScene()
        try scene.folder.write([1], to: "linux-64/a-1-0.conda")
        let answer = try await scene.ask(.get, ProxyScene.whole)
        #expect(answer.status == .forbidden)
        #expect(String(buffer: answer.body).contains("digest.mismatch"))
        try scene.folder.write(scene.bytes, to: "linux-64/a-1-0.conda")
        #expect(try await scene.ask(.get, ProxyScene.whole).status == .ok)
    }

    @Test("Where upstream did not answer, what is served says so")
    func stale() async throws {
        let scene = try ProxyScene()
        #expect(try await scene.ask(.get, Self.index).headers[HTTPField.Name("Kingsnake-Stale")!] == nil)
        scene.channel { $0.isStale = true }
        for target in [Self.index, ProxyScene.whole] {
            let answer = try await scene.ask(.get, target)
            #expect(answer.status == .ok)
            #expect(answer.headers[HTTPField.Name("Kingsnake-Stale")!] == "2027-01-15T08:00:00Z")
            #expect(answer.headers[HTTPField.Name("Warning")!]?.hasPrefix("110 kingsnake ") == true)
        }
        #expect(scene.tally.summary.lines.contains { $0.contains("did not answer; its last") })
    }

    @Test("Where upstream showed something bad, the summary has its code, until upstream is well again")
    func untaken() async throws {
        let scene = try ProxyScene()
        let bad = Refusal(ProxyCode.loop, "timestamp metadata", found: "version 1")
        ProxyReport(scene.proxy.logger, scene.tally).write(bad, of: scene.channel.url)
        scene.channel { $0.isStale = true }
        _ = try await scene.ask(.get, Self.index)
        let lines = scene.tally.summary.lines
        #expect(lines.contains { $0.contains("shows nothing newer that is good; its last") })
        let name = "refused `timestamp metadata` of `https://conda.example.org/main`: "
        #expect(lines.contains { $0.hasPrefix(name) && $0.hasSuffix(", found version 1 [proxy.loop]") })
        let told = scene.tally.summary.json["channels"]?.array?.first?.object
        #expect(told?["code"] == "proxy.loop" && told?["why"]?.string?.hasSuffix("found version 1") == true)
        scene.channel { $0.isStale = false }
        _ = try await scene.ask(.get, Self.index)
        #expect(!scene.tally.summary.lines.contains { $0.hasPrefix("refused") })
    }

    @Test(
        "Whoever shows credentials gets a channel of their own, by which nobody else is answered, and no log shows them"
    )
    func credentials() async throws {
        let scene = try ProxyScene()
        let fields: HTTPFields = [.authorization: "Basic \(Base64.text("me:hidden"))"]
        for _ in 0..<2 {
            let answer = try await scene.ask(.get, ProxyScene.whole, fields)
            #expect(answer.headers[.cacheControl] == "private, max-age=31536000, immutable")
        }
        _ = try await scene.ask(.get, ProxyScene.whole)
        _ = try await scene.ask(.get, "/t/hidden\(ProxyScene.path)")
        _ = try await scene.ask(.get, "http://me:hidden@conda.example.org/main/linux-64/x")
        _ = try await scene.ask(.get, "http://conda.example.org/t/hidden/other/linux-64/repodata.json")
        _ = try await scene.ask(.get, "/t/hidden/%2e%2e/x")
        #expect(
            scene.made.all == [
                "https://me:hidden@conda.example.org/main", "https://conda.example.org/main",
                "https://conda.example.org/t/hidden/main",
            ]
        )
        #expect(!scene.lines.all.contains { $0.contains("hidden") })
        let status = String(buffer: try await scene.ask(.get, "/_kingsnake/status").body)
        #expect(status.contains("a-1-0.conda") && !status.contains("hidden"))
    }

    @Test("By which address a channel is asked for decides which one is meant")
    func meant() async throws {
        let known = [
            ProxiedChannel(try ChannelURL("https://h/a"), mirrors: [try ChannelURL("https://m/a")]),
            ProxiedChannel(try ChannelURL("http://h/b")), ProxiedChannel(try ChannelURL("https://h/b")),
        ]
        func meant(_ target: String, any: Bool) throws -> String {
            let channels = ProxyChannels(known, acceptsAny: any) { _ in throw CancellationError() }
            let place = ProxyPlace(host: "127.0.0.1", port: 1)
            guard case .file(let address) = try ProxyTarget(target, host: "127.0.0.1", login: nil, at: place)
            else {
                return "own"
            }
            let channel = try channels.meant(by: address)
            return ([channel.url] + channel.mirrors).map(\.textWithCredentials).joined(separator: " ")
        }
        let end = "/linux-64/repodata.json"
        #expect(try meant("http://h/a" + end, any: false) == "https://h/a https://m/a")
        #expect(try meant("http://h/b" + end, any: false) == "http://h/b")
        #expect(try meant("/c/https/h/b" + end, any: false) == "https://h/b")
        // Credentials are for the channel's own host, not for its mirrors.
        #expect(try meant("http://h/t/TOKEN/a" + end, any: false) == "https://h/t/TOKEN/a")
        for target in ["http://h/c", "/c/http/h/a", "/c/https/m/a"] {
            #expect(refusalCode { try meant(target + end, any: false) } == "proxy.unknown-channel")
        }
        #expect(try meant("http://h.example.org/c" + end, any: true) == "https://h.example.org/c")
        for plain in ["http://127.0.0.1:80/c", "http://localhost/c", "http://192.0.2.1/c", "http://h:8080/c"]
        {
            #expect(try meant(plain + end, any: true) == (try ChannelURL(plain)).identity)
        }
        #expect(try meant("/c/http/h.example.org/c" + end, any: true) == "http://h.example.org/c")
    }

    @Test("A channel that could not be opened is tried again by the next who asks")
    func opening() async throws {
        let attempts = SharedList()
        let channels = ProxyChannels([], acceptsAny: true) { wanted in
            attempts.add(wanted.url.identity)
            throw Failure(.network, "not now")
        }
        for _ in 0..<2 {
            await #expect(throws: Failure.self) {
                try await channels.instance(of: ProxiedChannel(try ChannelURL("https://h/a")))
            }
        }
        #expect(attempts.all.count == 2)
    }

    @Test("Notices are passed on within bounds, and a channel that has none has an empty list")
    func notices() async throws {
        let target = "http://conda.example.org/main/notices.json"
        let none = try await ProxyScene().ask(.get, target)
        #expect(none.status == .ok && String(buffer: none.body) == #"{"notices": []}"#)
        let texts = [
            #"{"notices":[{"message":"x\n\ty"}]}"#, "<html>", "[]", #"{"notices":1}"#,
            #"{"notices":[{"message":"x\u001b[2K"}]}"#, #"{"notices":[{"message":"\u009b2K"}]}"#,
        ]
        for (number, text) in texts.enumerated() {
            let scene = try ProxyScene(notices: ProxyNotices(OneText(text)))
            let answer = String(buffer: try await scene.ask(.get, target).body)
            #expect(answer == (number == 0 ? text : #"{"notices": []}"#))
        }
    }

    @Test("The proxy says how it is, in numbers and words, and its decisions only to this machine")
    func ownPages() async throws {
        let scene = try ProxyScene()
        scene.channel { $0.voucher = nil }
        _ = try await scene.ask(.get, ProxyScene.whole)
        #expect(String(buffer: try await scene.ask(.get, "/_kingsnake/health").body) == "alive\n")
        let metrics = String(buffer: try await scene.ask(.get, "/_kingsnake/metrics").body)
        #expect(metrics.contains(#"kingsnake_proxy_admitted_total{evidence="observed"} 1"#))
        let bytes = Array(try await scene.ask(.get, "/_kingsnake/status").body.readableBytesView)
        let status = try #require(try JSONReader.read(bytes, of: "status").object)
        #expect(status["admitted"]?.array?.first?.object?["evidence"]?.string == "observed")
        #expect(scene.tally.summary.lines.first == "passed on 1 package: 1 only observed")
        #expect(try await scene.ask(.get, "/_kingsnake/other").status == .forbidden)
        let pages = ProxyOwnPages(tally: scene.tally)
        #expect(refusalCode { try pages.answer(["status"], from: "192.0.2.1") } == "proxy.not-a-channel-file")
        #expect(throws: Never.self) { _ = try pages.answer(["health"], from: "192.0.2.1") }
    }
}

/// Answers every request with one text.
private struct OneText: Fetcher {
    let text: String

    init(_ text: String) { self.text = text }

    func fetch(_ request: FetchRequest, receive: (UnsafeRawBufferPointer) throws -> Void) async throws
        -> FetchOutcome
    {
        try Array(text.utf8).withUnsafeBytes { try receive($0) }
        return .complete
    }
}
