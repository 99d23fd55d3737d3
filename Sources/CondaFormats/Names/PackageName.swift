// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

import TrustCore

/// The name of a package, such as `numpy` or the virtual `__glibc` (CEP 26).
///
/// ASCII letters and digits, with single `.`, `-` or `_` between them; a single underscore may come first,
/// and exactly two come first in the name of a virtual package. Names that differ only in case are the same
/// name. That a package of this name exists is not said here.
public struct PackageName: Hashable, Sendable {
    /// The longest name, in bytes.
    public static let maximumLength = 64

    /// The name as it was written.
    public let raw: String
    /// The name in lower case: what names are compared by.
    public let normalized: String

    /// Takes a name (`name.invalid`).
    public init(_ text: some StringProtocol) throws {
        let raw = String(text)
        guard Self.isValid(raw) else {
            throw Refusal(
                NameCode.packageName,
                QuotedText.short(raw),
                expected: "at most \(Self.maximumLength) ASCII letters and digits with single `.`, "
                    + "`-`, `_` between"
            )
        }
        self.raw = raw
        normalized = raw.utf8.contains { (0x41...0x5A).contains($0) } ? raw.lowercased() : raw
    }

    /// Whether the name describes the machine, as `__cuda` does, and no archive can have it.
    public var isVirtual: Bool { raw.utf8.starts(with: "__".utf8) }

    /// Equal if the lower-case forms are.
    public static func == (a: PackageName, b: PackageName) -> Bool { a.normalized == b.normalized }

    /// Hashes the lower-case form.
    public func hash(into hasher: inout Hasher) { hasher.combine(normalized) }

    private static func isValid(_ text: String) -> Bool {
        var text = text
        return text.withUTF8 { bytes in
            guard !bytes.isEmpty, bytes.count <= maximumLength else { return false }
            let underscore = UInt8(ascii: "_")
            let isVirtual = bytes.count > 1 && bytes[0] == underscore && bytes[1] == underscore
            if isVirtual { guard bytes.count > 2, !isSeparator(bytes[2]) else { return false } }
            var afterSeparator = false
            for at in (isVirtual ? 2 : 0)..<bytes.count {
                if isSeparator(bytes[at]) {
                    guard !afterSeparator, at > 0 || bytes[at] == underscore else { return false }
                    afterSeparator = true
                } else {
                    guard ASCIIClass.isAlphanumeric(bytes[at]) else { return false }
                    afterSeparator = false
                }
            }
            return true
        }
    }

    private static func isSeparator(_ byte: UInt8) -> Bool {
        byte == UInt8(ascii: ".") || byte == UInt8(ascii: "-") || byte == UInt8(ascii: "_")
    }
}

extension PackageName: Comparable {
    /// Byte order of the lower-case forms.
    public static func < (a: PackageName, b: PackageName) -> Bool { a.normalized < b.normalized }
}

extension PackageName: CustomStringConvertible {
    /// The name as it was written.
    public var description: String { raw }
}
