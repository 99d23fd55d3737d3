// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

import CondaFormats
import TrustCore

/// A walk over everything in a prefix, which finds what nobody owns.
struct PrefixWalk {
    private(set) var findings: [AuditFinding] = []
    private(set) var compiled: [String] = []
    private var unclaimed: [(path: String, kind: FileStatus.Kind)] = []

    /// Walks the prefix, noting what is at each claimed path. Links are looked at, never followed.
    static func run(_ root: PrefixFolder, _ claims: inout OwnedPaths) throws -> PrefixWalk {
        var walk = PrefixWalk()
        for entry in try root.list() {
            // Installers' own bookkeeping; what is wrong in it is found elsewhere.
            if entry.name == "conda-meta" && entry.kind == .folder || entry.name == PrefixLock.folderName {
                continue
            }
            // Written by rattler, so that back-up programs leave the prefix out.
            if entry.name == "CACHEDIR.TAG" && entry.kind == .file && !claims.claims(entry.name) { continue }
            try walk.visit(entry, entry.name, in: root, &claims)
        }
        walk.sort(claims)
        return walk
    }

    private mutating func visit(
        _ entry: PrefixFolder.Entry,
        _ path: String,
        in folder: PrefixFolder,
        _ claims: inout OwnedPaths
    ) throws {
        let isClaimed = entry.isText && claims.see(path, entry.kind)
        guard entry.kind == .folder, entry.isText else {
            if !isClaimed { unclaimed.append((path, entry.kind)) }
            return
        }
        guard let inner = try folder.folder(entry.name) else { return }
        for entry in try inner.list() { try visit(entry, "\(path)/\(entry.name)", in: inner, &claims) }
    }

    private mutating func sort(_ claims: OwnedPaths) {
        for (path, kind) in unclaimed {
            if kind == .file, let source = Self.source(ofCompiled: path), claims.claims(source) {
                compiled.append(path)
            } else {
                findings.append(AuditFinding(.foreign, path, found: Self.word(kind)))
            }
        }
        unclaimed = []
    }

    /// `a/NAME.py` for `a/__pycache__/NAME.*.pyc`.
    static func source(ofCompiled path: String) -> String? {
        guard path.hasSuffix(".pyc") else { return nil }
        let parts = PathParts.of(path)
        guard parts.count >= 2, parts[parts.count - 2] == "__pycache__", let name = parts.last,
            let dot = name.utf8.firstIndex(of: UInt8(ascii: "."))
        else { return nil }
        return (parts.dropLast(2) + ["\(name[..<dot]).py"]).joined(separator: "/")
    }

    static func word(_ kind: FileStatus.Kind) -> String {
        switch kind {
        case .file: "a file"
        case .folder: "a folder"
        case .symbolicLink: "a symbolic link"
        case .other: "a device, socket or pipe"
        }
    }
}
