// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

internal import TrustCore

/// The name of a role: one of the four top-level names, or what a delegation chose.
///
/// Any text may be a name (specification 1.0.34, section 4.5), so it is compared as bytes and percent-encoded
/// before it becomes a file name or part of a URL; `../x` is a legal name and a harmless one.
public struct RoleName: Hashable, Comparable, Sendable {
    /// The longest file name that a role may ask for, in bytes, version number and `.json` not counted:
    /// what common file systems can hold, with room for both.
    public static let maximumFileNameLength = 224

    /// The name, as it was written.
    public let text: String

    /// Takes a name; nil if it is empty or too long to become a file name.
    public init?(_ text: some StringProtocol) {
        guard !text.isEmpty, text.utf8.count <= Self.maximumFileNameLength,
            PercentEncoding.segment(text).utf8.count <= Self.maximumFileNameLength
        else { return nil }
        self.text = String(text)
    }

    /// Takes the name of a top-level role.
    public init(_ kind: MetadataKind) { text = kind.rawValue }

    /// The role whose keys are pinned or reached from the pinned ones.
    public static let root = RoleName(MetadataKind.root)
    /// The role that says how fresh the repository is.
    public static let timestamp = RoleName(MetadataKind.timestamp)
    /// The role that says which versions belong together.
    public static let snapshot = RoleName(MetadataKind.snapshot)
    /// The role that vouches for files, or delegates that.
    public static let targets = RoleName(MetadataKind.targets)

    /// Which top-level role it is, if it is one. A delegated role may not have such a name.
    public var topLevelKind: MetadataKind? {
        MetadataKind.allCases.first { ByteKey($0.rawValue) == ByteKey(text) }
    }

    /// Whether the name is made of `A`–`Z`, `a`–`z`, `0`–`9`, `.`, `_` and `-` only, and does not begin with a dot.
    ///
    /// Any other name is legal, but servers, mirrors and file systems do not agree on how a file of that name is
    /// asked for; so we read such roles and do not make them.
    public var isPlain: Bool {
        text.utf8.first != 0x2E
            && text.utf8.allSatisfy { byte in
                switch byte {
                case 0x30...0x39, 0x41...0x5A, 0x61...0x7A, 0x2D, 0x2E, 0x5F: true
                default: false
                }
            }
    }

    /// Refuses a name for a new role that is not plain (`tuf.role-name`).
    func checkPlain() throws {
        guard isPlain else {
            throw Refusal(
                TUFCode.roleName,
                "role `\(text)`",
                expected: "letters, digits, `.`, `_` and `-`, and no dot in front",
                found: "`\(text)`",
                remedy: "choose a plain name: it becomes the name of a file on every mirror"
            )
        }
    }

    /// The percent-encoded name, safe as a file name and inside a URL (CVE-2021-41131).
    public var encoded: String { PercentEncoding.segment(text) }

    /// Equal exactly if the bytes are.
    public static func == (a: RoleName, b: RoleName) -> Bool { ByteKey(a.text) == ByteKey(b.text) }
    /// Byte order.
    public static func < (a: RoleName, b: RoleName) -> Bool { ByteKey(a.text) < ByteKey(b.text) }
    /// Hashes the bytes.
    public func hash(into hasher: inout Hasher) { ByteKey(text).hash(into: &hasher) }

    /// Takes a name from metadata (`tuf.role-name`).
    init(checking text: String, in subject: String) throws {
        guard let name = RoleName(text) else {
            throw Refusal(
                TUFCode.roleName,
                subject,
                expected: "1 to \(Self.maximumFileNameLength) bytes when percent-encoded",
                found: "\(text.utf8.count) bytes"
            )
        }
        self = name
    }
}

extension RoleName: CustomStringConvertible {
    /// The name itself.
    public var description: String { text }
}
