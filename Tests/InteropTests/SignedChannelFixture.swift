// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

import CondaFormats
import Foundation
import TestSupport
import TrustCore

/// A signed channel in a folder of its own, made and changed by the real program.
struct SignedChannelFixture {
    /// The index files that TUF vouches for, in each subdir.
    static let indexFiles = [
        "repodata.json", "repodata.json.zst", "current_repodata.json", "repodata_shards.msgpack.zst",
    ]
    static let subdirs = ["linux-64", "noarch"]
    /// Every target of the channel.
    static let targets = subdirs.flatMap { subdir in indexFiles.map { "\(subdir)/\($0)" } }

    let folder: TemporaryFolder
    let kingsnake: Program
    var directory: String { folder.path + "/channel" }
    var keys: String { folder.path + "/keys" }
    /// The root that users got by a way they trust.
    var root: String { folder.path + "/1.root.json" }

    /// Makes a channel with these packages.
    init(_ packages: [(builder: PackageBuilder, format: ArchiveFormat)]) async throws {
        folder = try TemporaryFolder()
        kingsnake = Program(in: folder.path)
        try await kingsnake.must(
            ["channel", "init", directory, "--keys", keys, "--no-passphrase", "--subdir", "linux-64"])
        try FileManager.default.copyItem(atPath: directory + "/tuf/1.root.json", toPath: root)
        try await add(packages)
    }

    /// Adds packages that are made for it.
    func add(_ packages: [(builder: PackageBuilder, format: ArchiveFormat)]) async throws {
        guard !packages.isEmpty else { return }
        try await add(
            files: packages.map { package in
                try folder.write(
                    try package.builder.build(package.format),
                    to: "packages/\(package.builder.subdir)/\(package.builder.fileName(package.format))"
                )
            }
        )
    }

    /// Adds packages that are there.
    func add(files: [String]) async throws {
        try await kingsnake.must(["channel", "add", directory, "--keys", keys] + files)
    }

    /// Lets a maintainer sign files of a package that are in the channel.
    func delegate(_ package: String, _ files: [String]) async throws {
        let key = "\(folder.path)/\(package).key", list = "\(folder.path)/\(package).list"
        try await kingsnake.must(["channel", "delegate", "key", key, "--no-passphrase"])
        try await kingsnake.must(
            ["channel", "delegate", "propose", directory, package, "--out", list]
                + files.map { directory + "/" + $0 }
        )
        try await kingsnake.must(["channel", "delegate", "sign", list, "--yes", "--key", key])
        try await kingsnake.must([
            "channel", "delegate", "add", directory, package, "--keys", keys, "--key", key + ".pub",
            "--threshold", "1", "--list", list,
        ])
    }

    /// A file of the channel.
    func read(_ path: String) throws -> [UInt8] { try folder.read("channel/" + path) }

    /// What the channel's plain index says of a package.
    func record(of fileName: String, in subdir: String) throws -> JSONObject? {
        let index = try JSONReader.read(try read("\(subdir)/repodata.json"), of: "repodata.json")
        let section = fileName.hasSuffix(".conda") ? "packages.conda" : "packages"
        return index[section]?[fileName]?.object
    }

    /// Installs what py-rattler solved, by the program, from the channel pinned at a URL.
    ///
    /// With umask 0: py-rattler gives a package's files the archive's own modes, we take the umask away.
    func install(_ solved: [SolvedPackage], from url: String, to prefix: String) async throws {
        var kingsnake = kingsnake
        kingsnake.umask = "0"
        try await kingsnake.must(["trust", "add", url, "--root", root])
        try await kingsnake.must(
            ["install", "--prefix", prefix] + solved.map { "\($0.url)#sha256:\($0.sha256)" }
        )
    }
}

/// A package as py-rattler solved it.
struct SolvedPackage {
    let fileName: String
    let url: String
    let sha256: String

    /// Reads the answer of `rattler_install` and `rattler_e2e`.
    static func all(in answer: JSONValue) -> [SolvedPackage] {
        (answer["solved"]?.array ?? []).compactMap { package in
            guard let name = package["fn"]?.string, let url = package["url"]?.string,
                let sha256 = package["sha256"]?.string
            else { return nil }
            return SolvedPackage(fileName: name, url: url, sha256: sha256)
        }
    }
}
