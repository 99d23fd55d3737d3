// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

internal import TrustCore

/// What a map file calls a repository, and how its folder is named.
///
/// Letters, digits, `.`, `_` and `-` of ASCII, beginning with a letter or digit, so that it is a safe name in
/// every file system (CVE-2026-24686).
public struct RepositoryName: Hashable, Comparable, Sendable {
    /// The longest name, in bytes.
    public static let maximumLength = 100

    /// The name, as it was written.
    public let text: String

    /// Takes a name; nil if it is not safe.
    public init?(_ text: some StringProtocol) {
        guard let first = text.utf8.first, Self.isAlphanumeric(first),
            text.utf8.count <= Self.maximumLength, text.utf8.allSatisfy(Self.isAllowed)
        else { return nil }
        self.text = String(text)
    }

    /// Takes a name from a map file (`consensus.repository-name`).
    init(checking text: String, in subject: String) throws {
        guard let name = RepositoryName(text) else {
            throw Refusal(
                ConsensusCode.repositoryName,
                subject,
                expected: "1 to \(Self.maximumLength) letters, digits, `.`, `_` or `-`",
                found: "`\(text)`"
            )
        }
        self = name
    }

    /// What two names share if they are one folder where case does not count.
    var folded: [UInt8] { text.utf8.map { (0x41...0x5A).contains($0) ? $0 | 0x20 : $0 } }

    /// Byte order.
    public static func < (a: RepositoryName, b: RepositoryName) -> Bool { ByteKey(a.text) < ByteKey(b.text) }

    private static func isAlphanumeric(_ byte: UInt8) -> Bool {
        switch byte {
        case 0x30...0x39, 0x41...0x5A, 0x61...0x7A: true
        default: false
        }
    }

    private static func isAllowed(_ byte: UInt8) -> Bool {
        isAlphanumeric(byte) || byte == UInt8(ascii: ".") || byte == UInt8(ascii: "_")
            || byte == UInt8(ascii: "-")
    }
}

extension RepositoryName: CustomStringConvertible {
    /// The name itself.
    public var description: String { text }
}
