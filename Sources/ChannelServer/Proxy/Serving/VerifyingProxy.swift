// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

internal import HTTPTypes
internal import Hummingbird
internal import HummingbirdCore
public import Logging
internal import NIOCore
internal import Synchronization
public import TrustCore

#if canImport(Glibc)
    internal import Glibc
#else
    internal import Darwin
#endif

/// A proxy between any client and any channel, through which only admitted bytes pass.
///
/// It has no database and no keys: what it knows of channels is in the ``AdmittingChannel``s, what it decided in its
/// ``ProxyTally``. What clients keep in their own caches never comes by here.
public final class VerifyingProxy: Sendable {
    /// What it counted.
    public let tally: ProxyTally
    /// What it was told.
    let settings: ProxySettings
    /// What it calls itself to others, so that a request that comes round is known again.
    public let pseudonym: String
    /// What every answer says.
    let fields: HTTPFields
    let logger: Logger
    let random: @Sendable (Int) -> [UInt8]
    /// What `kingsnake doctor` may try clients with; nil if it may not.
    let trials: ProxyTrials?
    let files: ProxyFiles
    private let channels: ProxyChannels
    private let policy: PolicyInForce?
    private let pruning: CachePruning?
    private let now: @Sendable () -> Timestamp
    private let address: Mutex<ProxyPlace>

    /// Puts a proxy together.
    ///
    /// - Parameters:
    ///   - channels: finds what verifies a channel.
    ///   - rendered: makes the indexes that clients see.
    ///   - notices: asks for channels' notices.
    ///   - trials: what `kingsnake doctor` tries clients with; nil for nothing.
    ///   - policy: what is demanded of packages, to be looked at while it runs; nil if somebody else does that.
    ///   - pruning: keeps the cache within its bound; nil for no bound.
    ///   - pseudonym: what it calls itself; see ``makePseudonym(_:)``. Its fetchers should say it, too (`HTTPOptions.via`).
    ///   - now: the time.
    ///   - random: random bytes that nobody can guess.
    public init(
        channels: ProxyChannels,
        rendered: any RenderedChannel,
        notices: ProxyNotices = ProxyNotices(nil),
        trials: ProxyTrials? = nil,
        policy: PolicyInForce? = nil,
        pruning: CachePruning? = nil,
        settings: ProxySettings,
        tally: ProxyTally,
        pseudonym: String,
        logger: Logger,
        now: @escaping @Sendable () -> Timestamp,
        random: @escaping @Sendable (Int) -> [UInt8]
    ) {
        self.settings = settings
        self.tally = tally
        self.pseudonym = pseudonym
        fields = [.xContentTypeOptions: HostedServer.contentTypeOptions, .via: "1.1 \(pseudonym)"]
        self.logger = logger
        self.random = random
        self.channels = channels
        self.policy = policy
        self.pruning = pruning
        self.trials = trials
        self.now = now
        files = ProxyFiles(channels: channels, rendered: rendered, notices: notices, tally: tally, now: now)
        if let policy { tally.goes(by: policy.standing) }
        address = Mutex(
            ProxyPlace(
                host: settings.host,
                port: settings.port,
                hostNames: settings.hostNames,
                names: settings.names
            )
        )
    }

    /// A name for a proxy that no other has.
    public static func makePseudonym(_ random: (Int) -> [UInt8]) -> String {
        "kingsnake-\(Hex.encode(random(8)))"
    }

    /// Where it is; its real port as soon as it listens.
    var place: ProxyPlace { address.withLock { $0 } }

    /// A name for a request, that nobody else has.
    func requestID() -> String { Hex.encode(random(8)) }

    /// Counts and logs an answer.
    func report(_ report: RequestReport) {
        report.tell(tally.metrics, logger)
        tally.answered(bytes: report.bytes)
    }

    /// What answers requests.
    ///
    /// - Parameter sendsFiles: whether the connections are ``ServerConnection``s, which take files as bodies.
    func responder(sendsFiles: Bool = false) -> ProxyResponder {
        ProxyResponder(
            proxy: self,
            files: files,
            resources: ResourceResponder(random: random, sendsFiles: sendsFiles)
        )
    }

    /// The proxy as a server, to be run.
    func application(whenRunning: @escaping @Sendable (Int) async -> Void = { _ in }) throws
        -> some ApplicationProtocol
    {
        var server = ServerSettings()
        server.limits = settings.limits
        let connections = ProcessFiles.allow(connections: settings.limits.connections, logger)
        return Application(
            responder: responder(sendsFiles: true),
            server: try ServerConnection.builder(
                server,
                tally.metrics,
                ProxyQuickAnswers(self, files),
                isProxy: true
            ),
            configuration: ApplicationConfiguration(
                address: .hostname(settings.host, port: settings.port),
                serverName: HostedServer.name,
                availableConnectionsDelegate: MaximumAvailableConnections(connections)
            ),
            onServerRunning: { channel in
                let port = channel.localAddress?.port ?? self.settings.port
                self.address.withLock { $0.port = port }
                await whenRunning(port)
            },
            logger: logger
        )
    }

    /// Serves until the process is told to stop (SIGTERM, SIGINT), and then until the answers that are being sent have ended.
    ///
    /// - Parameter whenRunning: is told the port.
    public func run(whenRunning: @escaping @Sendable (Int) async -> Void) async throws {
        try await withHousekeeping { try await application(whenRunning: whenRunning).runService() }
    }

    /// Serves until the task is cancelled: for a proxy that is there for one client, and ends with it.
    ///
    /// - Parameter whenRunning: is told the port.
    public func runUntilCancelled(whenRunning: @escaping @Sendable (Int) async -> Void) async throws {
        try await withHousekeeping {
            try await application(whenRunning: whenRunning).runService(gracefulShutdownSignals: [])
        }
    }

    private func withHousekeeping(_ serve: () async throws -> Void) async throws {
        let housekeeping = [
            pruning.map { pruning in Task { await pruning.run(now, logger) } },
            policy.map { policy in
                Task { await policy.watch(now, logger) { tally.goes(by: $0) } }
            },
            Task { await watchChannels() },
        ]
        defer { housekeeping.forEach { $0?.cancel() } }
        do {
            try await serve()
        } catch {
            await trials?.close()
            throw Self.listening(error, at: place) ?? error
        }
        await trials?.close()
    }

    /// That the address cannot be listened on, in words; nil for another error.
    private static func listening(_ error: any Error, at place: ProxyPlace) -> Failure? {
        guard let error = error as? IOError else { return nil }
        let (reason, remedy): (String, String)
        switch error.errnoCode {
        case EADDRINUSE:
            (reason, remedy) = (
                "something listens at this address already",
                "end it, perhaps another proxy, or choose another port"
            )
        case EADDRNOTAVAIL: (reason, remedy) = ("this machine has no such address", "choose another address")
        case EACCES: (reason, remedy) = ("this user may not listen at the port", "choose one above 1023")
        default: return nil
        }
        let host = place.host.utf8.contains(UInt8(ascii: ":")) ? "[\(place.host)]" : place.host
        return Failure(.configuration, reason, at: "\(host):\(place.port)", remedy: remedy)
    }

    /// Has channels opened anew whose basis is another one by now.
    private func watchChannels() async {
        while !Task.isCancelled {
            try? await Task.sleep(for: .seconds(2))
            await channels.lookAgain()
        }
    }
}
