// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

import CondaFormats
import Foundation
import TestSupport
import Testing
import TrustCore

@testable import Gatekeeper

@Suite("The trust store")
struct TrustStoreTests {
    let folder: TemporaryFolder
    let store: TrustStore
    let root = Array("a root".utf8)
    let now = ChannelFixture.start

    init() throws {
        folder = try TemporaryFolder()
        store = TrustStore(directory: folder.path + "/home")
    }

    @discardableResult
    private func add(_ url: String, mirrors: [String] = [], root: [UInt8]? = nil) throws -> TrustedChannel {
        try store.add(
            ChannelURL(url),
            mirrors: mirrors.map { try ChannelURL($0) },
            root: root ?? self.root,
            origin: .file,
            now: now
        )
    }

    private func folders() throws -> [String] {
        try FileManager.default.contentsOfDirectory(atPath: store.directory + "/channels").sorted()
    }

    @Test("An empty store, and one that does not exist, know no channel")
    func knowsNothing() throws {
        #expect(try store.channels().isEmpty)
        #expect(try store.channel(ChannelURL("https://a.example/x")) == nil)
        #expect(try !store.remove(ChannelURL("https://a.example/x")))
    }

    @Test("What was pinned is read back as it was given")
    func readsBack() throws {
        try add("https://a.example/x", mirrors: ["https://m.example/x", "file:///srv/x"])
        let channel = try #require(try store.channel(ChannelURL("https://a.example/x")))
        #expect(channel.url.identity == "https://a.example/x")
        #expect(channel.mirrors.map(\.identity) == ["https://m.example/x", "file:///srv/x"])
        #expect(channel.sources == channel.mirrors)
        #expect(channel.pinnedRoot == root && channel.rootDigest == Digest.of(root))
        #expect(channel.origin == .file && channel.added == now)
    }

    @Test("Without mirrors the channel itself is where to fetch from")
    func fetchesFromItself() throws {
        #expect(try add("https://a.example/x").sources.map(\.identity) == ["https://a.example/x"])
    }

    @Test("A mirror's URL answers for its channel, but a channel of that URL comes first")
    func mirrorsAnswer() throws {
        try add("https://a.example/x", mirrors: ["https://m.example/x"])
        let mirror = try ChannelURL("https://m.example/x")
        #expect(try store.channel(mirror)?.url.identity == "https://a.example/x")
        try add("https://m.example/x")
        #expect(try store.channel(mirror)?.url.identity == "https://m.example/x")
    }

    @Test("The same root again changes mirrors and credentials; another root is refused and changes nothing")
    func pinsOnce() throws {
        try add("https://a.example/x")
        try add("https://user:secret@a.example/x", mirrors: ["https://m.example/x"])
        #expect(try store.channels().count == 1)
        let code = refusalCode { try add("https://a.example/x", mirrors: [], root: [9]) }
        #expect(code == "trust.already-pinned")
        let channel = try #require(try store.channels().first)
        #expect(channel.pinnedRoot == root && channel.mirrors.count == 1)
        #expect(channel.url.textWithCredentials == "https://user:secret@a.example/x")
    }

    @Test("The same root again drops no mirrors or credentials, and weakens no origin")
    func keepsWhatWasSaid() throws {
        func pin(_ url: String, _ mirrors: [String], _ origin: TrustedChannel.Origin, day: Int) throws
            -> TrustedChannel
        {
            try store.add(
                ChannelURL(url),
                mirrors: mirrors.map { try ChannelURL($0) },
                root: root,
                origin: origin,
                now: now.advanced(byDays: day)
            )
        }
        let address = "https://user:secret@a.example/x"
        let first = try pin(address, ["https://m.example/x"], .firstUse, day: 0)
        #expect(first.origin == .firstUse)
        let confirmed = try pin("https://a.example/x", [], .digest, day: 1)
        #expect(confirmed.origin == .digest && confirmed.added == now.advanced(byDays: 1))
        for origin in [TrustedChannel.Origin.firstUse, .file] {
            let again = try pin("https://a.example/x", [], origin, day: 2)
            #expect(again.origin == .digest && again.added == confirmed.added)
            #expect(again.mirrors.map(\.identity) == ["https://m.example/x"])
            #expect(again.url.textWithCredentials == address)
        }
    }

