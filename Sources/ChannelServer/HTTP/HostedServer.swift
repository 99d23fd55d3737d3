// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

internal import DurableFiles
internal import HTTPTypes
internal import Hummingbird
internal import HummingbirdCore
internal import HummingbirdTLS
internal import Logging
internal import NIOCore

/// A server of channels: its areas, put together behind one address.
public struct HostedServer: Sendable {
    let parts: ServerParts
    let areas: [any ServerRoutes]
    let settings: ServerSettings
    /// Keeps other servers away from the folder, for as long as this one is there.
    private let lock: FileLock?
    /// What goes on beside answering requests, each until its task is cancelled.
    let workers: [@Sendable () async -> Void]

    init(
        parts: ServerParts,
        areas: [any ServerRoutes],
        settings: ServerSettings = ServerSettings(),
        lock: FileLock? = nil,
        workers: [@Sendable () async -> Void] = []
    ) {
        self.parts = parts
        self.areas = areas
        self.settings = settings
        self.lock = lock
        self.workers = workers
    }

    /// What the server calls itself in its answers.
    static let name = "kingsnake"
    /// What all answers say to browsers: that they shall not guess what a file is.
    static let contentTypeOptions = "nosniff"

    /// What answers requests.
    ///
    /// - Parameter sendsFiles: whether the connections are ``ServerConnection``s without TLS, which take files as bodies.
    func responder(sendsFiles: Bool = false) -> some HTTPResponder<ServerContext> {
        responders(sendsFiles: sendsFiles).all
    }

    /// What answers requests, and what answers some of them before that, on their connections.
    private func responders(sendsFiles: Bool) -> (
        all: some HTTPResponder<ServerContext>, quick: QuickAnswers?
    ) {
        let router = Router(context: ServerContext.self, options: .autoGenerateHeadEndpoints)
        for area in areas { area.add(to: router) }
        let memory = BlobMemory()
        let known = FoundPaths(parts.database, now: parts.now)
        let quick = known.map { QuickAnswers(parts, $0, memory) }
        let files = ChannelFilesResponder(
            routes: router.buildResponder(),
            parts: parts,
            bodies: BlobBodies(parts.blobs, memory: memory),
            known: known,
            quick: quick,
            sendsFiles: sendsFiles
        )
        return (ServerResponder(routes: files, parts: parts), quick)
    }

    /// The server, to be run; it says its port to whoever waits for it.
    ///
    /// - Parameters:
    ///   - host: the address to listen on.
    ///   - port: the port; 0 for a free one.
    ///   - whenRunning: is told the port.
    /// - Throws: a `Failure` for a certificate or a key that cannot be used.
    func application(
        host: String,
        port: Int,
        whenRunning: @escaping @Sendable (Int) async -> Void
    ) throws -> some ApplicationProtocol {
        let (responder, quick) = responders(sendsFiles: settings.tls == nil)
        let connections = ProcessFiles.allow(connections: settings.limits.connections, parts.logger)
        return Application(
            responder: responder,
            server: try ServerConnection.builder(settings, parts.metrics, quick),
            configuration: ApplicationConfiguration(
                address: .hostname(host, port: port),
                serverName: Self.name,
                availableConnectionsDelegate: MaximumAvailableConnections(connections)
            ),
            onServerRunning: { channel in await whenRunning(channel.localAddress?.port ?? port) },
            logger: parts.logger
        )
    }

    /// Serves until the process is told to stop (SIGTERM, SIGINT), and then until the answers that are being sent have
    /// ended.
    ///
    /// - Parameter whenRunning: is told the port.
    public func run(whenRunning: @escaping @Sendable (Int) async -> Void) async throws {
        try await withThrowingTaskGroup(of: Void.self) { group in
            for worker in workers { group.addTask { await worker() } }
            try await application(host: settings.host, port: settings.port, whenRunning: whenRunning)
                .runService()
            group.cancelAll()
        }
    }
}
