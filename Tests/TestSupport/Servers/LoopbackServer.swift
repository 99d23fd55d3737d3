// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

import NIOCore
import NIOHTTP1
import NIOPosix
import Synchronization

/// A web server on 127.0.0.1 that serves a folder, and misbehaves on demand.
///
/// For tests and the demo: a channel's good mirror and its hostile ones. Real clients read from it too, so what it
/// does without a fault is proper HTTP: HEAD, ranges, conditional requests, `Cache-Control`. A script can answer
/// anything else from what was asked, method and body included: services are made of that.
public final class LoopbackServer: Sendable {
    /// Decides what happens to a request.
    public typealias Script = @Sendable (LoopbackRequest) -> ServerBehaviour

    /// `http://127.0.0.1:PORT`, without a slash at the end.
    public let url: String
    /// The port it listens on.
    public let port: Int
    private let shared: Shared
    private let channel: any Channel
    private let running: Task<Void, any Error>

    /// What connections share.
    final class Shared: Sendable {
        let folder: ServedFolder
        let longestBody: Int
        let script: Mutex<Script>
        let log = Mutex<[LoopbackRequest]>([])

        init(folder: ServedFolder, longestBody: Int, script: @escaping Script) {
            self.folder = folder
            self.longestBody = longestBody
            self.script = Mutex(script)
        }

        func behaviour(for request: LoopbackRequest) -> ServerBehaviour {
            log.withLock { $0.append(request) }
            return script.withLock { $0 }(request)
        }
    }

    /// Starts serving a folder, on a free port unless one is given.
    ///
    /// - Parameter longestBody: requests with more bytes than that are answered with 413, and no script sees them.
    public static func start(
        serving folder: String,
        port: Int = 0,
        longestBody: Int = 8 << 20,
        script: @escaping Script = { _ in .normal }
    ) async throws -> LoopbackServer {
        let shared = Shared(
            folder: ServedFolder(root: folder),
            longestBody: longestBody,
            script: script
        )
        let listener = try await ServerBootstrap(group: .singletonMultiThreadedEventLoopGroup)
            .serverChannelOption(.backlog, value: 256)
            .serverChannelOption(.socketOption(.so_reuseaddr), value: 1)
            .bind(host: "127.0.0.1", port: port) { channel in
                channel.eventLoop.makeCompletedFuture {
                    try LoopbackConnection.prepare(channel)
                }
            }
        let running = Task(executorPreference: ServerExecutor()) {
            try await withThrowingDiscardingTaskGroup { group in
                try await listener.executeThenClose { connections in
                    for try await connection in connections {
                        group.addTask { await LoopbackConnection(connection, shared).serve() }
                    }
                }
            }
        }
        return LoopbackServer(listener.channel, shared, running)
    }

    private init(_ channel: any Channel, _ shared: Shared, _ running: Task<Void, any Error>) {
        self.channel = channel
        self.shared = shared
        self.running = running
        port = channel.localAddress?.port ?? 0
        url = "http://127.0.0.1:\(port)"
    }

    deinit { running.cancel() }

    /// The requests so far, in the order they came in.
    public var requests: [LoopbackRequest] { shared.log.withLock { $0 } }

    /// The paths asked for so far.
    public var requestedPaths: [String] { requests.map(\.path) }

    /// Behaves differently from the next request on.
    public func follow(_ script: @escaping Script) { shared.script.withLock { $0 = script } }

    /// Stops listening and drops all connections.
    public func stop() async {
        running.cancel()
        _ = await running.result
    }

    /// Serves a folder for as long as a body runs.
    public static func serving<Value>(
        _ folder: String,
        script: @escaping Script = { _ in .normal },
        isolation: isolated (any Actor)? = #isolation,
        _ body: (LoopbackServer) async throws -> Value
    ) async throws -> Value {
        let server = try await start(serving: folder, script: script)
        do {
            let value = try await body(server)
            await server.stop()
            return value
        } catch {
            await server.stop()
            throw error
        }
    }
}
