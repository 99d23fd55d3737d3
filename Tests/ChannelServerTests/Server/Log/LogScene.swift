// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

import Logging
import SigningKeys
import Synchronization
import TestSupport
import TrustCore

@testable import ChannelServer

/// A server with a publish log, a client that watches it, and a fetcher between them without a network.
final class LogScene: Sendable {
    static let url = "https://channels.example.org/log"

    let server: ServerScene
    let signer: CheckpointSigner
    let log: HostedLog
    let channel: HostedChannel
    let fetcher: LogFetcher
    let memory: LogMemory

    /// - Parameter key: a signer of another scene, to make a fork of its log.
    init(key: (any Signer)? = nil) async throws {
        server = try ServerScene()
        let folder = server.folder.path + "/publish-log"
        signer =
            try key.map { try CheckpointSigner(folder: folder, signer: $0) }
            ?? CheckpointSigner(folder: folder)
        channel = try await server.channel("main")
        let url = server.parts.publicURL
        log = try await server.database.write { try $0.publishLog(publicURL: url) }
        fetcher = LogFetcher(server, log: log.id)
        memory = LogMemory(home: server.folder.path + "/home", url: Self.url)
    }

    func entry(_ number: Int, _ event: PublishLogEntry.Event = .publish, by name: String = "alice")
        -> PublishLogEntry
    {
        var entry = PublishLogEntry(event, channel: "main", time: server.now)
        entry.subdir = "noarch"
        entry.fileName = "p\(number)-1-0.conda"
        entry.sha256 = Digest.of(Array("\(number)".utf8))
        entry.size = 1
        entry.publisher = FilePublisher(.user, name)
        return entry
    }

    func append(_ entries: [PublishLogEntry]) async throws {
        let channel = channel, url = server.parts.publicURL
        try await server.database.write { transaction in
            for entry in entries { try transaction.append(entry, of: channel, publicURL: url) }
        }
    }

    /// Adds so many publications, of files with numbers from one on.
    func append(_ count: Int, from: Int) async throws {
        try await append((from..<(from + count)).map { entry($0) })
    }

    /// Adds an entry about an index of `noarch`.
    func appendIndex(_ files: [String: [UInt8]]) async throws {
        var digests = JSONObject()
        for (name, bytes) in files { digests[name] = .string(Digest.of(bytes).hex) }
        var entry = PublishLogEntry(.index, channel: "main", time: server.now)
        entry.subdir = "noarch"
        entry.details["files"] = .object(digests)
        try await append([entry])
    }

    func publisher(
        witnesses: LogWitnesses? = nil,
        largestStep: Int64 = LogSituation.largestStep,
        passing: @escaping @Sendable (LogPublisher.Moment) throws -> Void = { _ in }
    ) -> LogPublisher {
        LogPublisher(
            server.database,
            server.blobs,
            signer,
            witnesses,
            { [server] in server.now },
            Logger(label: "test", factory: { _ in SwiftLogNoOpLogHandler() }),
            largestStep: largestStep,
            passing: passing
        )
    }

    /// Publishes; answers where the server's log stands.
    @discardableResult
    func publish(witnesses: LogWitnesses? = nil) async throws -> LogOutcome.State {
        let outcomes = try await publisher(witnesses: witnesses).publish()
        return outcomes.first { $0.log.id == log.id }?.state ?? .failed("no such log")
    }

    func policy() async throws -> LogPolicy { LogPolicy(log: try await signer.key(of: log.origin)) }

    func watch() async throws -> LogWatch {
        LogWatch(LogSource(Self.url, fetcher: fetcher), policy: try await policy(), memory: memory)
    }

    /// All that the database has.
    func entries() async throws -> [[UInt8]] {
        let id = log.id
        return try await server.database.read { try $0.entries(of: id, from: 0, limit: .max) }
    }
}

extension LogOutcome.State {
    var size: Int64? {
        switch self {
        case .published(let size): size
        default: nil
        }
    }

    var alarm: String? {
        switch self {
        case .stopped(let refusal): refusal.codeName
        default: nil
        }
    }
}

/// Answers a log's URLs from a server's documents, and others from a dictionary.
final class LogFetcher: Fetcher {
    private struct State {
        var server: ServerScene
        var log: Int64
        var others: [String: [UInt8]] = [:]
    }

    private let state: Mutex<State>

    init(_ server: ServerScene, log: Int64) { state = Mutex(State(server: server, log: log)) }

    /// Answers from another server from now on.
    func turn(to scene: LogScene) {
        state.withLock {
            $0.server = scene.server
            $0.log = scene.log.id
        }
    }

    /// Serves bytes at a URL.
    func serve(_ bytes: [UInt8], at url: String) { state.withLock { $0.others[url] = bytes } }

    func fetch(
        _ request: FetchRequest,
        receive: (UnsafeRawBufferPointer) throws -> Void
    ) async throws -> FetchOutcome {
        let (server, log, other) = state.withLock { ($0.server, $0.log, $0.others[request.url]) }
        let prefix = LogScene.url + "/"
        var bytes = other
        if bytes == nil, request.url.hasPrefix(prefix) {
            let path = String(request.url.dropFirst(prefix.count))
            let document = try await server.database.read { try $0.document(path, in: .log(log)) }
            if let document {
                bytes = try await server.blobs.bytes(of: document.blob, maximumLength: 1 << 30)
            }
        }
        guard let bytes else { return .notFound }
        try bytes.withUnsafeBytes(receive)
        return .complete
    }
}
