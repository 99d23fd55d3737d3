// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

internal import TrustCore

/// The name of a user of a server.
///
/// Lower-case letters, digits, `-`, `_` and `.`, beginning with a letter or digit, at most 64 bytes; not `me`, by which the
/// administration's URLs mean whoever asks. The publish log tells people by it, so that it means the same person for
/// ever: also when they are removed.
public struct UserName: Sendable, Hashable, Comparable, CustomStringConvertible {
    /// The name.
    public let text: String

    /// How long a name may be, in bytes.
    public static let maximumLength = 64
    /// What means somebody without being their name.
    static let me = "me"

    /// Reads a name.
    ///
    /// - Throws: `access.user-name`.
    public init(_ text: some StringProtocol) throws {
        let bytes = Array(text.utf8)
        let isLetterOrDigit = { (byte: UInt8) in
            (0x61...0x7A).contains(byte) || (0x30...0x39).contains(byte)
        }
        guard let first = bytes.first, isLetterOrDigit(first), bytes.count <= Self.maximumLength,
            bytes.allSatisfy({ isLetterOrDigit($0) || $0 == 0x2D || $0 == 0x5F || $0 == 0x2E }),
            !bytes.elementsEqual(Self.me.utf8)
        else {
            throw Refusal(
                AccessCode.userName,
                String(text),
                expected: "1 to \(Self.maximumLength) of a-z, 0-9, `-`, `_` and `.`, and not `\(Self.me)`"
            )
        }
        self.text = String(text)
    }

    /// The name.
    public var description: String { text }

    /// Byte order.
    public static func < (a: UserName, b: UserName) -> Bool {
        a.text.utf8.lexicographicallyPrecedes(b.text.utf8)
    }
}
