// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

public import TrustCore

/// The path of a target file below the repository's target URL.
///
/// Components are joined by `/`; none is empty, `.` or `..`, and none holds a backslash or a control
/// character: a path that leaves its folder is refused where metadata is read (CVE-2021-41149,
/// CVE-2026-6968), before anybody can join it to a URL or a folder. Otherwise it is opaque: compared as
/// bytes, case-sensitive, never normalised.
public struct TargetPath: Hashable, Comparable, Sendable {
    /// The longest path, in bytes.
    public static let maximumLength = 4096

    /// The path, as it was written.
    public let text: String

    /// Takes a path; nil if it could leave the folder it is put in.
    public init?(_ text: some StringProtocol) {
        guard !text.isEmpty, text.utf8.count <= Self.maximumLength,
            !text.utf8.contains(where: { $0 < 0x20 || $0 == 0x7F || $0 == UInt8(ascii: "\\") })
        else { return nil }
        for component in text.utf8.split(separator: UInt8(ascii: "/"), omittingEmptySubsequences: false) {
            guard !component.isEmpty, !component.elementsEqual(".".utf8), !component.elementsEqual("..".utf8)
            else {
                return nil
            }
        }
        self.text = String(text)
    }

    /// SHA-256 of the path's bytes, which hash bins and `path_hash_prefixes` go by.
    public var hash: Digest { Digest.of(Array(text.utf8)) }

    /// The path with a digest before its last component, `dir/DIGEST.name`: where a consistent repository
    /// keeps it.
    public func prefixed(by digest: Digest) -> String {
        guard let slash = text.utf8.lastIndex(of: UInt8(ascii: "/")) else { return "\(digest.hex).\(text)" }
        let start = text.utf8.index(after: slash)
        return text[..<start] + "\(digest.hex)." + text[start...]
    }

    /// Equal exactly if the bytes are.
    public static func == (a: TargetPath, b: TargetPath) -> Bool { a.text.utf8.elementsEqual(b.text.utf8) }
    /// Byte order.
    public static func < (a: TargetPath, b: TargetPath) -> Bool { ByteKey(a.text) < ByteKey(b.text) }
    /// Hashes the bytes.
    public func hash(into hasher: inout Hasher) { ByteKey(text).hash(into: &hasher) }

    /// Takes a path from metadata (`tuf.target-path`).
    init(checking text: String, in subject: String) throws {
        guard let path = TargetPath(text) else {
            throw Refusal(
                TUFCode.targetPath,
                subject,
                expected: "a relative path that stays inside its folder",
                found: "`\(text)`"
            )
        }
        self = path
    }
}

extension TargetPath: CustomStringConvertible {
    /// The path itself.
    public var description: String { text }
}
