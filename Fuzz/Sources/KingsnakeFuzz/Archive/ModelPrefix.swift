// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

import CondaFormats
import TrustCore

/// A prefix that a package is unpacked into in thought: every entry must stay inside, and have its own place.
final class ModelPrefix: ArchiveVisitor {
    private enum Node {
        case file, link, folder, impliedFolder
    }

    private var nodes: [[[UInt8]]: Node] = [:]
    private var targets: [[[UInt8]]: [[UInt8]]] = [:]
    private var expected: UInt64 = 0
    private var isInFile = false

    /// Reads a package into a new prefix.
    static func read(_ archive: [UInt8], named name: ArchiveFileName) throws {
        var limits = ArchiveLimits()
        limits.unpackedBytes = 64 << 20
        limits.ratioAppliesFrom = 4 << 20
        let prefix = ModelPrefix()
        let summary = try PackageArchiveReader.read(
            BytesSource(archive),
            fileName: name,
            limits: limits,
            into: prefix
        )
        Finding.unlessEqual(summary.sha256, Digest.of(archive), "the digest of the package")
        Finding.unlessEqual(summary.size, UInt64(archive.count), "the length of the package")
        Finding.unless(!prefix.isInFile, "a file without an end")
        for link in prefix.targets.keys { prefix.follow(link) }
        PlainRules.checkUnique(summary.manifest.entries.map(\.path))
        for entry in summary.manifest.entries {
            let node = prefix.nodes[Self.parts(entry.path.text)]
            Finding.unless(node != nil, "`\(entry.path)` is promised and not there")
        }
        let listed = Set(summary.manifest.entries.map { Self.parts($0.path.text) })
        for (path, node) in prefix.nodes where path.first != Array("info".utf8) {
            let isFolder = node == .folder || node == .impliedFolder
            Finding.unless(isFolder || listed.contains(path), "a file is there and not promised")
        }
    }

    private static func parts(_ text: String) -> [[UInt8]] {
        text.utf8.split(separator: UInt8(ascii: "/"), omittingEmptySubsequences: false).map { Array($0) }
    }

    /// Goes where the system would go, through the package's own links: never out.
    private func follow(_ link: [[UInt8]]) {
        var here: [[UInt8]] = []
        var ahead = link[...]
        var hops = 0
        while let part = ahead.popFirst() {
            if part.elementsEqual("..".utf8) {
                Finding.unless(!here.isEmpty, "a link leads out through other links")
                here.removeLast()
                continue
            }
            here.append(part)
            guard let target = targets[here] else { continue }
            hops += 1
            guard hops <= 40 else { return }
            here.removeLast()
            ahead = (target + ahead)[...]
        }
    }

    private func add(_ path: PrefixPath, _ node: Node) {
        PlainRules.check(path)
        Finding.unless(!isInFile, "an entry inside a file")
        let parts = Self.parts(path.text)
        for count in 1..<max(parts.count, 1) {
            let folder = Array(parts.prefix(count))
            let there = nodes[folder] ?? .impliedFolder
            Finding.unless(
                there == .folder || there == .impliedFolder,
                "`\(path)` goes through a link or a file"
            )
            nodes[folder] = there
        }
        switch (nodes[parts], node) {
        case (nil, _), (.impliedFolder, .folder), (.folder, .folder): break
        default: Finding.report("`\(path)` is there twice")
        }
        nodes[parts] = node
    }

    func directory(_ path: PrefixPath, permissions: UInt16) {
        add(path, .folder)
        check(permissions)
    }

    func beginFile(_ path: PrefixPath, size: UInt64, permissions: UInt16) {
        add(path, .file)
        check(permissions)
        expected = size
        isInFile = true
    }

    func fileBytes(_ bytes: UnsafeRawBufferPointer) {
        Finding.unless(isInFile && UInt64(bytes.count) <= expected, "more bytes than the file has")
        expected -= UInt64(bytes.count)
    }

    func endFile() {
        Finding.unless(isInFile && expected == 0, "fewer bytes than the file has")
        isInFile = false
    }

    func symbolicLink(_ path: PrefixPath, target: String) {
        add(path, .link)
        let steps = target.utf8.split(separator: UInt8(ascii: "/")).map { Array($0) }
        targets[Self.parts(path.text)] = steps.filter { !$0.elementsEqual(".".utf8) }
        var depth = Self.parts(path.text).count - 1
        Finding.unless(
            target.utf8.first != UInt8(ascii: "/") && !target.isEmpty,
            "`\(path)` leads to `\(target)`"
        )
        for part in steps where !part.elementsEqual(".".utf8) {
            depth += part.elementsEqual("..".utf8) ? -1 : 1
            Finding.unless(depth >= 0, "`\(path)` leads out, to `\(target)`")
        }
    }

    func hardLink(_ path: PrefixPath, to target: PrefixPath) {
        Finding.unless(nodes[Self.parts(target.text)] == .file, "`\(path)` is a second name of no file")
        add(path, .file)
    }

    private func check(_ permissions: UInt16) {
        Finding.unless(permissions & ~0o777 == 0, "permissions \(permissions)")
    }
}
