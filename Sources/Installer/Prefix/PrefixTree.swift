// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

import CondaFormats
import TrustCore

/// The folders below a prefix, opened one component at a time so that no link is ever followed.
///
/// It remembers the last folder, which makes paths in sorted order cheap.
final class PrefixTree {
    let root: PrefixFolder
    private var last: (path: PrefixPath, folder: PrefixFolder)?

    init(_ root: PrefixFolder) { self.root = root }

    /// The folder a path is in, if it is there and no link leads to it.
    func parent(of path: PrefixPath) throws -> PrefixFolder? { try folder(path.parent) }

    /// The folder at a path, if it is there and no link leads to it; nil as path is the prefix itself.
    func folder(_ path: PrefixPath?) throws -> PrefixFolder? {
        guard let path else { return root }
        if let last, last.path == path { return last.folder }
        var folder = root
        for name in path.components {
            guard let next = try folder.folder(String(name)) else { return nil }
            folder = next
        }
        last = (path, folder)
        return folder
    }

    /// The folder a path is in, made where it is not there yet.
    func madeParent(of path: PrefixPath) throws -> PrefixFolder {
        guard let parent = path.parent else { return root }
        return try madeFolder(parent)
    }

    /// The folder at a path, made where it is not there yet.
    @discardableResult
    func madeFolder(_ path: PrefixPath) throws -> PrefixFolder {
        if let last, last.path == path { return last.folder }
        var folder = root
        for name in path.components { folder = try folder.madeFolder(String(name)) }
        last = (path, folder)
        return folder
    }

    /// What is at a path: nothing, or what it is, without following any link.
    func status(_ path: PrefixPath) throws -> FileStatus? {
        try parent(of: path)?.status(String(path.name))
    }

    /// Forgets the remembered folder, which may have been removed.
    func forget() { last = nil }
}
