// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

import CondaFormats
import ContentTrust
import Foundation
import TestSupport
import Testing
import TrustCore
import TrustPolicy

@testable import Gatekeeper

@Suite("Roots of content trust in the trust store")
struct ContentTrustStoreTests {
    let folder: TemporaryFolder
    let store: TrustStore
    let now = ChannelFixture.start

    init() throws {
        folder = try TemporaryFolder()
        store = TrustStore(directory: folder.path + "/home")
    }

    private let address = "https://a.example/x"

    @discardableResult
    private func pin(
        _ root: [UInt8],
        as url: String? = nil,
        mirrors: [String] = [],
        metadata: String? = nil,
        day: Int = 0
    ) throws -> TrustedChannel {
        try store.add(
            ChannelURL(url ?? address),
            mirrors: mirrors.map { try ChannelURL($0) },
            contentTrust: ContentTrustPin(file: root, metadataURL: metadata.map { try ChannelURL($0) }),
            now: now.advanced(byDays: day)
        )
    }

    private func pin(tuf root: [UInt8]) throws {
        try store.add(ChannelURL(address), mirrors: [], root: root, origin: .file, now: now)
    }

    private func settings(of channel: TrustedChannel) throws -> JSONObject {
        let path = channel.directory + "/channel.json"
        let bytes = Array(try Data(contentsOf: URL(fileURLWithPath: path)))
        return try #require(JSONReader.read(bytes, of: path).object)
    }

    private func write(_ settings: JSONObject, of channel: TrustedChannel) throws {
        try TemporaryFolder.write(
            JSONWriter.encode(.object(settings)),
            to: channel.directory + "/channel.json"
        )
    }

    @Test("What was pinned is read back as it was given, credentials included")
    func readsBack() async throws {
        let root = try await ContentTrustFixture(packages: []).root
        try pin(
            root,
            mirrors: ["https://m.example/x"],
            metadata: "https://user:secret@trust.example/repo"
        )
        let channel = try #require(try store.channel(ChannelURL("https://m.example/x")))
        #expect(channel.url.identity == address && channel.pin == .records)
        #expect(channel.pinnedRoot == nil && channel.rootDigest == nil)
        let anchor = try #require(channel.contentTrust)
        #expect(anchor.root == root && anchor.rootDigest == Digest.of(root) && anchor.added == now)
        #expect(anchor.metadataURL?.textWithCredentials == "https://user:secret@trust.example/repo")
        #expect(anchor.metadataURL?.description == "https://***@trust.example/repo")
    }

    @Test("Another root never replaces a pin in passing, of either kind, and a refused one changes nothing")
    func alreadyPinned() async throws {
        let root = try await ContentTrustFixture(packages: []).root
        let other = try await ContentTrustFixture(packages: []).root
        let tuf = try await ChannelFixture(packages: [])
        try pin(root)
        #expect(refusalCode { try pin(other) } == "trust.already-pinned")
        try pin(tuf: tuf.root)
        #expect(refusalCode { try pin(other) } == "trust.already-pinned")
        #expect(refusalCode { try pin(tuf: [9]) } == "trust.already-pinned")
        let channel = try #require(try store.channel(ChannelURL(address)))
        #expect(channel.pin == .indexAndRecords)
        #expect(channel.contentTrust?.root == root && channel.pinnedRoot == tuf.root)
        // Both in one step: if one is refused, neither is pinned.
        let both = try RootPin(file: tuf.root)
        let second = try ChannelURL("https://b.example/y")
        try store.add(second, mirrors: [], contentTrust: ContentTrustPin(file: root), now: now)
        let code = refusalCode {
            try store.add(
                second,
                mirrors: [],
                contentTrust: ContentTrustPin(file: other),
                tuf: both,
                now: now
            )
        }
        #expect(code == "trust.already-pinned")
        #expect(try store.channel(second)?.pin == .records)
        try store.add(second, mirrors: [], contentTrust: ContentTrustPin(file: root), tuf: both, now: now)
        #expect(try store.channel(second)?.pin == .indexAndRecords)
    }

    @Test("The same root again changes mirrors and addresses where new ones are given, and nothing else")
    func pinsAgain() async throws {
        let root = try await ContentTrustFixture(packages: []).root
        try pin(root, mirrors: ["https://m.example/x"], metadata: "https://t.example/a")
        let again = try pin(root, day: 3)
        #expect(again.mirrors.map(\.identity) == ["https://m.example/x"])
        #expect(again.contentTrust?.metadataURL?.identity == "https://t.example/a")
        #expect(again.contentTrust?.added == now && again.added == now)
        let moved = try pin(root, metadata: "https://t.example/b")
        #expect(moved.contentTrust?.metadataURL?.identity == "https://t.example/b")
        try pin(tuf: [9])
        let both = try #require(try store.channel(ChannelURL(address)))
        #expect(both.contentTrust?.metadataURL?.identity == "https://t.example/b")
    }

