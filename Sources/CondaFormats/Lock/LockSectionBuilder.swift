// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

import TrustCore

/// Collects the entries of one part of a lock file, and refuses those that contradict each other.
struct LockSectionBuilder {
    private let subject: String
    private(set) var packages: [LockedPackage] = []
    private(set) var unsupported: [UnsupportedLockEntry] = []
    private var positions: [PackageURL: Int] = [:]

    init(_ subject: String) { self.subject = subject }

    /// Adds the conda package at a URL.
    ///
    /// A URL that is one, but stands in no channel, becomes an unsupported entry; what is no URL is refused.
    mutating func addConda(
        _ url: String,
        md5: Digest?,
        sha256: Digest?,
        size: UInt64? = nil,
        category: String? = nil,
        line: Int
    ) throws {
        guard let location = try Self.location(url, subject, line: line) else {
            add(.outsideChannel, url, line: line)
            return
        }
        try add(
            LockedPackage(
                location: location,
                md5: md5,
                sha256: sha256,
                size: size,
                category: category,
                line: line
            )
        )
    }

    /// Adds a package; the same one twice is one.
    mutating func add(_ package: LockedPackage) throws {
        if let at = positions[package.location] {
            try Self.check(packages[at], package, subject)
        } else {
            positions[package.location] = packages.count
            packages.append(package)
        }
    }

    /// Adds what is not supported.
    mutating func add(_ kind: UnsupportedLockEntry.Kind, _ name: String, line: Int) {
        let shown = (try? AbsoluteURL(name, .packageURL))?.text(.redacted) ?? Self.withoutCredentials(name)
        unsupported.append(UnsupportedLockEntry(kind: kind, name: QuotedText.short(shown), line: line))
    }

    mutating func add(_ entry: UnsupportedLockEntry) { unsupported.append(entry) }

    /// The place of a package; nil if the URL is in order but has no subdirectory of a channel in it.
    static func location(_ url: String, _ subject: String, line: Int) throws -> PackageURL? {
        do {
            return try PackageURL(url)
        } catch let refusal as Refusal where refusal.is(NameCode.subdir) {
            return nil
        } catch let refusal as Refusal {
            throw Refusal(
                LockCode.badURL,
                subject,
                at: "line \(line)",
                expected: refusal.expected ?? refusal.code.entry.summary,
                found: refusal.found,
                cause: refusal
            )
        }
    }

    /// Refuses two descriptions of one file that differ in what binds its content.
    static func check(_ a: LockedPackage, _ b: LockedPackage, _ subject: String) throws {
        func differ<Value: Equatable>(_ a: Value?, _ b: Value?) -> Bool { a != nil && b != nil && a != b }
        guard !differ(a.md5, b.md5), !differ(a.sha256, b.sha256), !differ(a.size, b.size) else {
            throw Refusal(
                LockCode.conflictingEntries,
                b.fileName.text,
                at: "\(subject), lines \(a.line) and \(b.line)",
                expected: "one digest and one length for one file"
            )
        }
    }

    /// What cannot be read as a URL may still hold credentials: everything before the last `@`.
    private static func withoutCredentials(_ text: String) -> String {
        guard let mark = text.range(of: "://"), let at = text.lastIndex(of: "@"), at >= mark.upperBound else {
            return text
        }
        return text[..<mark.upperBound] + "***" + text[at...]
    }
}

extension String {
    /// Where the other text stands in this first.
    fileprivate func range(of other: String) -> Range<String.Index>? {
        var start = startIndex
        while start < endIndex {
            if self[start...].hasPrefix(other) { return start..<index(start, offsetBy: other.count) }
            start = index(after: start)
        }
        return nil
    }
}
