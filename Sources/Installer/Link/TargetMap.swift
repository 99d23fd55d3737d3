// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

import CondaFormats
import TrustCore

/// Which package is going to own which path, and which folders that takes.
struct TargetMap {
    /// The new files and links, with the package each belongs to.
    private(set) var owners: [PrefixPath: String] = [:]
    /// Every folder above them, and the empty ones.
    private(set) var folders: Set<PrefixPath> = []
    /// Where the links are, with their targets as they are written.
    private var links: [PrefixPath: String] = [:]

    /// Maps the paths of packages, refusing what two of them, or one and a kept package, want differently.
    init(_ packages: [PlannedPackage], kept: [PrefixRecord]) throws {
        for package in packages { try add(package) }
        for package in packages { try checkFolders(package) }
        for package in packages { try checkLinks(package) }
        try check(against: kept)
    }

    private mutating func add(_ package: PlannedPackage) throws {
        for file in package.files {
            try checkReserved(file.target, package.label)
            addFolders(above: file.target)
            if file.isFolder {
                folders.insert(file.target)
                continue
            }
            if let owner = owners.updateValue(package.label, forKey: file.target) {
                throw Self.clobber(file.target, owner, package.label)
            }
            if case .unpacked(let entry) = file.source, entry.kind == .symbolicLink {
                links[file.target] = try package.linkTarget(of: entry)
            }
        }
    }

    private mutating func addFolders(above path: PrefixPath) {
        var parent = path.parent
        while let folder = parent, folders.insert(folder).inserted { parent = folder.parent }
    }

    private func checkReserved(_ path: PrefixPath, _ package: String) throws {
        try path.checkUnreserved(in: package)
    }

    private func checkFolders(_ package: PlannedPackage) throws {
        for file in package.files {
            var folder = file.isFolder ? file.target : file.target.parent
            while let path = folder {
                if let owner = owners[path] {
                    throw links[path] != nil
                        ? Refusal(
                            InstallCode.throughLink,
                            package.label,
                            at: file.target.text,
                            expected: "a folder",
                            found: "the link `\(path)` of \(owner)"
                        )
                        : Refusal(
                            InstallCode.fileIsFolder,
                            package.label,
                            at: file.target.text,
                            expected: "a folder",
                            found: "the file `\(path)` of \(owner)"
                        )
                }
                folder = path.parent
            }
        }
    }

    /// A link that climbs out of a folder that the prefix is not going to have could be led elsewhere by another
    /// package's link of that name.
    private func checkLinks(_ package: PlannedPackage) throws {
        let check = LinkCheck(subject: package.label) { folders.contains($0) }
        for file in package.files {
            // One that leads out by its letters is refused where it is staged.
            guard let text = links[file.target],
                FileStager.staysInside(text, depth: file.target.components.count - 1)
            else { continue }
            try check.run(file.target, to: text)
        }
    }

    private func check(against kept: [PrefixRecord]) throws {
        for record in kept {
            for entry in record.entries where entry.kind != .directory {
                guard let package = owners[entry.path] else { continue }
                throw Self.clobber(entry.path, "\(record.name)-\(record.version)-\(record.build)", package)
            }
        }
    }

    private static func clobber(_ path: PrefixPath, _ first: String, _ second: String) -> Refusal {
        Refusal(
            InstallCode.clobberPackage,
            second,
            at: path.text,
            expected: "a file of one package",
            found: "\(first) installs it too"
        )
    }
}

/// What goes with packages that are removed or replaced.
struct Outgoing {
    /// Their files and links that no kept package has too, and the compiled forms of their Python sources.
    private(set) var files: Set<PrefixPath> = []
    /// The folders above them.
    private(set) var folders: Set<PrefixPath> = []

    init(_ removed: [PrefixRecord], kept: [PrefixRecord], root: PrefixFolder?) {
        guard !removed.isEmpty else { return }
        let shared = Set(kept.lazy.flatMap(\.entries).map(\.path))
        let tree = root.map(PrefixTree.init)
        for entry in removed.lazy.flatMap(\.entries) where !shared.contains(entry.path) {
            if entry.kind == .directory { folders.insert(entry.path) } else { files.insert(entry.path) }
            addFolders(above: entry.path)
            if let tree { addCompiled(of: entry.path, tree, shared) }
        }
        // An empty folder of a kept package stays.
        folders.subtract(shared)
    }

    private mutating func addFolders(above path: PrefixPath) {
        var parent = path.parent
        while let folder = parent, folders.insert(folder).inserted { parent = folder.parent }
    }

    /// `__pycache__/NAME.*.pyc` beside `NAME.py`: stale once the source is another one.
    private mutating func addCompiled(of path: PrefixPath, _ tree: PrefixTree, _ shared: Set<PrefixPath>) {
        guard path.text.hasSuffix(".py") else { return }
        let cache = (path.parent.map { "\($0)/" } ?? "") + "__pycache__"
        let stem = "\(path.name.dropLast(3))."
        guard let cachePath = PrefixPath(cache), let entries = try? tree.folder(cachePath)?.list() else {
            return
        }
        for entry in entries where entry.name.hasPrefix(stem) && entry.name.hasSuffix(".pyc") {
            guard entry.isText, let file = PrefixPath("\(cache)/\(entry.name)"), !shared.contains(file) else {
                continue
            }
            files.insert(file)
            folders.insert(cachePath)
        }
    }
}
