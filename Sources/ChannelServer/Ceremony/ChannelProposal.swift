// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

public import CondaFormats
import DurableFiles
public import TUF
import TrustCore

/// What a ceremony needs of a channel's folder: no key is asked for, and nothing is written.
public enum ChannelProposal {
    /// What is in force in a channel's folder, as the beginning of a change.
    ///
    /// - Throws: `channel.not-a-channel`, or the refusal of whatever is wrong with its metadata.
    public static func draft(ofChannelIn directory: String) throws -> CeremonyDraft {
        let folder = directory + "/" + ChannelLayout.metadata
        let limit = SignedChannel.metadataLimit
        // The whole of it is verified, so that the targets metadata are those that the timestamp leads to.
        let editor = try RepositoryEditor(channel: directory, root: nil)
        let chain = try RootChain(files: roots(in: folder))
        let version = editor.status.first { $0.role == .targets }?.version ?? 0
        let name = editor.root.consistentSnapshot ? "\(version).targets.json" : "targets.json"
        guard let targets = try DurableFile.read(folder + "/" + name, maximumLength: limit) else {
            throw Refusal(TUFCode.metadataMissing, "targets metadata", at: folder + "/" + name)
        }
        return try CeremonyDraft(chain: chain, targets: targets)
    }

    /// The files of a chain of roots in a folder, from version 1 on.
    ///
    /// - Throws: `tuf.metadata-missing` if there is none, or if one in between is not there.
    public static func roots(in folder: String) throws -> [[UInt8]] {
        let versions = try Folder.names(in: folder).compactMap { name -> Int? in
            let parts = name.utf8.split(separator: UInt8(ascii: "."), maxSplits: 1)
            guard parts.count == 2, parts[1].elementsEqual("root.json".utf8) else { return nil }
            return Int(String(decoding: parts[0], as: UTF8.self))
        }
        let last = versions.max() ?? 1
        guard last <= RootChain.maximumCount else {
            throw Refusal(
                TUFCode.rootChainTooLong,
                folder,
                expected: "at most \(RootChain.maximumCount) versions",
                found: "version \(last)"
            )
        }
        return try (1...max(1, last)).map { version in
            let path = "\(folder)/\(version).root.json"
            guard let bytes = try DurableFile.read(path, maximumLength: SignedChannel.metadataLimit) else {
                throw Refusal(
                    TUFCode.metadataMissing,
                    "root metadata",
                    at: path,
                    expected: "version \(version)"
                )
            }
            return bytes
        }
    }

    /// A role for each subdir, as `channel init` makes them. `noarch` is always one.
    public static func delegations(to subdirs: [Subdir]) throws -> [(name: RoleName, scope: PathScope)] {
        try ChannelSettings(subdirs: subdirs).subdirs.map { (try role(of: $0), scope(of: $0)) }
    }

    /// The role of a subdir's index.
    public static func role(of subdir: Subdir) throws -> RoleName {
        guard let role = RoleName(subdir.text) else {
            throw Refusal(
                ChannelCode.subdirNotDelegated,
                subdir.text,
                expected: "a name that a role can have"
            )
        }
        return role
    }

    /// The paths of a subdir.
    public static func scope(of subdir: Subdir) -> PathScope { .paths("\(subdir.text)/*") }
}
