// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

#if canImport(Glibc)
    internal import Glibc
#elseif canImport(Musl)
    internal import Musl
#else
    internal import Darwin
#endif

/// The addresses that one customer of a network has: one of IPv4, and a /64 of IPv6, within which everybody can take any
/// address.
enum AddressBlock: Hashable, Sendable {
    case four(UInt32)
    case six(UInt64)

    /// Reads an address; nil for what is none.
    init?(_ text: String) {
        // A link-local address may name its interface.
        let text = text.prefix { $0 != "%" }
        var bytes = [UInt8](repeating: 0, count: 16)
        if inet_pton(AF_INET, String(text), &bytes) == 1 {
            self = .four(Self.number(bytes[0..<4]))
        } else if inet_pton(AF_INET6, String(text), &bytes) == 1 {
            // ::ffff:a.b.c.d is IPv4 on a socket of IPv6.
            let isMapped = bytes[..<10].allSatisfy { $0 == 0 } && bytes[10] == 0xFF && bytes[11] == 0xFF
            self = isMapped ? .four(Self.number(bytes[12..<16])) : Self.six(bytes)
        } else {
            return nil
        }
    }

    /// Whether it is this machine itself: 127.0.0.0/8 or ::1.
    var isLoopback: Bool {
        switch self {
        case .four(let address): address >> 24 == 127
        case .six(let prefix): prefix == Self.loopback
        }
    }

    /// Stands for ::1, whose /64 is nobody else's.
    private static let loopback: UInt64 = 0

    private static func six(_ bytes: [UInt8]) -> Self {
        .six(bytes[..<8].reduce(0) { $0 << 8 | UInt64($1) })
    }

    private static func number(_ bytes: ArraySlice<UInt8>) -> UInt32 {
        bytes.reduce(0) { $0 << 8 | UInt32($1) }
    }
}
