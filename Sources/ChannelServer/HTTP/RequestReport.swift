// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

internal import HTTPTypes
internal import Logging
internal import NIOCore

/// An answer to a request, as the log and the metrics say it.
struct RequestReport: Sendable {
    /// The request's name.
    let id: String
    let method: HTTPRequest.Method
    /// The path as ``ServedPath/shown(_:)`` says it; nil where the request was not understood so far.
    let path: String?
    let status: HTTPResponse.Status
    /// Where it came from.
    let address: String?
    /// The number of the key that was shown.
    let key: Int64?
    /// How long the answer's body is.
    let bytes: Int
    /// From the request's head to the head of its answer.
    let duration: TimeAmount

    /// Counts it, and writes its line.
    func tell(_ metrics: ServerMetrics, _ logger: Logger) {
        let method = Self.name(method)
        if logger.logLevel <= .info {
            var metadata: Logger.Metadata = [
                "address": .string(address ?? "-"), "key": .string(key.map(String.init) ?? "-"),
                "ms": .string(String(duration.nanoseconds / 1_000_000)), "request": .string(id),
            ]
            if let path { metadata["path"] = .string(path) }
            logger.info("\(method) \(status.code)", metadata: metadata)
        }
        metrics.answered(method, status.code, bytes: bytes, seconds: Double(duration.nanoseconds) / 1e9)
    }

    /// A method of HTTP's; what else a client calls its requests is nobody's word in a log.
    static func name(_ method: HTTPRequest.Method) -> String {
        switch method {
        case .get, .head, .post, .put, .delete, .patch, .options: method.rawValue
        default: "OTHER"
        }
    }
}
