// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

import CondaFormats
import Gatekeeper
import TestSupport
import Testing
import TrustCore
import TrustPolicy

@testable import ChannelServer

@Suite("A policy that changes while a proxy runs")
struct PolicyInForceTests {
    private static let start = Timestamp(seconds: 1_800_000_000)
    private static func revoking(_ name: String) -> [UInt8] {
        Array("version: 1\nrevoked: [{match: \(name), reason: a stolen key}]\n".utf8)
    }

    private let folder: TemporaryFolder
    private var path: String { folder.path + "/policy.yaml" }

    init() throws { folder = try TemporaryFolder() }

    private func policy(_ text: [UInt8]?, mayBeAbsent: Bool = false) throws -> PolicyInForce {
        if let text { try folder.write(text, to: "policy.yaml") }
        return try PolicyInForce(path, mayBeAbsent: mayBeAbsent, now: Self.start)
    }

    private static func hides(_ name: String, _ policy: PolicyInForce) -> Bool {
        let file = ListedFile(
            channel: "https://conda.example.org/main",
            subdir: "noarch",
            fileName: "\(name)-1-0.conda",
            name: name,
            version: "1"
        )
        return !policy.policy.rules.findings(on: file, now: start).isEmpty
    }

    @Test("A change counts as soon as two looks saw the same, and not before")
    func changes() throws {
        let policy = try policy(Self.revoking("a"))
        #expect(Self.hides("a", policy) && !Self.hides("b", policy))
        #expect(policy.look(at: Self.start) == nil)
        try folder.write(Self.revoking("x"), to: "policy.yaml")
        #expect(policy.look(at: Self.start) == nil)
        try folder.write(Self.revoking("b"), to: "policy.yaml")
        #expect(policy.look(at: Self.start) == nil)
        #expect(Self.hides("a", policy) && !Self.hides("b", policy))
        let later = Self.start.advanced(bySeconds: 60)
        let standing = try #require(policy.look(at: later))
        #expect(standing.trouble == nil && standing.since == later)
        #expect(standing.fingerprint == policy.policy.rules.fingerprint && policy.standing == standing)
        #expect(!Self.hides("a", policy) && Self.hides("b", policy))
        #expect(policy.policy.file?.rules.revocations.count == 1)
    }

    @Test(
        "A file that cannot be understood leaves the last good policy in force, and says so until it is mended",
        arguments: [
            Array("version: 1\nrevoked: [{match".utf8), [], Array("version: 1\n".utf8),
            Array("version: 1\nunknown: 1\n".utf8), [0xFF],
        ]
    )
    func broken(_ text: [UInt8]) throws {
        let policy = try policy(Self.revoking("a"))
        try folder.write(text, to: "policy.yaml")
        #expect(policy.look(at: Self.start) == nil)
        let broken = try #require(policy.look(at: Self.start.advanced(bySeconds: 5)))
        #expect(broken.trouble != nil && broken.since == Self.start)
        #expect(Self.hides("a", policy))
        // It is said once.
        #expect(policy.look(at: Self.start) == nil)
        #expect(policy.standing.trouble != nil)
        try folder.write(Self.revoking("a"), to: "policy.yaml")
        #expect(policy.look(at: Self.start) == nil)
        #expect(policy.look(at: Self.start.advanced(bySeconds: 9))?.trouble == nil)
        #expect(policy.standing.since == Self.start && Self.hides("a", policy))
    }

    @Test("A file that was named and is gone, or cannot be read, takes nothing away")
    func gone() throws {
        let policy = try policy(Self.revoking("a"))
        try folder.remove("policy.yaml")
        #expect(policy.look(at: Self.start) == nil)
        #expect(policy.look(at: Self.start)?.trouble?.contains("no such policy file") == true)
        #expect(Self.hides("a", policy))
        try folder.write([], to: "policy.yaml/file")
        #expect(policy.look(at: Self.start) == nil)
        #expect(policy.look(at: Self.start)?.trouble != nil)
        #expect(Self.hides("a", policy))
    }

