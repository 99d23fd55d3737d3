// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

internal import TrustCore

/// For whom tokens must be: the server's host name, without scheme, port and path, as clients derive it from its address.
enum ServerAudience {
    /// The host name of an address; nil if it has none.
    static func host(of url: String) -> String? {
        let bytes = Array(url.utf8)
        guard let start = ["https://", "http://"].first(where: { bytes.starts(with: $0.utf8) })?.utf8.count
        else {
            return nil
        }
        let authority = bytes[start...].prefix { $0 != UInt8(ascii: "/") && $0 != UInt8(ascii: "?") }
        guard !authority.contains(UInt8(ascii: "@")) else { return nil }
        // Colons within brackets are of the address itself.
        let end =
            authority.first == UInt8(ascii: "[")
            ? authority.lastIndex(of: UInt8(ascii: "]")).map { $0 + 1 }
            : authority.firstIndex(of: UInt8(ascii: ":"))
        let host = authority[..<(end ?? authority.endIndex)]
        return host.isEmpty ? nil : String(decoding: host, as: UTF8.self)
    }

    /// Whether an address is of this machine, where nobody is on the way.
    static func isLoopback(_ url: String) -> Bool {
        guard url.utf8.starts(with: "http://".utf8), let host = host(of: url) else { return false }
        return ["127.0.0.1", "localhost", "[::1]"].contains { ByteKey.areEqual($0, host) }
    }
}
