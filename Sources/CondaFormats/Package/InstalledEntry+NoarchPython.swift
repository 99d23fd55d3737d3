// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

import TrustCore

extension InstalledEntry {
    /// Whether the path is one inside a noarch Python package, not one that such a package installs to.
    var isBelowPackageTree: Bool {
        PackageTree.allCases.contains { $0.name(of: path.text) != nil }
    }

    /// Puts the entries of a noarch Python package where they were installed.
    ///
    /// conda's records say in `paths_data` where a file was in the package, as in `site-packages/a.py`, and
    /// only in `files` where it went, as in `lib/python3.13/site-packages/a.py`. An entry stays where it is
    /// if `files` has its own path, or none or several that it could have gone to.
    /// - Throws: a refusal if a path is unsafe or two entries have one path.
    static func placed(_ entries: [InstalledEntry], by record: JSONFields) throws -> [InstalledEntry] {
        guard entries.contains(where: \.isBelowPackageTree) else { return entries }
        let files = (try record.optionalStrings("files") ?? []).map(slashed)
        let places = Places(of: files)
        var unique = UniquePaths(of: record.subject)
        return try entries.map { entry in
            let place = entry.isBelowPackageTree ? places.target(of: entry.path.text) : nil
            let path = try place.map { try PathsJSON.safePath($0, record.subject) } ?? entry.path
            try unique.insert(path)
            return entry.moved(to: path)
        }
    }

    private func moved(to path: PrefixPath) -> InstalledEntry {
        InstalledEntry(
            path: path,
            kind: kind,
            sha256: sha256,
            sha256InPrefix: sha256InPrefix,
            size: size,
            placeholder: placeholder,
            noLink: noLink
        )
    }
}

/// The folders of a noarch Python package whose content goes elsewhere.
private enum PackageTree: CaseIterable {
    case sitePackages
    case scripts

    var prefix: String {
        switch self {
        case .sitePackages: "site-packages/"
        case .scripts: "python-scripts/"
        }
    }

    /// What follows the folder in a path below it.
    func name(of path: String) -> String? {
        guard path.utf8.starts(with: prefix.utf8) else { return nil }
        return String(Substring(path.utf8.dropFirst(prefix.utf8.count)))
    }
}

/// Where the files of a noarch Python package went. Paths are taken apart as bytes: a slash with a combining
/// mark after it is one character and still a slash.
private struct Places {
    private let files: Set<ByteKey>
    /// By the path below the first `site-packages`; nil where there are several.
    private var modules: [ByteKey: String?] = [:]

    init(of files: [String]) {
        self.files = Set(files.map { ByteKey($0) })
        let folder = Array(PackageTree.sitePackages.prefix.utf8.dropLast())
        for file in files {
            let parts = file.utf8.split(separator: UInt8(ascii: "/"), omittingEmptySubsequences: false)
            guard let at = parts.firstIndex(where: { $0.elementsEqual(folder) }), at > 0, at + 1 < parts.count
            else {
                continue
            }
            let key = ByteKey(String(Substring(file.utf8[parts[at + 1].startIndex...])))
            modules.updateValue(modules[key] == nil ? file : nil, forKey: key)
        }
    }

    /// Where a file of the package went, if `files` says so.
    func target(of path: String) -> String? {
        if files.contains(ByteKey(path)) { return nil }
        if let name = PackageTree.sitePackages.name(of: path) { return modules[ByteKey(name)] ?? nil }
        guard let name = PackageTree.scripts.name(of: path) else { return nil }
        return ["bin/\(name)", "Scripts/\(name)"].first { files.contains(ByteKey($0)) }
    }
}
