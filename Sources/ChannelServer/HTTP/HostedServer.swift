// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

internal import Hummingbird
internal import HummingbirdCore
internal import Logging
internal import NIOCore

/// A server of channels: its areas, put together behind one address.
public struct HostedServer: Sendable {
    let parts: ServerParts
    let areas: [any ServerRoutes]

    init(parts: ServerParts, areas: [any ServerRoutes]) {
        self.parts = parts
        self.areas = areas
    }

    /// What answers requests.
    func responder() -> some HTTPResponder<ServerContext> {
        let router = Router(context: ServerContext.self)
        for area in areas { area.add(to: router) }
        return ServerResponder(routes: router.buildResponder(), parts: parts)
    }

    /// The server, to be run; it says its port to whoever waits for it.
    ///
    /// - Parameters:
    ///   - host: the address to listen on.
    ///   - port: the port; 0 for a free one.
    ///   - whenRunning: is told the port.
    func application(
        host: String,
        port: Int,
        whenRunning: @escaping @Sendable (Int) async -> Void
    ) -> some ApplicationProtocol {
        Application(
            responder: responder(),
            configuration: ApplicationConfiguration(
                address: .hostname(host, port: port),
                serverName: "kingsnake"
            ),
            onServerRunning: { channel in await whenRunning(channel.localAddress?.port ?? port) },
            logger: parts.logger
        )
    }
}
