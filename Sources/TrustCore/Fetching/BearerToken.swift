// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

/// What whoever has it may show to a server (RFC 6750), on its way there. Never in a message; that it is good is not known.
public struct BearerToken: Sendable, Hashable {
    /// The longest one, in bytes.
    public static let maximumLength = 8 << 10

    /// Itself: for nothing but the request to its server.
    public let secret: String

    /// Takes a token; nil for one that fits no header field.
    public init?(_ text: some StringProtocol) {
        guard (1...Self.maximumLength).contains(text.utf8.count),
            text.utf8.allSatisfy({ (0x21..<0x7F).contains($0) })
        else { return nil }
        secret = String(text)
    }
}

extension BearerToken: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    /// Nothing of it.
    public var description: String { "a token" }

    /// Nothing of it.
    public var debugDescription: String { description }

    /// Nothing of it: a dump must not show it either.
    public var customMirror: Mirror { Mirror(self, children: []) }
}
