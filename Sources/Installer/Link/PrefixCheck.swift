// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

import CondaFormats
import TrustCore

/// Compares what is planned with what is in the prefix already.
struct PrefixCheck {
    private let tree: PrefixTree
    private let targets: TargetMap
    private let outgoing: Outgoing

    init(root: PrefixFolder, targets: TargetMap, outgoing: Outgoing) {
        tree = PrefixTree(root)
        self.targets = targets
        self.outgoing = outgoing
    }

    /// Refuses to go through links, over files nobody planned to remove, and over folders that stay.
    func run() throws {
        try checkFolder("conda-meta", for: "conda-meta")
        for folder in targets.folders.sorted() { try checkFolder(folder.text, for: folder.text) }
        for (path, package) in targets.owners.sorted(by: { $0.key < $1.key }) { try checkFile(path, package) }
    }

    private func checkFolder(_ text: String, for subject: String) throws {
        guard let path = PrefixPath(text), !outgoing.files.contains(path) else { return }
        switch try tree.status(path)?.kind {
        case nil, .folder?: return
        case .symbolicLink?:
            throw Refusal(
                InstallCode.throughLink,
                text,
                at: tree.root.path,
                expected: "a folder",
                found: "a link"
            )
        case .file?, .other?:
            throw Refusal(
                InstallCode.fileIsFolder,
                text,
                at: tree.root.path,
                expected: "a folder",
                found: "a file"
            )
        }
    }

    private func checkFile(_ path: PrefixPath, _ package: String) throws {
        guard let status = try tree.status(path) else { return }
        guard status.kind == .folder else {
            if outgoing.files.contains(path) { return }
            throw Refusal(
                InstallCode.clobberForeign,
                package,
                at: path.text,
                expected: "nothing there yet",
                found: "a file that no package owns"
            )
        }
        guard try becomesEmpty(path) else {
            throw Refusal(
                InstallCode.fileIsFolder,
                package,
                at: path.text,
                expected: "nothing there yet",
                found: "a folder that is not going to be removed"
            )
        }
    }

    /// Whether a folder is going to be removed, with everything in it: a file cannot take its place otherwise.
    private func becomesEmpty(_ path: PrefixPath) throws -> Bool {
        guard outgoing.folders.contains(path) else { return false }
        guard let folder = try tree.folder(path) else { return true }
        return try folder.list().allSatisfy { entry in
            guard entry.isText, let inner = PrefixPath("\(path)/\(entry.name)") else { return false }
            return try entry.kind == .folder ? becomesEmpty(inner) : outgoing.files.contains(inner)
        }
    }
}
