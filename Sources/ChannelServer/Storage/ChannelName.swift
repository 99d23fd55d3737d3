// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

internal import TrustCore

/// The name of a channel on a server: the first part of its URLs.
///
/// Lower-case letters, digits, `-`, `_` and `.`, beginning with a letter or digit, at most 64 bytes; and none of the words
/// that begin the server's own URLs.
public struct ChannelName: Sendable, Hashable, Comparable, CustomStringConvertible {
    /// The name.
    public let text: String

    /// How long a name may be, in bytes.
    public static let maximumLength = 64
    /// What the server's own URLs begin with.
    public static let reserved: Set<String> = [
        "_", "api", "assets", "channels", "health", "log", "login", "logs", "metrics", "operations", "search",
        "t", "users",
    ]

    /// Reads a name.
    ///
    /// - Throws: `server.channel-name`.
    public init(_ text: some StringProtocol) throws {
        let bytes = Array(text.utf8)
        let isLetterOrDigit = { (byte: UInt8) in
            (0x61...0x7A).contains(byte) || (0x30...0x39).contains(byte)
        }
        guard let first = bytes.first, isLetterOrDigit(first), bytes.count <= Self.maximumLength,
            bytes.allSatisfy({ isLetterOrDigit($0) || $0 == 0x2D || $0 == 0x5F || $0 == 0x2E }),
            !Self.reserved.contains(String(text))
        else {
            throw Refusal(
                ServerCode.channelName,
                String(text),
                expected:
                    "1 to \(Self.maximumLength) of a-z, 0-9, `-`, `_` and `.`, not a word of the server's own"
            )
        }
        self.text = String(text)
    }

    /// The name.
    public var description: String { text }

    /// By their bytes.
    public static func < (a: ChannelName, b: ChannelName) -> Bool {
        a.text.utf8.lexicographicallyPrecedes(b.text.utf8)
    }
}