    @Test("A root that was swapped or lost on the disk is not the one that was pinned")
    func damaged() async throws {
        let root = try await ContentTrustFixture(packages: []).root
        let other = try await ContentTrustFixture(packages: []).root
        let channel = try pin(root)
        let path = channel.directory + "/content-trust-root.json"
        try TemporaryFolder.write(other, to: path)
        #expect(refusalCode { try store.channel(ChannelURL(address)) } == "trust.pin-damaged")
        #expect(refusalCode { try pin(root) } == "trust.pin-damaged")
        try FileManager.default.removeItem(atPath: path)
        #expect(refusalCode { try store.channel(ChannelURL(address)) } == "trust.pin-damaged")
    }

    @Test(
        "Settings of before are read as ever, and what older programs would take for less is of a newer schema"
    )
    func schema() async throws {
        let root = try await ContentTrustFixture(packages: []).root
        try pin(tuf: [9])
        let tuf = try #require(try store.channel(ChannelURL(address)))
        let before = try settings(of: tuf)
        #expect(before["schema"]?.integer == 1 && before["content_trust"] == nil)
        let both = try pin(root)
        var after = try settings(of: both)
        #expect(after["schema"]?.integer == 2)
        // A demand that was taken out by hand, put in by hand, or is of a program that does not exist yet.
        after["content_trust"] = nil
        try write(after, of: both)
        #expect(refusalCode { try store.channel(ChannelURL(address)) } == "json.shape")
        after = try settings(of: try pin(root, as: "https://b.example/y"))
        after["schema"] = 1
        after["url"] = .string(address)
        try write(after, of: both)
        #expect(refusalCode { try store.channel(ChannelURL(address)) } == "json.shape")
        after["schema"] = 3
        try write(after, of: both)
        #expect(refusalCode { try store.channel(ChannelURL(address)) } == "json.shape")
        try write(before, of: both)
        #expect(try store.channel(ChannelURL(address))?.pin == .index)
    }

    @Test("Removal forgets everything, also what was verified; a new pin begins anew")
    func removes() async throws {
        var scene = try await ContentTrustScene()
        try await scene.fixture.rotate()
        #expect(try await scene.admit().package != nil)
        let directory = try scene.store.directory
        #expect(FileManager.default.fileExists(atPath: directory + "/2.root.json"))
        #expect(try scene.user.store.remove(scene.user.channel))
        #expect(!FileManager.default.fileExists(atPath: directory))
        #expect(try scene.user.store.channels().isEmpty)
    }

    @Test(
        "Anaconda's production root can be pinned, for newer ones follow after it has run out",
        .enabled(if: SharedData.isPresent, Comment(rawValue: SharedData.absence))
    )
    func production() throws {
        let root = try SharedData.bytes("conda/conda-trust-2026-03/anaconda-production-1.root.json")
        let channel = try pin(root, metadata: "https://repo.anaconda.example/repo")
        #expect(channel.pin == .records && channel.contentTrust?.root == root)
    }

    @Test("Only a root of metadata 0.6.0 that signs itself can be pinned")
    func onlyRoots() async throws {
        let fixture = try await ContentTrustFixture(packages: [])
        let tuf = try await ChannelFixture(packages: [])
        #expect(refusalCode { try ContentTrustPin(file: tuf.root) } == "content-trust.spec-version")
        #expect(refusalCode { try RootPin(file: fixture.root) } != nil)
        let manager = try fixture.folder.read("key_mgr.json")
        #expect(refusalCode { try ContentTrustPin(file: manager) } == "content-trust.type")
        let text = String(decoding: fixture.root, as: UTF8.self)
        let later = Array(text.replacing("\"version\": 1", with: "\"version\": 2").utf8)
        #expect(refusalCode { try ContentTrustPin(file: later) } == "content-trust.signatures")
        // mamba's other format, and an unknown one.
        let mamba = Array(#"{"signatures":{},"signed":{"_type":"root","spec_version":"1.0.17"}}"#.utf8)
        #expect(refusalCode { try ContentTrustPin(file: mamba) } == "content-trust.spec-version")
        let unknown = Array(text.replacing("\"0.6.0\"", with: "\"0.7.0\"").utf8)
        #expect(refusalCode { try ContentTrustPin(file: unknown) } == "content-trust.spec-version")
    }
}
