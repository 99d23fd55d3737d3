// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

internal import Foundation

/// A package file of the shared data, made by others.
public struct SharedPackage: Sendable, CustomStringConvertible {
    /// The path below the folder of conda's data.
    public let path: String

    /// The absolute path.
    public var absolutePath: String { "\(Self.root)/\(path)" }
    /// The last component.
    public var fileName: String { path.split(separator: "/").last.map(String.init) ?? path }
    /// The path.
    public var description: String { path }

    private static let root = SharedData.root + "/conda"

    /// Every file there is by the name of a package, in the order of their paths.
    public static let all: [SharedPackage] = {
        let files = FileManager.default.enumerator(atPath: root)?.compactMap { $0 as? String } ?? []
        return files.filter { $0.hasSuffix(".conda") || $0.hasSuffix(".tar.bz2") }.sorted()
            .map(SharedPackage.init)
    }()

    /// Those that must be accepted.
    public static let good = all.filter { malformed[$0.path] == nil }

    /// Those that must be refused, and the code that names what is wrong with each.
    public static let malformed: [String: String] = [
        // Repacked on Windows: the links have no targets, or became empty files.
        "conda-conda/tests/data/conda_format_repo/linux-64/zlib-1.2.11-h7b6447c_3.conda": "archive.tar-field",
        "conda-conda/tests/data/conda_format_repo/linux-64/zlib-1.2.11-h7b6447c_3.tar.bz2":
            "archive.kind-mismatch",
        "conda-conda/tests/data/conda_format_repo/osx-64/zlib-1.2.11-h1de35cc_3.conda": "archive.tar-field",
        "conda-conda/tests/data/conda_format_repo/osx-64/zlib-1.2.11-h1de35cc_3.tar.bz2":
            "archive.kind-mismatch",
        // Made for tests of an indexer: the information about a package without its files.
        "conda-index/tests/archives/flask-0.11.1-py_0.tar.bz2": "archive.file-missing",
        "conda-index/tests/archives/fly-2.5.2-0.tar.bz2": "archive.file-missing",
        "conda-index/tests/archives/nano-2.4.1-0.tar.bz2": "archive.file-missing",
        "conda-index/tests/archives/spiffy-test-app-0.5-pyh6afbcc8_0.tar.bz2": "archive.file-missing",
        // No packages by their names.
        "conda-index/tests/archives/a.tar.bz2": "name.file-name",
        "conda-index/tests/archives/b.tar.bz2": "name.file-name",
        "conda-index/tests/archives/subfolder.tar.bz2": "name.file-name",
        "conda-index/tests/archives/subfolder2.tar.bz2": "name.file-name",
        "conda-index/tests/index_data/corrupt/noarch/another_bad_package.conda": "name.file-name",
        "conda-index/tests/index_data/corrupt/noarch/bad_package.tar.bz2": "name.file-name",
        "mamba/micromamba/test-server/channel_a/linux-64/repodata.tar.bz2": "name.file-name",
        "mamba/micromamba/test-server/channel_a/win-64/repodata.tar.bz2": "name.file-name",
        // Zipped by hand, with a folder around the members.
        "rattler/crates/rattler_package_streaming/tests/resources/ca-certificates-2024.7.4-hbcca054_0.conda":
            "archive.member-unexpected",
        // Made for tests of reading members alone: they have no `metadata.json`.
        "rattler/test-data/sparse/dotslash-test-1.0.0-0.conda": "archive.member-missing",
        "rattler/test-data/sparse/info-only-1.0.0-0.conda": "archive.member-missing",
        "rattler/test-data/sparse/sparse-test-1.0.0-0.conda": "archive.member-missing",
        "rattler/test-data/sparse/symlink-test-1.0.0-0.conda": "archive.member-missing",
        "rattler/test-data/sparse/zip64-test-1.0.0-0.conda": "archive.member-missing",
    ]
}
