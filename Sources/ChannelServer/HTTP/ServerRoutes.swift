// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

internal import Hummingbird

/// The routes of one area of the server. Each area has one type of these; ``HostedServer`` adds them all.
protocol ServerRoutes: Sendable {
    /// Adds the area's routes.
    func add(to router: Router<ServerContext>)
}
