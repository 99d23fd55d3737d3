// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

import Foundation
import Logging
import SigningKeys
import TestSupport
import Testing
import TrustCore

@testable import ChannelServer

@Suite("Publish logs as Python sees them", .enabled(if: Peers.arePresent, "\(Peers.absence)"))
struct PublishLogInteropTests {
    /// A log of so many entries, published in several steps.
    private static func log(_ sizes: [Int], in folder: TemporaryFolder) async throws
        -> (database: SQLiteDatabase, blobs: FileBlobStore, log: HostedLog, key: NoteKey)
    {
        let database = try SQLiteDatabase(at: folder.path + "/server.sqlite")
        let blobs = try FileBlobStore(directory: folder.path + "/blobs")
        let signer = try CheckpointSigner(folder: folder.path + "/publish-log")
        let log = try await database.write { try $0.publishLog(publicURL: "https://channels.example.org") }
        let publisher = LogPublisher(
            database: database,
            blobs: blobs,
            signer: signer,
            witnesses: nil,
            now: { Timestamp(seconds: 1_800_000_000) },
            logger: Logger(label: "test", factory: { _ in SwiftLogNoOpLogHandler() })
        )
        var done = 0
        for size in sizes {
            let range = done..<size
            try await database.write { transaction in
                for number in range { _ = try transaction.append(entry(number).encoded(), to: log.id) }
            }
            done = size
            guard case .published(Int64(size)) = try await publisher.publish().first?.state else {
                throw Failure(.disk, "the log was not published")
            }
        }
        return (database, blobs, log, try await signer.key(of: log.origin))
    }

    private static func entry(_ number: Int) -> PublishLogEntry {
        var entry = PublishLogEntry(.publish, channel: "main", time: Timestamp(seconds: 1_800_000_000))
        entry.subdir = "noarch"
        entry.fileName = "p\(number)-1-0.conda"
        entry.sha256 = Digest.of(Array("\(number)".utf8))
        entry.size = UInt64(number)
        entry.publisher = FilePublisher(.user, "älice")
        return entry
    }

    /// Puts all documents into a folder, as a web server would serve them.
    private static func export(
        _ database: SQLiteDatabase,
        _ blobs: FileBlobStore,
        _ log: HostedLog,
        to folder: String
    ) async throws {
        for document in try await database.read({ try $0.documents(beginningWith: "", in: .log(log.id)) }) {
            let path = folder + "/" + document.path
            let parent = URL(fileURLWithPath: path).deletingLastPathComponent()
            try FileManager.default.createDirectory(at: parent, withIntermediateDirectories: true)
            let bytes = try await blobs.bytes(of: document.blob, maximumLength: 1 << 30)
            try Data(bytes).write(to: URL(fileURLWithPath: path))
        }
    }

    private struct FolderFetcher: Fetcher {
        let folder: String

        func fetch(
            _ request: FetchRequest,
            receive: (UnsafeRawBufferPointer) throws -> Void
        ) async throws -> FetchOutcome {
            let path = folder + request.url.dropFirst("https://x/log".count)
            guard let data = FileManager.default.contents(atPath: path) else { return .notFound }
            try Array(data).withUnsafeBytes(receive)
            return .complete
        }
    }

    private static func json(_ hashes: [[UInt8]]) -> JSONValue {
        .array(hashes.map { .string(Hex.encode($0)) })
    }

    @Test(
        "A log of 100,000 entries, its tiles and its proofs are right by a program that knows only the formats"
    )
    func hundredThousand() async throws {
        let folder = try TemporaryFolder(), size = 100_000
        let (database, blobs, log, key) = try await Self.log([1, 256, 70_000, 99_744, size], in: folder)
        let served = folder.path + "/served"
        try await Self.export(database, blobs, log, to: served)
        let tiles = LogTiles(database: database, blobs: blobs, log: log.id)
        let source = LogSource("https://x/log", fetcher: FolderFetcher(folder: served))
        var inclusion: [JSONValue] = [], consistency: [JSONValue] = []
        for index in [0, 1, 255, 256, 65_535, 65_536, 99_839, 99_840, 99_999] as [Int64] {
            let plan = try #require(MerkleProofPlan(inclusionOf: index, size: Int64(size)))
            let roots = try await source.roots(of: plan.subtrees, treeSize: Int64(size))
            let hashes = try plan.hashes { try #require(roots[$0]) }
            inclusion.append([
                "index": .number(JSONNumber(index)), "size": .number(JSONNumber(Int64(size))),
                "hashes": Self.json(hashes),
            ])
        }
        for old in [1, 2, 255, 256, 257, 65_536, 65_537, 70_000, 99_744, 99_999, 100_000] as [Int64] {
            let hashes = try await tiles.consistencyProof(from: old, to: Int64(size))
            consistency.append([
                "size1": .number(JSONNumber(old)), "size2": .number(JSONNumber(Int64(size))),
                "hashes": Self.json(hashes),
            ])
        }
        let watch = LogWatch(
            source,
            policy: LogPolicy(log: key),
            memory: LogMemory(home: folder.path, url: "https://x/log")
        )
        var texts: [JSONValue] = []
        for number in [99_999, 99_000] {
            let made = try await watch.prove(Digest.of(Array("\(number)".utf8)), of: "p")
            texts.append(.string(String(decoding: made.proof.encoded(), as: UTF8.self)))
        }
        let proofs: JSONValue = [
            "inclusion": .array(inclusion), "consistency": .array(consistency), "texts": .array(texts),
        ]
        let path = folder.path + "/proofs.json"
        try Data(JSONWriter.encode(proofs)).write(to: URL(fileURLWithPath: path))
        let public32 = Hex.encode(key.key.subjectPublicKeyInfo.suffix(32))
        let answer = try await Peers.run("tlog_check", [served, public32, path])
        #expect(answer["size"]?.integer == Int64(size))
        #expect(answer["tiles"]?.integer == Int64(394))
        for kind in ["inclusion", "consistency", "texts"] {
            let verdicts = answer[kind]?.array ?? []
            #expect(!verdicts.isEmpty && verdicts.allSatisfy { $0.bool == true }, "\(kind)")
        }
    }

    @Test("The program that checks refuses a log in which one byte of a tile or of an entry is another")
    func refuses() async throws {
        let folder = try TemporaryFolder()
        let (database, blobs, log, key) = try await Self.log([300], in: folder)
        let proofs = folder.path + "/proofs.json"
        try Data(#"{"inclusion":[],"consistency":[],"texts":[]}"#.utf8).write(
            to: URL(fileURLWithPath: proofs)
        )
        let public32 = Hex.encode(key.key.subjectPublicKeyInfo.suffix(32))
        for path in ["tile/0/000", "tile/1/000.p/1", "tile/entries/001.p/44"] {
            let served = folder.path + "/" + path.replacing("/", with: "-")
            try await Self.export(database, blobs, log, to: served)
            _ = try await Peers.run("tlog_check", [served, public32, proofs])
            var bytes = try Data(contentsOf: URL(fileURLWithPath: served + "/" + path))
            bytes[bytes.startIndex + 20] ^= 1
            try bytes.write(to: URL(fileURLWithPath: served + "/" + path))
            await #expect(throws: PeerRefusal.self) {
                try await Peers.run("tlog_check", [served, public32, proofs])
            }
        }
    }
}
