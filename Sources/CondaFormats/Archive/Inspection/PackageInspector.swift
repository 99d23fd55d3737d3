// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

import TrustCore

/// Second half of reading a package: the rules about entries, the digest of every file, and at the end the
/// comparison with what the package says it installs. Nothing reaches the visitor before it was inspected.
package final class PackageInspector: TarReader.Handler {
    private static let pending = SeenEntry.file(sha256: Digest.of([]), size: 0)

    private let subject: String
    private let limits: ArchiveLimits
    private let visitor: any ArchiveVisitor
    private var names: NameRegister
    private var tar: TarReader?
    private var part = ArchivePart.whole
    private var counts = ArchiveCounts()
    private var infoFiles: [String: [UInt8]] = [:]

    private var path: PrefixPath?
    private var digest = StreamingDigest(.sha256)
    private var size: UInt64 = 0
    private var kept: [UInt8]?
    /// Links with `..` after a name, which are checked once all names are known.
    private var climbingLinks: [(PrefixPath, String)] = []

    package init(fileName: ArchiveFileName, limits: ArchiveLimits, visitor: any ArchiveVisitor) {
        subject = fileName.text
        self.limits = limits
        self.visitor = visitor
        names = NameRegister(subject: fileName.text, limits: limits)
    }

    /// A tar stream begins.
    package func begin(_ part: ArchivePart) {
        self.part = part
        tar = TarReader(limits: limits, subject: subject)
    }

    /// More of the stream.
    package func consume(_ bytes: UnsafeRawBufferPointer) throws { try tar?.consume(bytes, self) }

    /// The stream is complete.
    package func end() throws {
        try tar?.finish()
        tar = nil
    }

    /// Everything was read: compares it with the manifest.
    package func finish(_ digests: ArchiveDigests) throws -> ArchiveSummary {
        let seen = names.entries
        let links = LinkCheck(subject: subject) { seen[$0]?.isDirectory ?? false }
        for (link, text) in climbingLinks { try links.run(link, to: text) }
        try checkCase()
        let manifest = try self.manifest()
        try ManifestCheck(subject: subject, entries: names.entries).run(manifest)
        return ArchiveSummary(
            sha256: digests.sha256,
            md5: digests.md5,
            size: digests.size,
            manifest: manifest,
            infoFiles: infoFiles,
            counts: counts
        )
    }

    // MARK: Entries

    func entry(
        _ kind: TarHeader.Kind,
        name: [UInt8],
        link: [UInt8],
        size: UInt64,
        permissions: UInt16
    ) throws {
        path = try EntryName.path(name, subject: subject)
        guard let path else {
            guard case .directory = kind else { throw Refusal(ArchiveCode.pathUnsafe, ".", at: subject) }
            return
        }
        guard path.depth <= limits.depth else {
            throw Refusal(ArchiveCode.pathUnsafe, path.text, at: subject)
        }
        try checkPart(path, isDirectory: kind == .directory)
        try checkInfo(path, kind)
        switch kind {
        case .directory:
            try names.add(path, .directory)
            try visitor.directory(path, permissions: permissions)
        case .symbolicLink:
            let destination = try EntryName.destination(of: link, from: path, subject: subject)
            let text = String(decoding: link, as: UTF8.self)
            try names.add(path, .symbolicLink(to: destination, text: text))
            if EntryName.climbsLate(text) { climbingLinks.append((path, text)) }
            counts.symbolicLinks += 1
            try visitor.symbolicLink(path, target: text)
        case .hardLink: try hardLink(path, link)
        default: try beginFile(path, size, permissions)
        }
    }

    func content(_ bytes: UnsafeRawBufferPointer) throws {
        digest.update(bytes)
        kept?.append(contentsOf: bytes)
        try visitor.fileBytes(bytes)
    }

    func endOfContent() throws {
        guard let path else { return }
        names.update(path, .file(sha256: digest.finish(), size: size))
        if let kept { infoFiles[path.text] = kept }
        kept = nil
        try visitor.endFile()
    }

    private func hardLink(_ path: PrefixPath, _ link: [UInt8]) throws {
        // One part must not need the other: programs unpack the info part alone.
        guard let target = try EntryName.path(link, subject: subject), let known = names.entries[target],
            case .file = known, part == .whole || target.isInfo == path.isInfo
        else {
            throw Refusal(
                ArchiveCode.hardLinkTarget,
                path.text,
                at: subject,
                expected: "an earlier file of the package",
                found: "`\(EntryName.shown(link))`"
            )
        }
        try names.add(path, known)
        counts.hardLinks += 1
        try visitor.hardLink(path, to: target)
    }

    private func beginFile(_ path: PrefixPath, _ size: UInt64, _ permissions: UInt16) throws {
        digest = StreamingDigest(.sha256)
        self.size = size
        // The true digest follows with the content.
        try names.add(path, Self.pending)
        counts.files += 1
        counts.fileBytes += size
        if path.isInfo, ArchiveSummary.keptInfoFiles.contains(path.text) {
            let isManifest = path.text == "info/paths.json" || path.text == "info/files"
            guard size <= (isManifest ? limits.manifestBytes : limits.infoFileBytes) else {
                throw Refusal(ArchiveCode.tooLarge, path.text, at: subject, found: "\(size) bytes")
            }
            kept = []
        }
        try visitor.beginFile(path, size: size, permissions: permissions)
    }

    // MARK: Rules about the whole

    /// In a `.conda` file the info part holds `info/`, and the payload everything else (CEP 35).
    private func checkPart(_ path: PrefixPath, isDirectory: Bool) throws {
        let isInfo = path.isInfo
        switch part {
        case .whole: break
        case .info: guard isInfo else { throw misplaced(path, "outside the info part") }
        // An empty folder `info/` in the payload says nothing.
        case .payload: guard !isInfo || isDirectory else { throw misplaced(path, "in the info part") }
        }
    }

    /// What describes the package is read by some through links, and by some as if the link were not there.
    private func checkInfo(_ path: PrefixPath, _ kind: TarHeader.Kind) throws {
        guard kind != .file, path.isInfo,
            ArchiveSummary.keptInfoFiles.contains(path.text) || (path.text == "info" && kind != .directory)
        else { return }
        throw Refusal(ArchiveCode.infoLink, path.text, at: subject, expected: "a file")
    }

    private func misplaced(_ path: PrefixPath, _ expected: String) -> Refusal {
        Refusal(ArchiveCode.infoOutsideInfo, path.text, at: subject, expected: expected)
    }

    private func checkCase() throws {
        guard let (one, other) = names.caseCollision, limits.caseCollisions == .refused, !isForLinux else {
            return
        }
        throw Refusal(
            ArchiveCode.caseCollision,
            other.text,
            at: subject,
            expected: "names that differ by more than case",
            found: "`\(one)`"
        )
    }

    /// Packages for Linux may tell names apart by case: terminal databases and kernel headers do.
    private var isForLinux: Bool {
        guard let bytes = infoFiles["info/index.json"], let index = try? PackageIndex.read(bytes) else {
            return false
        }
        return index.subdir?.utf8.starts(with: "linux-".utf8) ?? false
    }

    private func manifest() throws -> PathsManifest {
        guard infoFiles["info/paths.json"] != nil || infoFiles["info/files"] != nil else {
            throw Refusal(ArchiveCode.noManifest, subject, expected: "info/paths.json or info/files")
        }
        return try PathsManifest.read(infoFiles: infoFiles)
    }
}
