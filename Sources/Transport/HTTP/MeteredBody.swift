// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

import AsyncHTTPClient
import NIOCore
import NIOHTTP1
import TrustCore

/// The body of one answer, a chunk at a time, within limits.
struct MeteredBody {
    /// How long the server says that it is, if it does.
    let announced: Int?
    private var chunks: HTTPClientResponse.Body.AsyncIterator
    private var meter: BodyMeter
    private let start: ContinuousClock.Instant
    private let shown: RedactedURL

    /// - Throws: `limit.too-large` if the server announces more than is allowed.
    init(
        _ response: HTTPClientResponse,
        _ limits: TransportLimits,
        maximumLength: Int,
        since start: ContinuousClock.Instant,
        at shown: RedactedURL
    ) throws {
        announced = response.headers.first(name: "content-length").flatMap { Int($0) }
        meter = try BodyMeter(limits, maximumLength: maximumLength, announced: announced, at: shown)
        chunks = response.body.makeAsyncIterator()
        self.start = start
        self.shown = shown
    }

    /// The next chunk; nil at the end of a body that is whole.
    mutating func next() async throws -> ByteBuffer? {
        let asked = ContinuousClock.now
        let chunk: ByteBuffer?
        do {
            try Task.checkCancellation()
            chunk = try await chunks.next()
        } catch {
            throw ClientErrorWording.failure(error, delivered: meter.delivered, at: shown)
        }
        guard let chunk else {
            try meter.finish()
            return nil
        }
        let now = ContinuousClock.now
        try meter.take(chunk.readableBytes, waited: asked.duration(to: now), elapsed: start.duration(to: now))
        return chunk
    }
}
