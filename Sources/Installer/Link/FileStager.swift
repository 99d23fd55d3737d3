// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

import CondaFormats
import TrustCore

/// Puts one planned path where it is staged, and says what its record has to say.
struct FileStager {
    private let package: PlannedPackage
    private let source: PrefixTree
    private let prefix: [UInt8]
    private let placement: LinkOptions.Placement
    /// Whether a file came in by one more name of its own, rather than by a copy.
    private(set) var linkedAny = false

    init(_ package: PlannedPackage, prefix: String, placement: LinkOptions.Placement) throws {
        let directory = package.request.extracted.directory
        guard let root = try PrefixFolder.open(directory) else {
            throw Failure(.disk, "the unpacked package is gone", at: directory)
        }
        self.package = package
        self.placement = placement
        self.prefix = Array(prefix.utf8)
        source = PrefixTree(root)
    }

    /// Stages a path in a folder under a name; an empty folder is only described.
    mutating func stage(_ file: PlannedFile, in folder: PrefixFolder, as name: String) throws
        -> InstalledEntry
    {
        switch file.source {
        case .generated(let bytes):
            try write(bytes, mode: 0o755, in: folder, as: name)
            let digest = Digest.of(bytes)
            return InstalledEntry(
                path: file.target,
                kind: .entryPoint,
                sha256: digest,
                sha256InPrefix: digest,
                size: UInt64(bytes.count)
            )
        case .unpacked(let entry): return try stage(entry, at: file.target, in: folder, as: name)
        }
    }

    private mutating func stage(
        _ entry: PathEntry,
        at target: PrefixPath,
        in folder: PrefixFolder,
        as name: String
    ) throws -> InstalledEntry {
        let sourceName = String(entry.path.name)
        guard let parent = try source.parent(of: entry.path), let status = try parent.status(sourceName)
        else {
            throw altered(entry, expected: entry.kind.rawValue, found: "nothing")
        }
        // Legacy lists name links without saying that they are; what was unpacked says it.
        let isLegacy = package.request.extracted.manifest.source == .legacy
        switch (entry.kind, status.kind) {
        case (.directory, .folder): return InstalledEntry(path: target, kind: .directory)
        case (_, .symbolicLink) where entry.kind == .symbolicLink || isLegacy:
            return try stageLink(entry, from: parent, at: target, in: folder, as: name)
        case (.file, .file):
            return try stageFile(entry, status, from: parent, at: target, in: folder, as: name)
        default: throw altered(entry, expected: entry.kind.rawValue, found: "something else")
        }
    }

    private func stageLink(
        _ entry: PathEntry,
        from parent: PrefixFolder,
        at target: PrefixPath,
        in folder: PrefixFolder,
        as name: String
    ) throws -> InstalledEntry {
        let destination = try parent.linkTarget(String(entry.path.name))
        guard Self.staysInside(destination, depth: target.components.count - 1) else {
            throw Refusal(
                InstallCode.linkEscapes,
                package.label,
                at: target.text,
                expected: "a target inside the prefix",
                found: destination
            )
        }
        try folder.makeLink(name, to: destination)
        return InstalledEntry(
            path: target,
            kind: .symbolicLink,
            sha256: entry.sha256,
            sha256InPrefix: Digest.of(Array(destination.utf8)),
            size: entry.size
        )
    }

    private mutating func stageFile(
        _ entry: PathEntry,
        _ status: FileStatus,
        from parent: PrefixFolder,
        at target: PrefixPath,
        in folder: PrefixFolder,
        as name: String
    ) throws -> InstalledEntry {
        if let size = entry.size, size != status.size {
            throw altered(entry, expected: "\(size) bytes", found: "\(status.size) bytes")
        }
        if let placeholder = entry.placeholder {
            return try stageReplaced(
                entry,
                placeholder,
                status,
                from: parent,
                at: target,
                in: folder,
                as: name
            )
        }
        var digest = entry.sha256
        let mayLink = placement == .hardLink && !entry.noLink
        if mayLink, folder.link(from: parent, String(entry.path.name), as: name) {
            linkedAny = true
            if digest == nil { digest = try digestOf(entry, in: parent) }
        } else {
            let found = try copy(entry, status, from: parent, to: folder, as: name)
            if let expected = entry.sha256, expected != found {
                throw altered(entry, expected: expected.description, found: found.description)
            }
            digest = found
        }
        return InstalledEntry(
            path: target,
            kind: .file,
            sha256: digest,
            sha256InPrefix: digest,
            size: status.size,
            noLink: entry.noLink
        )
    }

