// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

import TrustCore

/// Names and values as forms and queries carry them (`application/x-www-form-urlencoded`).
struct FormFields: Sendable {
    private var fields: [(name: String, value: String)]

    init(_ fields: [(name: String, value: String)]) { self.fields = fields }

    /// Reads a query; nil if a name is there twice, or something is not properly encoded.
    init?(parsing query: String) {
        var seen: Set<ByteKey> = []
        fields = []
        let pairs = query.utf8.split(separator: UInt8(ascii: "&"))
        guard pairs.count <= Self.maximumCount else { return nil }
        for pair in pairs {
            let parts = pair.split(
                separator: UInt8(ascii: "="),
                maxSplits: 1,
                omittingEmptySubsequences: false
            )
            guard let name = Self.decode(parts[0]), seen.insert(ByteKey(name)).inserted,
                let value = parts.count == 2 ? Self.decode(parts[1]) : ""
            else { return nil }
            fields.append((name, value))
        }
    }

    private static let maximumCount = 32

    private static func decode(_ text: Substring.UTF8View) -> String? {
        let spaced = text.map { $0 == UInt8(ascii: "+") ? UInt8(ascii: " ") : $0 }
        return PercentEncoding.decode(String(decoding: spaced, as: UTF8.self))
    }

    /// The value of a name; nil if it is not there, or empty.
    subscript(name: String) -> String? {
        fields.first { ByteKey.areEqual($0.name, name) }.flatMap { $0.value.isEmpty ? nil : $0.value }
    }

    /// The text, with every byte but unreserved ones encoded.
    var text: String {
        fields.map { "\(PercentEncoding.segment($0.name))=\(PercentEncoding.segment($0.value))" }
            .joined(separator: "&")
    }

    /// A request that posts the fields.
    func post(to url: String) -> ServiceRequest {
        ServiceRequest(
            .post,
            url,
            headers: [
                ("Content-Type", "application/x-www-form-urlencoded"), ("Accept", "application/json"),
            ],
            body: Array(text.utf8),
            maximumLength: ServiceAnswer.maximumLength
        )
    }
}
