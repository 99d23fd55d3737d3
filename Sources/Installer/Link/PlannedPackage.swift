// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

import CondaFormats
import TrustCore

/// One path that a package is going to have in the prefix.
struct PlannedFile: Sendable {
    /// Where it comes from.
    enum Source: Sendable {
        /// An entry of the package's list, at this path in the unpacked folder.
        case unpacked(PathEntry)
        /// A program made for an entry point.
        case generated([UInt8])
    }

    /// Where it goes.
    let target: PrefixPath
    /// Where it comes from.
    let source: Source

    /// Whether it is an empty folder rather than something in one.
    var isFolder: Bool {
        if case .unpacked(let entry) = source { entry.kind == .directory } else { false }
    }
}

/// A package and every path it is going to have.
struct PlannedPackage: Sendable {
    /// What was asked.
    let request: LinkRequest
    /// Name, version, build and the rest, from the index's record.
    let identity: PrefixRecord
    /// Its paths, sorted.
    let files: [PlannedFile]
    /// Its link scripts.
    let scripts: [InstallResult.Script]
    /// The Python it is linked for, if it is noarch for Python.
    let python: PythonSite?

    /// The package, for showing and for messages.
    var label: String { "\(identity.name)-\(identity.version)-\(identity.build)" }
    /// The path of its record.
    var recordName: String { identity.recordFileName }
}

extension PlannedPackage {
    /// Members of a record that only installing may write.
    private static let installMembers = [
        "files", "paths_data", "link", "extracted_package_dir", "package_tarball_full_path", "requested_spec",
        "requested_specs", "fn", "url", "channel",
    ]

    /// Takes a request whose record and package agree on what they are.
    init(checking request: LinkRequest, python: PythonSite?, prefix: String) throws {
        let identity = try Self.identify(request)
        let link = try Self.member("info/link.json", of: request).map(LinkInfo.read)
        let isPython = identity.noarch == .python || link?.noarch == .python
        if isPython, python == nil {
            throw Refusal(
                InstallCode.pythonMissing,
                request.fileName,
                expected: "`python` of a known version"
            )
        }
        let site = isPython ? python : nil
        var files = try request.extracted.manifest.entries.map { entry in
            PlannedFile(target: try site?.target(of: entry.path) ?? entry.path, source: .unpacked(entry))
        }
        if let site {
            files += try (link?.entryPoints ?? []).map { point in
                guard let target = PrefixPath("bin/\(point.name)") else {
                    throw Refusal(PackageCode.entryPoint, request.fileName, found: point.name)
                }
                return PlannedFile(
                    target: target,
                    source: .generated(EntryPointScript.text(point, python: site, prefix: prefix))
                )
            }
        }
        self.request = request
        self.identity = identity
        self.files = files.sorted { $0.target < $1.target }
        self.python = site
        scripts = Self.scripts(identity.name, files)
    }

    /// The identity in the record, which must be the package's own.
    static func identify(_ request: LinkRequest) throws -> PrefixRecord {
        guard let bytes = try member("info/index.json", of: request) else {
            throw Refusal(
                InstallCode.recordMismatch,
                request.fileName,
                expected: "`info/index.json`",
                found: "no such file"
            )
        }
        let index = try PackageIndex.read(bytes)
        var object = request.record
        for key in installMembers { object[key] = nil }
        if object["subdir"] == nil, let subdir = index.subdir { object["subdir"] = .string(subdir) }
        // Later transactions read it in the prefix's record, where it must be what this one goes by.
        if object["python_site_packages_path"] == nil, let path = index.pythonSitePackagesPath {
            object["python_site_packages_path"] = .string(path.text)
        }
        let record = try PrefixRecord(object)
        for (what, expected, found) in [
            ("name", record.name, index.name), ("version", record.version, index.version),
            ("build", record.build, index.build),
            ("noarch", record.noarch?.rawValue ?? "no", index.noarch?.rawValue ?? "no"),
        ] where ByteKey(expected) != ByteKey(found) {
            throw Refusal(
                InstallCode.recordMismatch,
                request.fileName,
                at: "info/index.json, `\(what)`",
                expected: expected,
                found: found
            )
        }
        try record.sha256?.check(request.extracted.sha256, of: request.fileName)
        return record
    }

    /// Where one of its links leads, as it is written in the unpacked folder; empty if it is no link there.
    func linkTarget(of entry: PathEntry) throws -> String {
        guard let root = try PrefixFolder.open(request.extracted.directory),
            let parent = try PrefixTree(root).parent(of: entry.path),
            try parent.status(String(entry.path.name))?.kind == .symbolicLink
        else { return "" }
        return try parent.linkTarget(String(entry.path.name))
    }

    private static func member(_ name: String, of request: LinkRequest) throws -> [UInt8]? {
        let directory = request.extracted.directory
        guard let root = try PrefixFolder.open(directory) else {
            throw Failure(.disk, "the unpacked package is gone", at: directory)
        }
        guard let path = PrefixPath(name) else { return nil }
        return try PrefixTree(root).parent(of: path)?.read(String(path.name), maximumLength: 4 << 20)
    }

    private static func scripts(_ name: String, _ files: [PlannedFile]) -> [InstallResult.Script] {
        let moments: [InstallResult.Script.Moment] = [.preLink, .postLink, .preUnlink]
        return moments.compactMap { moment in
            let path = PrefixPath("bin/.\(name)-\(moment.rawValue).sh")
            guard let path, files.contains(where: { $0.target == path }) else { return nil }
            return InstallResult.Script(package: name, moment: moment, path: path.text, outcome: .notRun)
        }
    }
}
