// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

import TrustCore

/// From the bytes of a name in an archive to a path that stays inside the package.
enum EntryName {
    /// The path; nil for the top folder itself, as in `./`.
    ///
    /// - Throws: `archive.path-absolute`, `archive.path-parent`, `archive.path-unsafe`.
    static func path(_ bytes: [UInt8], subject: String) throws -> PrefixPath? {
        let wrong = { (code: ArchiveCode) in Refusal(code, shown(bytes), at: subject) }
        guard bytes.first != UInt8(ascii: "/") else { throw wrong(.pathAbsolute) }
        var rest = bytes[...]
        // `./` in front and `/` behind are what real tools write, and change nothing.
        while rest.starts(with: [UInt8(ascii: "."), UInt8(ascii: "/")]) { rest = rest.dropFirst(2) }
        while rest.last == UInt8(ascii: "/") { rest = rest.dropLast() }
        if rest.isEmpty || rest.elementsEqual([UInt8(ascii: ".")]) { return nil }
        let dots: [UInt8] = [UInt8(ascii: "."), UInt8(ascii: ".")]
        guard !rest.split(separator: UInt8(ascii: "/")).contains(where: { $0.elementsEqual(dots) }) else {
            throw wrong(.pathParent)
        }
        guard let text = String(validating: rest, as: UTF8.self), let path = PrefixPath(text) else {
            throw wrong(.pathUnsafe)
        }
        return path
    }

    /// Where a symbolic link leads, as a path inside the package; nil for the top folder itself.
    ///
    /// - Throws: `archive.link-escape` if it leads out, wherever the package is put.
    static func destination(of target: [UInt8], from link: PrefixPath, subject: String) throws -> PrefixPath? {
        let wrong = Refusal(ArchiveCode.linkEscape, link.text, at: subject, found: "`\(shown(target))`")
        guard !target.isEmpty, target.first != UInt8(ascii: "/"), !target.contains(UInt8(ascii: "\\")),
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

    /// A name for messages, without anything that could move the cursor.
    static func shown(_ bytes: [UInt8]) -> String { QuotedText.short(String(decoding: bytes, as: UTF8.self)) }
}
