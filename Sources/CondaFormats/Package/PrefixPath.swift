// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

import TrustCore

/// A relative path that stays inside the folder it is put in, whatever the platform.
///
/// Made of one or more components joined by `/`; no component is empty, `.` or `..`. Backslashes, drive
/// letters, control characters, over-long names and absolute paths do not get this far. Compared as bytes:
/// two names that look alike are two names (a collision is the archive inspector's business).
public struct PrefixPath: Hashable, Comparable, Sendable {
    /// The longest path, in bytes.
    public static let maximumLength = 4096
    /// The longest component, in bytes: what common file systems can hold.
    public static let maximumComponentLength = 255

    /// The path, with `/` between components.
    public let text: String

    /// Takes a path; nil if it could leave the folder or mean two things.
    public init?(_ text: some StringProtocol) {
        let text = String(text)
        guard Self.isSafe(text) else { return nil }
        self.text = text
    }

    /// The components, at least one.
    public var components: [Substring] { PathParts.of(text) }
    /// The last component.
    public var name: Substring {
        text[(text.utf8.lastIndex(of: 0x2F).map(text.utf8.index(after:)) ?? text.startIndex)...]
    }
    /// The folder it is in; nil at the top.
    public var parent: PrefixPath? { text.utf8.lastIndex(of: 0x2F).flatMap { PrefixPath(text[..<$0]) } }

    /// Equal exactly if the bytes are.
    public static func == (a: PrefixPath, b: PrefixPath) -> Bool {
        // Paths are compared by the ten thousand; element by element is ten times slower.
        let areEqual = a.text.utf8.withContiguousStorageIfAvailable { a in
            b.text.utf8.withContiguousStorageIfAvailable { b in
                a.count == b.count && !a.indices.contains { a[$0] != b[$0] }
            }
        }
        return (areEqual ?? nil) ?? a.text.utf8.elementsEqual(b.text.utf8)
    }
    /// Byte order.
    public static func < (a: PrefixPath, b: PrefixPath) -> Bool {
        a.text.utf8.lexicographicallyPrecedes(b.text.utf8)
    }
    /// Hashes the bytes.
    public func hash(into hasher: inout Hasher) { ByteKey(text).hash(into: &hasher) }

    private static func isSafe(_ text: String) -> Bool {
        var text = text
        return text.withUTF8 { bytes in
            guard !bytes.isEmpty, bytes.count <= maximumLength else { return false }
            if bytes.count >= 2, bytes[1] == UInt8(ascii: ":") { return false }
            var start = 0
            for at in 0...bytes.count {
                if at < bytes.count, bytes[at] != UInt8(ascii: "/") {
                    guard bytes[at] >= 0x20, bytes[at] != 0x7F, bytes[at] != UInt8(ascii: "\\") else {
                        return false
                    }
                    continue
                }
                guard isSafeComponent(UnsafeBufferPointer(rebasing: bytes[start..<at])) else { return false }
                start = at + 1
            }
            return true
        }
    }

    private static func isSafeComponent(_ bytes: UnsafeBufferPointer<UInt8>) -> Bool {
        let dot = UInt8(ascii: ".")
        guard !bytes.isEmpty, bytes.count <= maximumComponentLength else { return false }
        return !(bytes.count == 1 && bytes[0] == dot)
            && !(bytes.count == 2 && bytes[0] == dot && bytes[1] == dot)
    }
}

extension PrefixPath: CustomStringConvertible {
    /// The path itself.
    public var description: String { text }
}
