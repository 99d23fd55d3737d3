// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

import CondaFormats
import TestSupport
import Testing
import TrustCore

@testable import ChannelServer

@Suite("Quotas")
struct QuotaTests {
    private static func file(_ number: Int, of channel: HostedChannel, size: UInt64) throws -> HostedFile {
        HostedFile(
            channel: channel.id,
            subdir: .noarch,
            fileName: try ArchiveFileName("a-\(number)-0.conda"),
            sha256: Digest.of([UInt8(number)]),
            size: size,
            record: Array("{}".utf8),
            publisher: FilePublisher(.user, "alice"),
            acceptedAt: 1_800_000_000_000,
            logIndex: Int64(number)
        )
    }

    /// Puts a file in as an upload does.
    private static func put(_ scene: AccessScene, _ number: Int, _ channel: HostedChannel, _ size: UInt64)
        async throws
    {
        let quotas = scene.scene.parts.quotas
        try await scene.database.write { transaction in
            let file = try file(number, of: channel, size: size)
            try quotas.demand(size, in: channel, for: file.publisher, transaction)
            try transaction.insert(file)
        }
    }

    @Test("The sums follow what is put in, yanked, removed and put back")
    func sums() async throws {
        let scene = try AccessScene()
        let channel = try await scene.scene.channel("main"), other = try await scene.scene.channel("other")
        let usage = { try await scene.database.read { try $0.usage(of: channel.id) } }
        #expect(try await usage() == ChannelUsage())
        try await Self.put(scene, 1, channel, 100)
        try await Self.put(scene, 2, channel, 30)
        try await Self.put(scene, 3, other, 5)
        #expect(try await usage() == ChannelUsage(bytes: 130, files: 2))
        let states: [(HostedFile.State, Int64, Int64)] = [
            (.yanked, 130, 2), (.removed, 30, 1), (.removed, 30, 1), (.listed, 130, 2), (.yanked, 130, 2),
        ]
        for (state, bytes, files) in states {
            try await scene.database.write { transaction in
                var file = try Self.file(1, of: channel, size: 100)
                file.state = state
                try transaction.update(file)
            }
            #expect(try await usage() == ChannelUsage(bytes: bytes, files: files))
        }
        let whole = try await scene.database.read {
            try $0.files(in: .noarch, of: channel.id, [.listed, .yanked])
        }
        #expect(whole.reduce(0) { $0 + $1.size } == 130)
    }

    @Test("What fits exactly is taken, a byte or a file more is not")
    func limits() async throws {
        let scene = try AccessScene(quota: ChannelQuota(bytes: 100, files: 3))
        let channel = try await scene.scene.channel("main")
        #expect(await refusalCode { try await Self.put(scene, 1, channel, 101) } == "access.quota-exceeded")
        #expect(await refusalCode { try await Self.put(scene, 1, channel, .max) } == "access.quota-exceeded")
        try await Self.put(scene, 1, channel, 60)
        #expect(await refusalCode { try await Self.put(scene, 2, channel, 41) } == "access.quota-exceeded")
        try await Self.put(scene, 2, channel, 40)
        try await Self.put(scene, 3, channel, 0)
        #expect(await refusalCode { try await Self.put(scene, 4, channel, 0) } == "access.quota-exceeded")
    }

    @Test("What an administrator says for a channel counts before what is said for all")
    func ofChannel() async throws {
        let scene = try AccessScene(quota: ChannelQuota(bytes: 10))
        let channel = try await scene.scene.channel("main")
        let set = { (quota: ChannelQuota) in
            try await scene.database.write { try $0.setQuota(quota, of: channel.id) }
        }
        #expect(await refusalCode { try await Self.put(scene, 1, channel, 11) } == "access.quota-exceeded")
        try await set(ChannelQuota(bytes: ChannelQuota.endless))
        try await Self.put(scene, 1, channel, 1 << 62)
        #expect(
            await refusalCode { try await Self.put(scene, 2, channel, 1 << 62) } == "access.quota-exceeded"
        )
        try await set(ChannelQuota())
        #expect(await refusalCode { try await Self.put(scene, 2, channel, 1) } == "access.quota-exceeded")
        try await set(ChannelQuota(bytes: 5))
        #expect(await refusalCode { try await Self.put(scene, 2, channel, 1) } == "access.quota-exceeded")
    }
}
