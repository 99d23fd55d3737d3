// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

import TrustCore

/// Whether an address may be given secrets.
enum ServiceAddress {
    /// The longest address, in bytes.
    private static let maximumLength = 2048

    /// `https:` with a host and nothing unusual, or `http:` of this machine, where nobody is on the way.
    static func isProtected(_ url: String) -> Bool {
        let bytes = Array(url.utf8)
        guard bytes.count <= maximumLength else { return false }
        for prefix in ["https://", "http://"] where bytes.starts(with: prefix.utf8) {
            let rest = bytes.dropFirst(prefix.utf8.count)
            guard rest.allSatisfy({ (0x21...0x7E).contains($0) && !unusual.contains($0) }) else {
                return false
            }
            let authority = rest.prefix { $0 != UInt8(ascii: "/") && $0 != UInt8(ascii: "?") }
            // A user in front of the host makes another host look like the right one.
            guard !authority.isEmpty, !authority.contains(UInt8(ascii: "@")) else { return false }
            return prefix.utf8.count == 8 || isLoopback(authority)
        }
        return false
    }

    /// What no address has, or what ends one: `#`, `"`, `<`, `>`, `\`, `^`, a backtick, `{`, `|`, `}`.
    private static let unusual = Set("#\"<>\\^`{|}".utf8)

    private static func isLoopback(_ authority: ArraySlice<UInt8>) -> Bool {
        ["127.0.0.1", "localhost", "[::1]"].contains { host in
            guard authority.starts(with: host.utf8) else { return false }
            let rest = authority.dropFirst(host.utf8.count)
            guard let colon = rest.first else { return true }
            return colon == UInt8(ascii: ":") && rest.dropFirst().allSatisfy { (0x30...0x39).contains($0) }
        }
    }
}
