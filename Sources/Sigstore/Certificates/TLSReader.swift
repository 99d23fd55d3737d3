// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

/// The presentation language of TLS (RFC 5246, 4), as much of it as RFC 6962 needs.
///
/// Every reading method answers nil if there is not as much as it needs.
struct TLSReader {
    private var rest: ArraySlice<UInt8>

    init(_ bytes: ArraySlice<UInt8>) { rest = bytes }

    var isAtEnd: Bool { rest.isEmpty }
    /// What is left.
    var remainder: [UInt8] { Array(rest) }

    mutating func byte() -> UInt8? { rest.popFirst() }

    mutating func bytes(_ count: Int) -> [UInt8]? {
        guard count <= rest.count else { return nil }
        defer { rest = rest.dropFirst(count) }
        return Array(rest.prefix(count))
    }

    /// A number of so many bytes, at most eight, the highest first.
    mutating func number(_ count: Int) -> UInt64? {
        bytes(count).map { $0.reduce(0) { $0 << 8 | UInt64($1) } }
    }

    /// The inside of `opaque<0..2^16-1>`.
    mutating func vector() -> TLSReader? {
        guard let length = number(2).map({ Int($0) }), length <= rest.count else { return nil }
        defer { rest = rest.dropFirst(length) }
        return TLSReader(rest.prefix(length))
    }
}
