// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

import CondaFormats
import TrustCore

/// A package whose archive was read to its last byte, every file in it checked against its manifest, and that
/// is what its file name says.
///
/// The name is not taken from where the file lies: a server inspects files that have no name yet. Not
/// checked: that anybody vouches for it.
struct InspectedPackage: Sendable {
    /// Its file name.
    let fileName: ArchiveFileName
    /// The subdir it says it is for.
    let subdir: Subdir
    /// SHA-256 of its bytes.
    let sha256: Digest
    /// Its length in bytes.
    let size: UInt64
    /// Its record for the index, from its own `info/index.json`.
    let record: PackageRecord
    /// What it says in other files of its own; nil where its archive was not read.
    var facts: PackageFacts?
}

extension InspectedPackage {
    /// Inspects a file as the package of a name.
    ///
    /// What `kingsnake install` would refuse by the package alone is refused here: also paths that no package
    /// may have, and link information that nobody can follow.
    ///
    /// - Parameter md5: MD5 of the file, where it is known already: taking it costs as much time as all else.
    /// - Throws: a `Refusal` with the `archive.…` or `package.…` code of the rule it breaks,
    ///   `channel.package-name` if it calls itself something else than the name does, or `version.invalid` if
    ///   its version cannot be ordered.
    init(
        _ path: String,
        as name: ArchiveFileName,
        limits: ArchiveLimits = ArchiveLimits(),
        md5: Digest? = nil
    ) throws {
        let summary = try PackageArchiveReader.read(
            FileSource(path),
            fileName: name,
            limits: limits,
            withMD5: md5 == nil,
            into: DiscardingVisitor()
        )
        let index = try PackageIndex.read(summary.infoFiles["info/index.json"] ?? [])
        subdir = try Self.subdir(of: name, index)
        _ = try CondaVersion(index.version)
        for entry in summary.manifest.entries { try entry.path.checkUnreserved(in: name.text) }
        if let link = summary.infoFiles["info/link.json"] { _ = try LinkInfo.read(link) }
        fileName = name
        sha256 = summary.sha256
        size = summary.size
        record = try Self.record(index, summary, md5 ?? summary.md5, name, subdir)
        facts = PackageFacts(infoFiles: summary.infoFiles)
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

    /// What a record says about where a package is, what was installed of it, or what a channel's owner
    /// thinks of it. A package that says such things of itself could lead clients to another file.
    private static let foreignMembers = [
        "fn", "file_name", "url", "channel", "schannel", "base_url", "auth", "md5", "sha256", "size",
        "legacy_bz2_md5", "legacy_bz2_size", "attestations_sha256", "attestations", "signatures", "revoked",
        "removed", "yanked", "indexed_timestamp", "files", "paths_data", "link", "extracted_package_dir",
        "package_tarball_full_path", "requested_spec", "requested_specs",
    ]

    private static func record(
        _ index: PackageIndex,
        _ summary: ArchiveSummary,
        _ md5: Digest?,
        _ name: ArchiveFileName,
        _ subdir: Subdir
    ) throws -> PackageRecord {
        var object = index.object
        for member in Self.foreignMembers { object[member] = nil }
        object["subdir"] = .string(subdir.text)
        object["sha256"] = .string(summary.sha256.hex)
        object["md5"] = md5.map { .string($0.hex) }
        object["size"] = .number(JSONNumber(Int64(clamping: summary.size)))
        return try PackageRecord(.object(object), fileName: name.text, subdir: subdir)
    }
}
