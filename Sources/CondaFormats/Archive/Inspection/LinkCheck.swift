// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

import TrustCore

/// The rule about symbolic links that only all entries together can break.
///
/// Read by its letters `a/a/../..` goes nowhere; where `a` is a link to `.`, it goes two folders up. So a
/// link may climb (`..`) from its own folder, and from folders that the package itself has, but never through
/// a link, and never from a name that another package could make a link.
package struct LinkCheck {
    private let subject: String
    private let isFolder: (PrefixPath) -> Bool

    /// - Parameter isFolder: whether there is going to be a folder, and no link, at a path.
    package init(subject: String, isFolder: @escaping (PrefixPath) -> Bool) {
        self.subject = subject
        self.isFolder = isFolder
    }

    /// Checks one link, whose target does not leave the package by its letters (`archive.link-escape`).
    package func run(_ link: PrefixPath, to text: String) throws {
        var parts = link.parent?.components ?? []
        var hasDescended = false
        for part in PathParts.of(text) where part != "." {
            if part != ".." {
                parts.append(part)
                hasDescended = true
                continue
            }
            guard !parts.isEmpty, !hasDescended || leadsToFolder(parts) else {
                throw Refusal(
                    ArchiveCode.linkEscape,
                    link.text,
                    at: subject,
                    expected: "`..` only after folders of the package",
                    found: "`\(QuotedText.short(text))`"
                )
            }
            parts.removeLast()
        }
    }

    private func leadsToFolder(_ parts: [Substring]) -> Bool {
        PrefixPath(parts.joined(separator: "/")).map(isFolder) ?? false
    }
}
