// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

import NIOHTTP1

/// A request as a ``LoopbackServer`` received it.
public struct LoopbackRequest: Sendable {
    /// `GET`, `HEAD` or something else.
    public let method: String
    /// Path and query as sent.
    public let target: String
    /// The path, without query, still percent-encoded.
    public let path: String
    /// What was sent with it; empty for most.
    public let body: [UInt8]
    private let fields: HTTPHeaders

    /// The values of a header, joined by commas; nil if it was not sent.
    public func header(_ name: String) -> String? {
        let values = fields[name]
        return values.isEmpty ? nil : values.joined(separator: ", ")
    }

    /// The same request for another path.
    func asking(for path: String) -> LoopbackRequest { LoopbackRequest(method, path, fields, body) }

    init(_ head: HTTPRequestHead, body: [UInt8] = []) {
        self.init(head.method.rawValue, head.uri, head.headers, body)
    }

    /// A request that no server received, for services in memory.
    public init(_ method: String, _ target: String, headers: [(String, String)], body: [UInt8]) {
        self.init(method, target, HTTPHeaders(headers), body)
    }

    private init(_ method: String, _ target: String, _ fields: HTTPHeaders, _ body: [UInt8]) {
        self.method = method
        self.target = target
        path = String(target.prefix { $0 != "?" })
        self.body = body
        self.fields = fields
    }
}
