// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

import TrustCore

/// The name of a channel's subdirectory: `noarch`, or a system and a processor such as `linux-64` (CEP 26).
///
/// That any machine or channel has such a subdirectory is not said here.
public struct Subdir: Hashable, Comparable, Sendable {
    /// The longest name, in bytes.
    public static let maximumLength = 32
    /// The subdirectory of packages for every machine.
    public static let noarch = Subdir(checked: "noarch")

    /// The name.
    public let text: String

    /// Takes a name (`name.subdir`).
    public init(_ text: some StringProtocol) throws {
        guard let subdir = Subdir(ifValid: text) else {
            throw Refusal(
                NameCode.subdir,
                QuotedText.short(text),
                expected: "`noarch`, or a name such as `linux-64`"
            )
        }
        self = subdir
    }

    /// Takes a name; nil if it is not one.
    init?(ifValid text: some StringProtocol) {
        let parts = text.utf8.split(separator: UInt8(ascii: "-"), omittingEmptySubsequences: false)
        let isPlatform =
            parts.count == 2
            && parts.allSatisfy { part in
                !part.isEmpty && part.allSatisfy { ASCIIClass.isDigit($0) || ASCIIClass.isLower($0) }
            }
        guard text.utf8.count <= Self.maximumLength, isPlatform || text.utf8.elementsEqual("noarch".utf8)
        else {
            return nil
        }
        self.text = String(text)
    }

    private init(checked text: String) { self.text = text }

    /// Byte order.
    public static func < (a: Subdir, b: Subdir) -> Bool { a.text < b.text }
}

extension Subdir: CustomStringConvertible {
    /// The name.
    public var description: String { text }
}
