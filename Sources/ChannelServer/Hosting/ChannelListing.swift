// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

import CondaFormats
import DurableFiles
import Gatekeeper
import TUF
public import TrustCore

/// The packages of a channel, as its signed indexes list them: read from its folder and verified from the root
/// down.
///
/// No key is needed, and expired metadata is shown. Not looked at: whether the packages' files are there.
public struct ChannelListing: Sendable {
    /// One package.
    public struct Package: Sendable {
        /// Where it is.
        public let file: ChannelFile
        /// Its length in bytes; nil if the index does not say, as of removed packages.
        public let size: UInt64?
        /// SHA-256 of its bytes; nil if the index does not say, as of removed packages.
        public let sha256: Digest?
        /// Whether the index lists it as removed.
        public let isRemoved: Bool
    }

    /// All packages in the order of their subdirs and names, removed ones among them.
    public let packages: [Package]

    /// Reads a channel's indexes.
    ///
    /// - Throws: `channel.not-a-channel`, or the refusal of whatever is wrong with its metadata or indexes.
    public init(directory: String) throws {
        let editor = try RepositoryEditor(channel: directory, root: nil)
        var packages: [Package] = []
        for (role, metadata) in editor.roles where role != .targets && MaintainersRole(role) == nil {
            guard let contents = try SignedFiles(directory: directory).contents(of: role, metadata) else {
                continue
            }
            packages += contents.records.values.map { record in
                Package(
                    file: ChannelFile(subdir: contents.subdir, fileName: record.fileName),
                    size: record.size,
                    sha256: record.sha256,
                    isRemoved: false
                )
            }
            for name in contents.removed.sorted() {
                // Who else writes an index may list names as removed that are none.
                guard let fileName = try? ArchiveFileName(name.text) else { continue }
                let file = ChannelFile(subdir: contents.subdir, fileName: fileName)
                packages.append(Package(file: file, size: nil, sha256: nil, isRemoved: true))
            }
        }
        self.packages = packages.sorted { $0.file < $1.file }
    }

    /// One object for `--json`.
    public var json: JSONObject {
        var object = JSONObject()
        object["schema"] = 1
        object["status"] = "ok"
        object["packages"] = .array(
            packages.map { package in
                var entry = JSONObject()
                entry["file"] = .string(package.file.description)
                entry["name"] = .string(package.file.fileName.name.raw)
                entry["version"] = .string(package.file.fileName.version)
                entry["build"] = .string(package.file.fileName.build)
                entry["subdir"] = .string(package.file.subdir.text)
                entry["size"] = package.size.map { .number(JSONNumber(Int64(clamping: $0))) }
                entry["sha256"] = package.sha256.map { .string($0.hex) }
                entry["removed"] = .bool(package.isRemoved)
                return .object(entry)
            }
        )
        return object
    }
}
