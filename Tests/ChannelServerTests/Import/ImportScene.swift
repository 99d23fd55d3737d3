// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

import CondaFormats
import Foundation
import Synchronization
import TestSupport
import Testing
import Transport
import TrustCore

@testable import ChannelServer

/// A server with the channel `main`, and an old channel in a folder that is imported into it.
struct ImportScene {
    let upload: UploadScene
    let old: TemporaryFolder
    private let fetcher = URLFetcher()

    init(_ settings: UploadSettings = UploadSettings()) async throws {
        upload = try await UploadScene(settings)
        old = try TemporaryFolder()
    }

    /// A package of the old channel.
    struct Package {
        var builder: PackageBuilder
        var format = ArchiveFormat.conda
        var bytes: [UInt8]
        /// What the index says of it.
        var record: JSONObject

        init(
            _ name: String = "hello",
            _ version: String = "1.0",
            holding text: String = "hello",
            _ format: ArchiveFormat = .conda
        ) throws {
            builder = PackageBuilder(name: name, version: version, build: "0", subdir: "linux-64")
            builder.add(file: "bin/\(name)", text)
            self.format = format
            bytes = try builder.build(format)
            record = builder.record(of: bytes)
        }

        var fileName: String { builder.fileName(format) }
        var path: String { "linux-64/" + fileName }
    }

    /// Writes the old channel: its packages, and an index without further ado.
    func write(_ packages: [Package], removed: [String] = [], to subdir: String = "linux-64") throws {
        for package in packages { try old.write(package.bytes, to: "\(subdir)/\(package.fileName)") }
        try index(packages, removed: removed, in: subdir)
    }

    /// Writes the index only.
    func index(_ packages: [Package], removed: [String] = [], in subdir: String = "linux-64") throws {
        try old.write(Self.index(packages, removed: removed, of: subdir), to: "\(subdir)/repodata.json")
    }

    static func index(_ packages: [Package], removed: [String] = [], of subdir: String = "linux-64")
        -> [UInt8]
    {
        var sections = ["packages": JSONObject(), "packages.conda": JSONObject()]
        for package in packages {
            let section = package.format == .conda ? "packages.conda" : "packages"
            sections[section]?[package.fileName] = .object(package.record)
        }
        var object = JSONObject()
        object["info"] = ["subdir": .string(subdir)]
        for (name, records) in sections { object[name] = .object(records) }
        object["removed"] = .array(removed.map { .string($0) })
        object["repodata_version"] = 1
        return JSONWriter.encode(.object(object))
    }

    var target: ImportTarget {
        ImportTarget(upload.server.parts, upload.settings, spool: upload.server.folder.path + "/import")
    }

    /// Imports the folder.
    @discardableResult
    func run(
        _ options: ImportOptions = ImportOptions(),
        root: [UInt8]? = nil,
        of folder: String? = nil,
        ignoringSignatures: Bool = false
    ) async throws
        -> ImportReport
    {
        try await run(
            options,
            from: try ImportSource(
                folder: folder ?? old.path,
                root: root,
                ignoresSignatures: ignoringSignatures,
                fetcher: fetcher,
                pause: { _ in }
            )
        )
    }

    /// Imports a channel by its URL.
    @discardableResult
    func run(
        url: String,
        token: String? = nil,
        root: [UInt8]? = nil,
        _ options: ImportOptions = ImportOptions()
    )
        async throws -> ImportReport
    {
        try await run(
            options,
            from: try ImportSource(url: url, token: token, root: root, fetcher: fetcher, pause: { _ in })
        )
    }

    private func run(_ options: ImportOptions, from source: ImportSource) async throws -> ImportReport {
        try await ChannelImport(into: "main", of: target, from: source, options).run()
    }

    /// The codes of what was refused, by file; `failed` for what could not be found out.
    static func codes(_ report: ImportReport) -> [String: String] {
        Dictionary(
            report.problems.map { ($0.file, ($0.error as? Refusal)?.codeName ?? "failed") },
            uniquingKeysWith: { $0 + ", " + $1 }
        )
    }

    /// The names of the files that the channel lists, and the digests.
    func listed() async throws -> [String: Digest] {
        let files = try await upload.files().filter { $0.state == .listed }
        return Dictionary(uniqueKeysWithValues: files.map { ("\($0.subdir)/\($0.fileName)", $0.sha256) })
    }
}
