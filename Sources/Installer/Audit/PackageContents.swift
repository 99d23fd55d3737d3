// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

public import CondaFormats
import DurableFiles
public import Gatekeeper
import TrustCore

/// What packages put into a prefix, worked out anew from their archives rather than from the prefix's own
/// records.
///
/// The records in `conda-meta` are not signed; the archives are vouched for by their channel. Each is
/// unpacked, every file in it checked, and its placeholders replaced once more, exactly as an installation
/// does it.
public struct PackageContents: Sendable {
    private var entries: [ByteKey: [InstalledEntry]] = [:]
    /// How many packages it knows.
    public var count: Int { entries.count }

    init() {}

    /// Works out what packages put into a prefix.
    ///
    /// - Parameters:
    ///   - packages: the records in the prefix, each with the package that it says was installed.
    ///   - prefix: the path that the packages were installed at, which replaces their placeholders.
    ///   - workFolder: an absolute path; packages are unpacked beside it, and removed again.
    ///   - progress: is told of each package once it is done.
    /// - Throws: a `Refusal` where a package is bad, a `Failure`.
    public init(
        of packages: [(record: PrefixRecord, package: AdmittedPackage)],
        prefix: String,
        workFolder: String,
        progress: (AdmittedPackage) -> Void = { _ in }
    ) throws {
        let workshop = try UnpackingFolder(beside: workFolder)
        defer { workshop.remove() }
        let python = packages.first { ByteKey($0.record.name) == ByteKey("python") }
        let site = python.flatMap {
            PythonSite(
                version: $0.package.record.version,
                sitePackages: $0.package.record.pythonSitePackagesPath
            )
        }
        for (number, (record, package)) in packages.enumerated() {
            let directory = workshop.path(number)
            let extracted = try PackageExtractor.extract(
                archivePath: package.archivePath,
                fileName: package.url.fileName,
                into: directory,
                expecting: (package.sha256, package.record.size)
            )
            let request = LinkRequest(
                extracted: extracted,
                record: package.record.raw,
                fileName: package.url.fileName.text,
                url: package.url.identity,
                channel: package.url.channel.identity
            )
            let fallback = PythonSite(unverifiedFrom: packages.map(\.record))
            let layout = directory + ".layout"
            try add(record, request, python: site ?? fallback, prefix: prefix, layout: layout)
            try Folder.removeTree(layout)
            try Folder.removeTree(directory)
            progress(package)
        }
    }

    /// What the package of a record puts into the prefix; nil if nobody looked at the package.
    func entries(of record: PrefixRecord) -> [InstalledEntry]? { entries[ByteKey(record.recordFileName)] }

    /// Lays a package out as an installation would, in a folder of its own, and keeps what it says.
    mutating func add(
        _ record: PrefixRecord,
        _ request: LinkRequest,
        python: PythonSite?,
        prefix: String,
        layout path: String
    ) throws {
        let planned = try PlannedPackage(checking: request, python: python, prefix: prefix)
        try Folder.create(path, mode: 0o700)
        guard let layout = try PrefixFolder.open(path) else {
            throw Failure(.disk, "the folder for a package's layout is gone", at: path)
        }
        var stager = try FileStager(planned, prefix: prefix, placement: .hardLink)
        entries[ByteKey(record.recordFileName)] = try planned.files.enumerated().map { number, file in
            try stager.stage(file, in: layout, as: String(number))
        }
    }
}

extension PythonSite {
    /// The Python that the prefix's records say is there. Nobody vouches for that: a wrong one makes an audit
    /// find files missing, and hides nothing.
    fileprivate init?(unverifiedFrom records: [PrefixRecord]) {
        guard let record = records.first(where: { ByteKey($0.name) == ByteKey("python") }) else { return nil }
        self.init(version: record.version, sitePackages: record.pythonSitePackagesPath)
    }
}
