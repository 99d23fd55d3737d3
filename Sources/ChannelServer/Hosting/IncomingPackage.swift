// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

public import CondaFormats
import DurableFiles
import Sigstore
public import TrustCore

/// A package that was inspected, every file in it checked against its manifest, and that may be put into a
/// channel.
public struct IncomingPackage: Sendable {
    /// Its file name.
    public let fileName: ArchiveFileName
    /// The subdir it says it is for.
    public let subdir: Subdir
    /// The file that holds it; copied by digest, so that it cannot change in between.
    let path: String
    /// SHA-256 of its bytes.
    public let sha256: Digest
    /// Its length in bytes.
    public let size: UInt64
    /// Its record for the index, from its own `info/index.json`.
    let record: PackageRecord
    /// The attestations that lie beside it, as `FILE.sigs` (CEP 50).
    var sidecar: PackageSidecar?

    /// How many attestations come along; 0 if no file of them lies beside it.
    public var attestationCount: Int { sidecar?.sidecar.count ?? 0 }
}

extension IncomingPackage {
    /// Inspects a package.
    ///
    /// What `kingsnake install` would refuse by the package alone is refused here: also paths that no package may
    /// have, and link information that nobody can follow. Attestations beside it, in `FILE.sigs`, come along: that
    /// they are about this package is checked here, and who signed them where the package is published.
    ///
    /// - Throws: a `Refusal` with the `archive.…` or `package.…` code of the rule it breaks,
    ///   `channel.package-name` if it calls itself something else than its file name does,
    ///   `version.invalid` if its version cannot be ordered, or what is wrong with its attestations.
    public init(inspecting path: String) throws {
        let name = try ArchiveFileName(path.split(separator: "/").last.map(String.init) ?? path)
        try self.init(name, path, try PackageArchiveReader.check(archivePath: path, fileName: name))
    }

    /// Takes a package whose archive was inspected.
    private init(_ name: ArchiveFileName, _ path: String, _ summary: ArchiveSummary) throws {
        let index = try PackageIndex.read(summary.infoFiles["info/index.json"] ?? [])
        subdir = try Self.subdir(of: name, index)
        _ = try CondaVersion(index.version)
        for entry in summary.manifest.entries { try entry.path.checkUnreserved(in: name.text) }
        if let link = summary.infoFiles["info/link.json"] { _ = try LinkInfo.read(link) }
        fileName = name
        self.path = path
        sha256 = summary.sha256
        size = summary.size
        record = try Self.record(index, summary, name, subdir)
        sidecar = try PackageSidecar(
            at: Folder.parent(of: path) + "/" + PackageSidecar.fileName(of: name),
            of: name,
            sha256: summary.sha256
        )
    }

    /// The subdir a package says it is for; refuses (`channel.package-name`) one that calls itself something
    /// else than its file name does.
    static func subdir(of name: ArchiveFileName, _ index: PackageIndex) throws -> Subdir {
        guard ByteKey("\(index.name)-\(index.version)-\(index.build)") == ByteKey(name.distribution) else {
            throw Refusal(
                ChannelCode.packageName,
                name.text,
                expected: name.distribution,
                found: "\(index.name)-\(index.version)-\(index.build)"
            )
        }
        // Very old packages do not name their subdir; then only a noarch one is known.
        guard let subdir = index.subdir ?? (index.noarch == nil ? nil : Subdir.noarch.text) else {
            throw Refusal(
                ChannelCode.packageName,
                name.text,
                expected: "a `subdir` in info/index.json",
                found: "none"
            )
        }
        return try Subdir(subdir)
    }

    /// What a record says about where a package is, what was installed of it, or what a channel's owner thinks of
    /// it. A package that says such things of itself could lead clients to another file.
    private static let foreignMembers = [
        "fn", "file_name", "url", "channel", "schannel", "base_url", "auth", "md5", "sha256", "size",
        "legacy_bz2_md5", "legacy_bz2_size", "attestations_sha256", "attestations", "signatures", "revoked",
        "removed", "yanked", "indexed_timestamp", "files", "paths_data", "link", "extracted_package_dir",
        "package_tarball_full_path", "requested_spec", "requested_specs",
    ]

    private static func record(
        _ index: PackageIndex,
        _ summary: ArchiveSummary,
        _ name: ArchiveFileName,
        _ subdir: Subdir
    ) throws -> PackageRecord {
        var object = index.object
        for member in Self.foreignMembers { object[member] = nil }
        object["subdir"] = .string(subdir.text)
        object["sha256"] = .string(summary.sha256.hex)
        object["md5"] = summary.md5.map { .string($0.hex) }
        object["size"] = .number(JSONNumber(Int64(clamping: summary.size)))
        return try PackageRecord(.object(object), fileName: name.text, subdir: subdir)
    }
}
