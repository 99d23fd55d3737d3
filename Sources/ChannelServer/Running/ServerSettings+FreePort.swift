// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

internal import NIOCore
internal import NIOPosix

extension ServerSettings {
    /// The same settings with a port that is free now, where 0 was asked for: the server's address, and with it the name
    /// of its log, must not have a port that nobody can ask.
    ///
    /// - Throws: the system's error if the address cannot be listened on.
    public func withRealPort() async throws -> ServerSettings {
        guard port == 0 else { return self }
        let channel = try await ServerBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .bind(host: host, port: 0).get()
        var settings = self
        settings.port = channel.localAddress?.port ?? 0
        try await channel.close()
        return settings
    }
}
