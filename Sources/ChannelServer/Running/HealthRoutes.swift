// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

internal import HTTPTypes
internal import Hummingbird
internal import Logging
internal import NIOCore

/// Whether the server lives, and whether it can do its work: for whoever starts it again, or sends it
/// requests.
struct HealthRoutes: ServerRoutes {
    let parts: ServerParts

    func add(to router: Router<ServerContext>) {
        router.get("/health/live") { _, _ in Self.answer(.ok, "alive") }
        router.get("/health/ready") { _, _ in
            do {
                // A database that cannot be read is no server of anything.
                _ = try await parts.database.read { try $0.channels().count }
                return Self.answer(.ok, "ready")
            } catch {
                parts.logger.error("not ready: \(error)")
                return Self.answer(.serviceUnavailable, "not ready: see the server's log")
            }
        }
    }

    private static func answer(_ status: HTTPResponse.Status, _ text: String) -> Response {
        Response(
            status: status,
            headers: [.contentType: "text/plain; charset=utf-8", .cacheControl: "no-store"],
            body: ResponseBody(byteBuffer: ByteBuffer(string: text + "\n"))
        )
    }
}
