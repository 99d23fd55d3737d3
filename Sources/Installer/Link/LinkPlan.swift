// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

import CondaFormats
import TrustCore

/// Everything a transaction is going to do, known before the prefix is touched.
struct LinkPlan: Sendable {
    /// The prefix's final path, which replaces the placeholders.
    let prefix: String
    /// The packages to link, in the order they were asked for.
    let packages: [PlannedPackage]
    /// The packages whose records go: replaced by others of their name, or removed.
    let removed: [PrefixRecord]
    /// Files to remove that no new file replaces, sorted.
    let removals: [PrefixPath]
    /// Folders that may become empty by it, deepest first.
    let obsoleteFolders: [PrefixPath]
    /// Folders that are needed, outermost first.
    let folders: [PrefixPath]

    /// Plans linking and removing.
    ///
    /// - Parameter root: the prefix, if it is there.
    static func make(
        prefix: String,
        root: PrefixFolder?,
        installed: InstalledPackages,
        requests: [LinkRequest],
        removing: [String]
    ) throws -> LinkPlan {
        if let corrupt = installed.corrupt.first { throw corrupt.reason }
        let removed = try outgoing(installed.records, requests, removing)
        let gone = Set(removed.map { ByteKey($0.recordFileName) })
        let kept = installed.records.filter { !gone.contains(ByteKey($0.recordFileName)) }
        let python = try python(requests, kept)
        try checkPython(python, removed, kept)
        let packages = try requests.map { try PlannedPackage(checking: $0, python: python, prefix: prefix) }
        let targets = try TargetMap(packages, kept: kept)
        try checkPlaceholders(packages, prefix)
        let outgoing = Outgoing(removed, kept: kept, root: root)
        if let root { try PrefixCheck(root: root, targets: targets, outgoing: outgoing).run() }
        return LinkPlan(
            prefix: prefix,
            packages: packages,
            removed: removed,
            removals: outgoing.files.filter { targets.owners[$0] == nil }.sorted(),
            obsoleteFolders: outgoing.folders.subtracting(targets.folders).sorted { $0 > $1 },
            folders: targets.folders.sorted()
        )
    }

    private static func outgoing(
        _ installed: [PrefixRecord],
        _ requests: [LinkRequest],
        _ removing: [String]
    ) throws -> [PrefixRecord] {
        var names: Set<ByteKey> = []
        for request in requests {
            let name = request.record["name"]?.string ?? request.fileName
            guard names.insert(ByteKey(name)).inserted else {
                throw Refusal(InstallCode.duplicatePackage, request.fileName, expected: "`\(name)` once")
            }
        }
        for name in removing {
            guard installed.contains(where: { ByteKey($0.name) == ByteKey(name) }) else {
                throw Refusal(InstallCode.notInstalled, name)
            }
            names.insert(ByteKey(name))
        }
        return installed.filter { names.contains(ByteKey($0.name)) }
    }

    private static func python(_ requests: [LinkRequest], _ kept: [PrefixRecord]) throws -> PythonSite? {
        if let request = requests.first(where: { $0.record["name"]?.string == "python" }) {
            let record = try PlannedPackage.identify(request)
            return PythonSite(version: record.version, sitePackages: record.pythonSitePackagesPath)
        }
        guard let record = kept.first(where: { $0.name == "python" }) else { return nil }
        return PythonSite(version: record.version, sitePackages: record.pythonSitePackagesPath)
    }

    /// Noarch packages that stay must still be found by the Python that is there afterwards.
    private static func checkPython(
        _ python: PythonSite?,
        _ removed: [PrefixRecord],
        _ kept: [PrefixRecord]
    ) throws {
        guard let old = removed.first(where: { $0.name == "python" }) else { return }
        let before = PythonSite(version: old.version, sitePackages: old.pythonSitePackagesPath)
        guard before != python else { return }
        let left = kept.filter { $0.noarch == .python }.map(\.name)
        guard left.isEmpty else {
            throw Refusal(
                InstallCode.pythonChanged,
                "python",
                expected: before.map { "Python \($0.version)" } ?? "the same Python",
                found:
                    "\(python.map { "Python \($0.version)" } ?? "none"); left behind: "
                    + "\(left.joined(separator: ", "))"
            )
        }
    }

    private static func checkPlaceholders(_ packages: [PlannedPackage], _ prefix: String) throws {
        for package in packages {
            for case .unpacked(let entry) in package.files.lazy.map(\.source) {
                guard let placeholder = entry.placeholder, placeholder.mode == .binary else { continue }
                guard prefix.utf8.count <= placeholder.text.utf8.count else {
                    throw Refusal(
                        InstallCode.prefixTooLong,
                        package.label,
                        at: entry.path.text,
                        expected: "at most \(placeholder.text.utf8.count) bytes",
                        found: "\(prefix.utf8.count) bytes"
                    )
                }
            }
        }
    }
}
