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
    /// How many bytes of the disk are held in reserve.
    var reserve: UInt64 = 0

    func add(to router: Router<ServerContext>) {
        router.get("/health/live") { _, _ in Self.answer(.ok, ["alive"]) }
        router.get("/health/ready") { _, _ in await readiness() }
    }

    private func readiness() async -> Response {
        do {
            // A database that cannot be read is no server of anything.
            _ = try await parts.database.read { try $0.channels().count }
            parts.condition.set(.database, to: false)
        } catch {
            parts.logger.error("not ready: \(error)")
            parts.condition.set(.database, to: true)
        }
        if let free = try? parts.blobs.freeBytes() { parts.condition.set(.diskReserve, to: free < reserve) }
        let faults = parts.condition.faults
        let warnings = faults.filter(\.isWarning).map { "warning: \($0.text)" }
        let reasons = faults.filter { !$0.isWarning }.map { "not ready: \($0.text)" }
        guard reasons.isEmpty else { return Self.answer(.serviceUnavailable, reasons + warnings) }
        return Self.answer(.ok, ["ready"] + warnings)
    }

    private static func answer(_ status: HTTPResponse.Status, _ lines: [String]) -> Response {
        Response(
            status: status,
            headers: [.contentType: "text/plain; charset=utf-8", .cacheControl: "no-store"],
            body: ResponseBody(byteBuffer: ByteBuffer(string: lines.map { $0 + "\n" }.joined()))
        )
    }
}