    @Test("The user’s own policy is gone when its file is, and comes with it")
    func absence() throws {
        let policy = try policy(nil, mayBeAbsent: true)
        #expect(policy.policy.file == nil && !Self.hides("a", policy))
        try folder.write(Self.revoking("a"), to: "policy.yaml")
        #expect(policy.look(at: Self.start) == nil)
        #expect(policy.look(at: Self.start)?.trouble == nil)
        #expect(Self.hides("a", policy))
        try folder.remove("policy.yaml")
        // It may only be written anew.
        #expect(policy.look(at: Self.start) == nil)
        #expect(Self.hides("a", policy))
        #expect(policy.look(at: Self.start)?.trouble == nil)
        #expect(policy.policy.file == nil && !Self.hides("a", policy))
    }

    @Test("A proxy does not begin without the policy that it was told of")
    func beginning() throws {
        #expect(throws: Failure.self) { try policy(nil) }
        #expect(refusalCode { try policy(Array("version: 1\n".utf8)) } == "policy-file.empty")
    }

    @Test("Status, metrics and summary say that a policy cannot be read")
    func said() throws {
        let policy = try policy(Self.revoking("a"))
        let tally = ProxyTally(began: Self.start)
        tally.goes(by: policy.standing)
        let digest = policy.policy.rules.fingerprint.hex
        #expect(tally.summary.json["policy"]?.object?["sha256"]?.string == digest)
        #expect(tally.summary.json["policy"]?.object?["trouble"] == .null)
        #expect(tally.metrics.text.contains("kingsnake_proxy_policy_outdated 0"))
        try folder.write([0x7B], to: "policy.yaml")
        _ = policy.look(at: Self.start)
        tally.goes(by: try #require(policy.look(at: Self.start)))
        #expect(tally.metrics.text.contains("kingsnake_proxy_policy_outdated 1"))
        let trouble = try #require(tally.summary.json["policy"]?.object?["trouble"]?.string)
        #expect(trouble.contains("policy-file."))
        #expect(tally.summary.lines.contains { $0.contains("stays in force") && $0.contains(trouble) })
    }

    // MARK: Pins

    private static let url = "https://conda.example.org/main"

    @Test("A root that is pinned meanwhile counts, and one that is taken away leaves no observed channel")
    func pins() throws {
        let store = TrustStore(directory: folder.path + "/home")
        let policy = try policy(Self.revoking("a"))
        let pins = PinnedChannels(store, policy)
        let channel = ProxiedChannel(try ChannelURL(Self.url))
        #expect(try !pins.isPinned(channel))
        let observed = try pins.basis(of: channel)
        try store.add(channel.url, mirrors: [], root: [0x7B], origin: .file, now: Self.start)
        #expect(try pins.isPinned(channel))
        let pinned = try pins.basis(of: channel)
        #expect(pinned != observed)
        try folder.write(Self.revoking("b"), to: "policy.yaml")
        for _ in 0..<2 { _ = policy.look(at: Self.start) }
        #expect(try pins.basis(of: channel) != pinned)
        #expect(try store.remove(channel.url))
        #expect(refusalCode { try pins.isPinned(channel) } == "trust.channel-unknown")
    }

    @Test("A channel is opened anew where its basis changes or cannot be read, and else stays open")
    func basis() async throws {
        let made = SharedList(), basis = SharedList()
        let folder = folder
        let channels = ProxyChannels(
            [],
            acceptsAny: true,
            basis: { _ in
                guard basis.all.last != "broken" else { throw Failure(.disk, "not now") }
                return Digest.of(Array((basis.all.last ?? "").utf8))
            },
            make: { wanted in
                made.add(wanted.url.identity)
                return try LocalChannel(wanted.url, [], in: folder)
            }
        )
        let channel = ProxiedChannel(try ChannelURL(Self.url))
        func ask() async throws -> Int {
            _ = try await channels.instance(of: channel)
            return made.all.count
        }
        #expect(try await ask() == 1)
        await channels.lookAgain()
        #expect(try await ask() == 1)
        basis.add("pinned")
        #expect(try await ask() == 1)
        await channels.lookAgain()
        #expect(try await ask() == 2)
        basis.add("broken")
        await channels.lookAgain()
        #expect(try await ask() == 3)
        basis.add("pinned")
        await channels.lookAgain()
        #expect(try await ask() == 4)
    }
}
