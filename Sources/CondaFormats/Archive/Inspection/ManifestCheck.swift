// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

import TrustCore

/// The comparison of an archive's entries with the package's own manifest, both ways (CEP 34).
struct ManifestCheck {
    let subject: String
    let entries: [PrefixPath: SeenEntry]

    /// Compares.
    ///
    /// - Throws: `archive.file-missing`, `archive.kind-mismatch`, `archive.file-size`,
    ///   `archive.file-altered`, `archive.file-unlisted`.
    func run(_ manifest: PathsManifest) throws {
        var listed = 0
        for entry in manifest.entries {
            guard let seen = entries[entry.path] else {
                throw Refusal(ArchiveCode.fileMissing, entry.path.text, at: subject)
            }
            try compare(entry, seen, isLegacy: manifest.source == .legacy)
            if mustBeListed(entry.path, seen) { listed += 1 }
        }
        // Every listed path is there, and is listed once: equal numbers mean equal sets.
        guard listed != entries.count(where: mustBeListed) else { return }
        let paths = Set(manifest.entries.map(\.path))
        let unlisted = entries.filter { mustBeListed($0, $1) && !paths.contains($0) }.keys.min()
        throw Refusal(ArchiveCode.fileUnlisted, unlisted?.text ?? subject, at: subject)
    }

    private func mustBeListed(_ path: PrefixPath, _ seen: SeenEntry) -> Bool {
        !seen.isDirectory && !path.isInfo
    }

    private func compare(_ entry: PathEntry, _ seen: SeenEntry, isLegacy: Bool) throws {
        switch (entry.kind, seen) {
        case (.file, .file(let sha256, let size)): try compare(entry, sha256, size)
        case (.symbolicLink, .symbolicLink(let target, let text)): try compare(entry, linkTo: target, text)
        case (.directory, .directory), (.directory, .impliedDirectory): break
        // The legacy list has names only.
        case (_, .symbolicLink) where isLegacy: break
        default:
            throw Refusal(
                ArchiveCode.kindMismatch,
                entry.path.text,
                at: subject,
                expected: entry.kind.rawValue,
                found: seen.kind
            )
        }
    }

    private func compare(_ entry: PathEntry, _ sha256: Digest, _ size: UInt64) throws {
        if let expected = entry.size, expected != size {
            throw Refusal(
                ArchiveCode.fileSize,
                entry.path.text,
                at: subject,
                expected: "\(expected) bytes",
                found: "\(size) bytes"
            )
        }
        if let expected = entry.sha256, expected != sha256 {
            throw Refusal(
                ArchiveCode.fileAltered,
                entry.path.text,
                at: subject,
                expected: expected.description,
                found: sha256.description
            )
        }
    }

    /// A link's digest is that of the file it leads to (conda-build), of nothing, or of its own text
    /// (rattler-build). Where it leads to a file of this package, or through links to one, it must be one of
    /// these.
    private func compare(_ entry: PathEntry, linkTo target: PrefixPath?, _ text: String) throws {
        guard let expected = entry.sha256, let file = file(at: target) else { return }
        guard expected == file || expected == Digest.of(Array(text.utf8)) || expected == Digest.of([]) else {
            throw Refusal(
                ArchiveCode.fileAltered,
                entry.path.text,
                at: subject,
                expected: expected.description,
                found: file.description
            )
        }
    }

    private func file(at path: PrefixPath?) -> Digest? {
        var path = path
        for _ in 0..<16 {
            guard let here = path, let seen = entries[here] else { return nil }
            switch seen {
            case .file(let sha256, _): return sha256
            case .symbolicLink(let next, _): path = next
            case .directory, .impliedDirectory: return nil
            }
        }
        return nil
    }
}
