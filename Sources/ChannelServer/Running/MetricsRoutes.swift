// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

internal import HTTPTypes
internal import Hummingbird
internal import NIOCore

/// `/metrics`: what the server counts, for those who operate it; or for everybody, where the settings say so.
struct MetricsRoutes: ServerRoutes {
    let parts: ServerParts
    let isPublic: Bool

    func add(to router: Router<ServerContext>) {
        let gauges = ServerGauges(parts)
        parts.metrics.startCounters()
        router.get("/metrics") { _, context in
            if !isPublic {
                try await parts.access.demand(.operate, of: context.caller, on: nil, package: nil)
            }
            await gauges.update()
            return Response(
                status: .ok,
                headers: [
                    .contentType: "text/plain; version=0.0.4; charset=utf-8", .cacheControl: "no-store",
                ],
                body: ResponseBody(byteBuffer: ByteBuffer(string: parts.metrics.text))
            )
        }
    }
}
