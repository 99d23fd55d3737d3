// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

import NIOCore
import NIOHTTP1
import NIOPosix
import TrustCore

/// Waits on this machine for a browser to come back from a login, once.
///
/// It listens on 127.0.0.1 alone, on a port that is free, and takes one request: `GET /auth/callback` of that
/// very host and port. All others get an error and change nothing. What the query says is not looked at here.
///
/// The address says `localhost`, which is what providers let any port of; another user of the machine could
/// wait on the same port of the other loopback address (`::1`). The code that they would get is worth nothing
/// without what it is exchanged with.
public final class RedirectListener: Sendable {
    /// The address that the browser comes back to.
    public let redirectURI: String
    private let channel: any Channel
    private let login: RedirectedLogin

    /// Begins to listen.
    ///
    /// - Parameter timeout: How long ``receive(isGood:)`` waits.
    /// - Throws: a `Failure` if no port can be had.
    public static func listen(timeout: Duration) async throws -> RedirectListener {
        let login = RedirectedLogin(timeout: timeout)
        let bootstrap = ServerBootstrap(group: .singletonMultiThreadedEventLoopGroup)
            .serverChannelOption(.backlog, value: 16)
            .childChannelOption(.maxMessagesPerRead, value: 1)
            .childChannelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    let decoder = ByteToMessageHandler(HTTPRequestDecoder(leftOverBytesStrategy: .dropBytes))
                    try channel.pipeline.syncOperations.addHandler(decoder)
                    try channel.pipeline.syncOperations.addHandler(RedirectRequestHandler(login))
                }
            }
        let channel: any Channel
        do {
            channel = try await bootstrap.bind(host: "127.0.0.1", port: 0).get()
        } catch {
            throw Failure(
                .network,
                "could not wait for the browser on this machine",
                remedy: "try `--login device`",
                cause: error
            )
        }
        guard let port = channel.localAddress?.port else {
            try? await channel.close()
            throw Failure(.network, "could not wait for the browser on this machine")
        }
        login.listens(on: port)
        return RedirectListener(channel, port, login)
    }

    private init(_ channel: any Channel, _ port: Int, _ login: RedirectedLogin) {
        self.channel = channel
        self.login = login
        redirectURI = "http://localhost:\(port)\(RedirectedLogin.path)"
    }

    deinit { channel.close(promise: nil) }

    /// Waits for the browser, and answers with a page that says that it can be closed.
    ///
    /// - Parameter isGood: Whether the query is one to go on with, for the words of the page.
    /// - Returns: The query, without its question mark, as it came.
    /// - Throws: a `Failure` if nothing came in time, or the task was cancelled.
    public func receive(isGood: @escaping @Sendable (String) -> Bool) async throws -> String {
        let login = login
        let alarm = channel.eventLoop.scheduleTask(in: TimeAmount(login.timeout)) { login.fail(Self.late) }
        defer { alarm.cancel() }
        return try await withTaskCancellationHandler {
            try await withCheckedThrowingContinuation { login.wait(isGood, $0) }
        } onCancel: {
            login.fail(Failure(.cancelled, "the login was given up"))
        }
    }

    /// Stops listening.
    public func close() async {
        login.fail(Failure(.cancelled, "the login was given up"))
        try? await channel.close()
    }

    private static let late = Failure(
        .cancelled,
        "nobody finished the login in the browser in time",
        remedy: "start again, or try `--login device`"
    )
}
