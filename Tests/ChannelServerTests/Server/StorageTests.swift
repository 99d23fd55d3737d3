// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

import CondaFormats
import Testing
import TrustCore

@testable import ChannelServer

@Suite("What the server stores")
struct StorageTests {
    @Test("A file that was taken in is there, stale until its index is made, and its name is taken")
    func file() async throws {
        let scene = try ServerScene()
        let channel = try await scene.channel("main")
        let file = HostedFile(
            channel: channel.id,
            subdir: .noarch,
            fileName: try ArchiveFileName("a-1-0.conda"),
            sha256: Digest.of([1]),
            size: 1,
            record: Array("{}".utf8),
            publisher: FilePublisher(.user, "alice"),
            acceptedAt: 1_800_000_000_000,
            logIndex: 0
        )
        try await scene.database.write { try $0.insert(file) }
        let (found, stale) = try await scene.database.read { transaction in
            (
                try transaction.file(file.fileName, in: .noarch, of: channel.id),
                try transaction.staleSubdirs()
            )
        }
        #expect(found == file)
        #expect(stale.map(\.subdir) == [.noarch])
        #expect(stale.first?.packages == [file.fileName.name])
        try await scene.database.write { transaction in
            for stale in try transaction.staleSubdirs() { try transaction.clearStale(stale) }
        }
        #expect(try await scene.database.read { try $0.staleSubdirs() }.isEmpty)
        await #expect { try await scene.database.write { try $0.insert(file) } } throws: { error in
            (error as? Refusal)?.is(ServerCode.fileExists) ?? false
        }
    }

    @Test("A blob that was put is there under its digest, once")
    func blob() async throws {
        let scene = try ServerScene()
        let digest = try await scene.blobs.put([1, 2, 3])
        #expect(try await scene.blobs.put([1, 2, 3]) == digest)
        #expect(try await scene.blobs.bytes(of: digest, maximumLength: 10) == [1, 2, 3])
        #expect(try await scene.blobs.all() == [digest])
    }
}
