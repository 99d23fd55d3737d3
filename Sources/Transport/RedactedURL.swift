// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

/// A URL that can be shown: without user, password, token or query.
///
/// Everything this module says about a URL, in errors, reports and to observers, goes through this type.
/// Conda servers take tokens in the path (`/t/TOKEN/channel`), object stores in the query of a signed URL.
public struct RedactedURL: Sendable, Hashable, CustomStringConvertible {
    /// The URL, with `***` where a secret was.
    public let description: String

    /// Redacts a URL, well-formed or not.
    public init(_ url: String) {
        var rest = Array(url.utf8)[...]
        var out: [UInt8] = []
        if let authority = Self.authorityStart(in: rest) {
            out += rest[..<authority]
            rest = rest[authority...]
            let end = rest.firstIndex { $0 == 0x2F || $0 == 0x3F || $0 == 0x23 } ?? rest.endIndex
            // The last `@` counts, so that a password with an unescaped `@` is hidden whole.
            if let at = rest[..<end].lastIndex(of: 0x40) {
                out += Array("***@".utf8)
                rest = rest[(at + 1)...]
            }
        }
        let pathEnd = rest.firstIndex { $0 == 0x3F || $0 == 0x23 } ?? rest.endIndex
        out += Self.withoutTokens(rest[..<pathEnd])
        if pathEnd != rest.endIndex { out += [rest[pathEnd]] + Array("***".utf8) }
        // Log lines and terminals get no control characters from a foreign URL.
        description = String(decoding: out.map { $0 < 0x20 || $0 == 0x7F ? 0x3F : $0 }, as: UTF8.self)
    }

    private static func authorityStart(in url: ArraySlice<UInt8>) -> Int? {
        guard let colon = url.firstIndex(of: 0x3A), url[colon...].starts(with: Array("://".utf8)) else {
            return nil
        }
        return colon + 3
    }

    private static func withoutTokens(_ path: ArraySlice<UInt8>) -> [UInt8] {
        var segments = path.split(separator: 0x2F, omittingEmptySubsequences: false)
        // The first segment is the host, or empty, and a token follows a segment `t`.
        for index in segments.indices.dropFirst() where segments[index - 1].elementsEqual("t".utf8) {
            if !segments[index].isEmpty { segments[index] = Array("***".utf8)[...] }
        }
        return Array(segments.joined(separator: [0x2F]))
    }
}
