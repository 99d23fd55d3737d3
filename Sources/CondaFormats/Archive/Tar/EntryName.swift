// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

import TrustCore

/// From the bytes of a name in an archive to a path that stays inside the package.
enum EntryName {
    /// The path; nil for the top folder itself, as in `./`.
    ///
    /// - Throws: `archive.path-absolute`, `archive.path-parent`, `archive.path-unsafe`.
    static func path(_ bytes: [UInt8], subject: String) throws -> PrefixPath? {
        guard !bytes.isEmpty else { throw Refusal(ArchiveCode.pathUnsafe, "an empty name", at: subject) }
        let (slash, dot) = (UInt8(ascii: "/"), UInt8(ascii: "."))
        var rest = bytes[...]
        // `./` in front and `/` behind are what real tools write, and change nothing.
        while rest.count >= 2, rest[rest.startIndex] == dot, rest[rest.startIndex + 1] == slash {
            rest = rest.dropFirst(2)
        }
        while rest.last == slash, rest.count > 1 { rest = rest.dropLast() }
        if rest.isEmpty || (rest.count == 1 && rest.first == dot) { return nil }
        if let text = String(validating: rest, as: UTF8.self), let path = PrefixPath(text) { return path }
        throw Refusal(defect(rest), shown(bytes), at: subject)
    }

    /// What is wrong with a name that is no path.
    private static func defect(_ name: ArraySlice<UInt8>) -> ArchiveCode {
        if name.first == UInt8(ascii: "/") { return .pathAbsolute }
        let parts = name.split(separator: UInt8(ascii: "/"))
        return parts.contains { $0.elementsEqual("..".utf8) } ? .pathParent : .pathUnsafe
    }

    /// Where a symbolic link leads, as a path inside the package; nil for the top folder itself.
    ///
    /// - Throws: `archive.link-escape` if it leads out, wherever the package is put; `archive.tar-field` if
    /// it is empty.
    static func destination(of target: [UInt8], from link: PrefixPath, subject: String) throws -> PrefixPath?
    {
        let wrong = Refusal(ArchiveCode.linkEscape, link.text, at: subject, found: "`\(shown(target))`")
        guard !target.isEmpty else {
            throw Refusal(
                ArchiveCode.tarField,
                link.text,
                at: subject,
                expected: "a link with a target",
                found: "none"
            )
        }
        guard target.first != UInt8(ascii: "/"), !target.contains(UInt8(ascii: "\\")),
            !target.contains(0), target.count <= PrefixPath.maximumLength,
            let text = String(validating: target, as: UTF8.self)
        else { throw wrong }
        var parts = link.parent?.components ?? []
        for part in PathParts.of(text) where part != "." {
            if part != ".." {
                parts.append(part)
            } else if parts.popLast() == nil {
                throw wrong
            }
        }
        return PrefixPath(parts.joined(separator: "/"))
    }

    /// Whether a link's target has `..` after a name: ``LinkCheck`` looks at these.
    static func climbsLate(_ target: String) -> Bool {
        let parts = PathParts.of(target).filter { $0 != "." }
        return parts.drop { $0 == ".." }.contains("..")
    }

    /// A name for messages, without anything that could move the cursor.
    static func shown(_ bytes: [UInt8]) -> String { QuotedText.short(String(decoding: bytes, as: UTF8.self)) }
}