    @Test("A mirror's URL neither removes nor replaces the pin of the channel that it mirrors")
    func mirrorsAreNoNames() throws {
        try add("https://a.example/x", mirrors: ["https://m.example/x"])
        let mirror = try ChannelURL("https://m.example/x")
        #expect(try !store.remove(mirror))
        #expect(try store.channel(mirror)?.url.identity == "https://a.example/x")
        // A channel of its own, with a root of its own.
        try add("https://m.example/x", root: [9])
        #expect(try store.channels().map(\.pinnedRoot) == [root, [9]])
        #expect(try store.remove(mirror))
        #expect(try store.channels().map(\.url.identity) == ["https://a.example/x"])
    }

    @Test("After an explicit removal another root can be pinned, and nothing of the old one is left")
    func removesAndAddsAgain() throws {
        let first = try add("https://a.example/x")
        try folder.write([1], to: "home/channels/\(try folders()[0])/metadata/timestamp.json")
        #expect(try store.remove(ChannelURL("https://a.example/x")))
        #expect(try store.channels().isEmpty && folders().isEmpty)
        let second = try add("https://a.example/x", root: [9])
        #expect(second.pinnedRoot == [9] && second.directory == first.directory)
    }

    @Test("A removal that was interrupted after its first step leaves nothing for the next root")
    func interruptedRemoval() throws {
        let channel = try add("https://a.example/x")
        try folder.write([1], to: "home/channels/\(try folders()[0])/metadata/timestamp.json")
        try FileManager.default.removeItem(atPath: channel.directory + "/channel.json")
        #expect(try store.channels().isEmpty)
        try add("https://a.example/x", root: [9])
        #expect(!FileManager.default.fileExists(atPath: channel.metadataDirectory))
    }