    private func stageReplaced(
        _ entry: PathEntry,
        _ placeholder: PathEntry.Placeholder,
        _ status: FileStatus,
        from parent: PrefixFolder,
        at target: PrefixPath,
        in folder: PrefixFolder,
        as name: String
    ) throws -> InstalledEntry {
        guard let bytes = try parent.read(String(entry.path.name), maximumLength: Self.maximumReplacedLength)
        else {
            throw altered(entry, expected: "a file", found: "nothing")
        }
        let original = Digest.of(bytes)
        if let expected = entry.sha256, expected != original {
            throw altered(entry, expected: expected.description, found: original.description)
        }
        let old = Array(placeholder.text.utf8)
        let replaced: [UInt8]
        switch placeholder.mode {
        case .text: replaced = Replacement.script(bytes, old, prefix, atMost: Self.maximumReplacedLength)
        case .binary:
            guard let result = Replacement.binary(bytes, old, prefix) else {
                throw Refusal(InstallCode.prefixTooLong, package.label, at: target.text)
            }
            replaced = result
        }
        guard replaced.count <= Self.maximumReplacedLength else {
            throw Refusal(
                CoreCode.tooLarge,
                package.label,
                at: target.text,
                expected: "at most \(Self.maximumReplacedLength) bytes with the prefix in place"
            )
        }
        try write(replaced, mode: status.mode, in: folder, as: name)
        return InstalledEntry(
            path: target,
            kind: .file,
            sha256: original,
            sha256InPrefix: Digest.of(replaced),
            size: UInt64(replaced.count),
            placeholder: placeholder,
            noLink: entry.noLink
        )
    }

    /// The largest file in which a placeholder is replaced, in bytes: it is held in memory twice.
    private static let maximumReplacedLength = 2 << 30

    private func write(_ bytes: [UInt8], mode: UInt32, in folder: PrefixFolder, as name: String) throws {
        let file = try folder.makeFile(name, mode: 0o600)
        try bytes.withUnsafeBytes { try file.write($0) }
        try file.setMode(.init(mode & 0o777))
    }

    private func copy(
        _ entry: PathEntry,
        _ status: FileStatus,
        from parent: PrefixFolder,
        to folder: PrefixFolder,
        as name: String
    ) throws -> Digest {
        guard let input = try parent.openFile(String(entry.path.name)) else {
            throw altered(entry, expected: "a file", found: "nothing")
        }
        let output = try folder.makeFile(name, mode: 0o600)
        let digest = try input.copy(to: output)
        try output.setMode(.init(status.mode & 0o777))
        return digest
    }

    private func digestOf(_ entry: PathEntry, in parent: PrefixFolder) throws -> Digest {
        guard let input = try parent.openFile(String(entry.path.name)) else {
            throw altered(entry, expected: "a file", found: "nothing")
        }
        return try input.digest()
    }

    private func altered(_ entry: PathEntry, expected: String, found: String) -> Refusal {
        Refusal(
            InstallCode.sourceAltered,
            package.label,
            at: entry.path.text,
            expected: expected,
            found: found
        )
    }

    /// Whether a link's target, followed from a folder so deep in the prefix, never leaves the prefix.
    static func staysInside(_ target: String, depth: Int) -> Bool {
        guard !target.isEmpty, !target.utf8.starts(with: "/".utf8) else { return false }
        var depth = depth
        for part in PathParts.of(target) {
            if part == ".." { depth -= 1 } else if part != "." { depth += 1 }
            if depth < 0 { return false }
        }
        return true
    }
}