    @Test("A root that was altered or lost on disk is refused, for its own channel only")
    func damagedPin() throws {
        let damaged = try add("https://a.example/x")
        try add("https://b.example/y")
        for spoil in [{ try Data([1]).write(to: $0) }, { try FileManager.default.removeItem(at: $0) }] {
            try spoil(URL(fileURLWithPath: damaged.directory + "/root.json"))
            #expect(
                refusalCode { try store.channel(ChannelURL("https://a.example/x")) } == "trust.pin-damaged"
            )
            #expect(refusalCode { try store.channels() } == "trust.pin-damaged")
            #expect(try store.channel(ChannelURL("https://b.example/y"))?.pinnedRoot == root)
        }
        // Not by pinning another one either; only by the explicit word.
        #expect(refusalCode { try add("https://a.example/x", root: [9]) } == "trust.pin-damaged")
        #expect(try store.remove(ChannelURL("https://a.example/x")))
        #expect(try store.channels().count == 1)
    }

    @Test("Settings that were damaged are refused")
    func damagedSettings() throws {
        let channel = try add("https://a.example/x")
        let path = URL(fileURLWithPath: channel.directory + "/channel.json")
        let text = try String(contentsOf: path, encoding: .utf8)
        let cases: [(old: String, new: String, code: String)] = [
            ("{", "{{", "json.syntax"), ("\"file\"", "\"hearsay\"", "json.shape"),
            (now.description, "yesterday", "json.shape"), ("https://a", "gopher://a", "name.channel-url"),
            (Digest.of(root).hex, Digest.of([9]).hex, "trust.pin-damaged"),
            (Digest.of(root).hex, "", "trust.pin-damaged"), ("\"schema\": 1", "\"schema\": 2", "json.shape"),
            ("https://a", "https://c", "trust.pin-damaged"),
        ]
        try add("https://b.example/y", mirrors: ["https://m.example/y"])
        for (old, new, code) in cases {
            let range = try #require(text.range(of: old))
            try text.replacingCharacters(in: range, with: new).write(
                to: path,
                atomically: true,
                encoding: .utf8
            )
            #expect(refusalCode { try store.channel(ChannelURL("https://a.example/x")) } == code)
            // Nothing but its own channel is blocked by it.
            for url in ["https://b.example/y", "https://m.example/y"] {
                #expect(try store.channel(ChannelURL(url))?.url.identity == "https://b.example/y")
            }
            #expect(try store.channel(ChannelURL("https://unknown.example/x")) == nil)
            #expect(try store.readings().contains { (try? $0.channel.get())?.pinnedRoot == root })
        }
        #expect(refusalCode { try add("https://a.example/x", root: [9]) } == "trust.pin-damaged")
        try Data("{{".utf8).write(to: path)
        #expect(refusalCode { try store.channels() } == "json.syntax")
        #expect(try store.readings().map(\.folder).last == channel.directory)
        #expect(try store.remove(ChannelURL("https://a.example/x")))
        #expect(try store.channels().map(\.url.identity) == ["https://b.example/y"])
    }

    @Test(
        "Whatever the URL, its folder is a plain name of its own inside the store",
        arguments: [
            "https://a.example/..%2Fx", "https://a.example/%2E%2E", "file:///srv/ä/ö", "http://[::1]:8080/x",
            "https://a.example/" + String(repeating: "long/", count: 200), "https://a.example/x%20y",
            "https://A.EXAMPLE",
            "https://a.example/t/TOKEN/x",
        ]
    )
    func folderNames(_ url: String) throws {
        guard (try? ChannelURL(url)) != nil else {
            #expect(refusalCode { try add(url) } == "name.channel-url")
            return
        }
        try add(url)
        let name = try #require(try folders().first)
        #expect(name.utf8.count <= 80)
        #expect(
            name.utf8.allSatisfy {
                $0 == 0x2D || $0 == 0x2E || UnicodeScalar($0).properties.isAlphabetic
                    || (0x30...0x39).contains($0)
            }
        )
        #expect(!name.hasPrefix("."))
        #expect(try store.channels().count == 1)
    }

    @Test("URLs that look the same as folder names do not share one")
    func foldersDiffer() throws {
        for url in [
            "https://a.example/x-y", "https://a.example/x/y", "https://a.example/x_y", "http://a.example/x/y",
        ] {
            try add(url, root: Array(url.utf8))
        }
        #expect(try folders().count == 4)
        #expect(Set(try store.channels().map(\.pinnedRoot)).count == 4)
    }

    @Test("Credentials are kept for fetching, in a file for the user alone, and in no description")
    func credentials() throws {
        let channel = try add(
            "https://user:secret@a.example/x",
            mirrors: ["https://m.example/t/secret-token/x"]
        )
        #expect(channel.sources[0].textWithCredentials.contains("secret-token"))
        let path = channel.directory + "/channel.json"
        let mode = try FileManager.default.attributesOfItem(atPath: path)[.posixPermissions] as? Int
        #expect(mode == 0o600)
        let folderMode =
            try FileManager.default.attributesOfItem(atPath: channel.directory)[.posixPermissions] as? Int
        #expect(folderMode == 0o700)
        var dumped = ""
        dump(channel, to: &dumped)
        let error = #expect(throws: Refusal.self) { try add("https://user:secret@a.example/x", root: [9]) }
        let texts = [
            "\(channel)", String(reflecting: channel), dumped, "\(channel.url)", "\(channel.mirrors)",
            "\(String(describing: error))", try folders().joined(),
        ]
        for text in texts { #expect(!text.contains("secret")) }
    }
}
