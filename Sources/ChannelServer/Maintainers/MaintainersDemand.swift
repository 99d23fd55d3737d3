// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

internal import CondaFormats
internal import Gatekeeper
internal import TUF
internal import TrustCore

/// What maintainers must have signed before a hosted channel takes a file in.
///
/// A list that comes, or a delegation, while a file is being taken in may find it listed without a word of its
/// maintainers: then clients refuse the file, and nothing worse.
struct MaintainersDemand: Sendable {
    let parts: ServerParts
    let channel: HostedChannel

    /// A list that clients believe now.
    struct List: Sendable {
        let role: DelegatedRole
        let metadata: TargetsMetadata

        /// What it says of a file.
        func word(on file: ChannelFile) -> MaintainersWord? {
            let path = MaintainersRole.target(file.fileName, in: file.subdir)
            let target = path.flatMap { role.scope.covers($0) ? metadata.targets[$0] : nil }
            return MaintainersWord(role: role, target: target)
        }
    }

    /// Refuses (`channel.maintainers-unsigned`) a file that its package's maintainers must sign, and that no list in force names.
    ///
    /// The metadata are the server's own: of all of them only the list is verified here.
    func check(_ fileName: ArchiveFileName, in subdir: Subdir, sha256: Digest, size: UInt64) async throws {
        guard let targets = try await targets(),
            let delegated = MaintainersRole.delegation(of: fileName.name, in: targets.metadata),
            let role = MaintainersRole(delegated.name)
        else { return }
        let list = try await list(
            of: role,
            version: targets.versions[role.name]?.version ?? 0,
            by: targets.metadata.delegations
        )
        let file = ChannelFile(subdir: subdir, fileName: fileName)
        let word = list?.word(on: file) ?? MaintainersWord(role: delegated, target: nil)
        try word.check(file, sha256: sha256, size: size)
    }

    /// The list of a role that is in force, if the keys that count for an editor have signed it.
    func list(of role: MaintainersRole, under editor: RepositoryEditor) async throws -> List? {
        try await list(
            of: role,
            version: editor.lastVersion(of: role.name),
            by: editor.roles[.targets]?.delegations
        )
    }

    private func list(of role: MaintainersRole, version: Int64, by delegations: Delegations?) async throws
        -> List?
    {
        guard version > 0, let delegated = delegations?.role(named: role.name),
            let authority = delegations?.authority(for: role.name),
            let bytes = try await read("\(version).\(role.name.encoded).json")
        else { return nil }
        do {
            let signed = try SignedMetadata<TargetsMetadata>(parsing: bytes, as: role.name)
            let metadata = try authority.verify(signed, of: role.name).role
            return metadata.isExpired(at: parts.now()) ? nil : List(role: delegated, metadata: metadata)
        } catch let refusal as Refusal where refusal.is(TUFCode.signatures) {
            return nil
        }
    }

    /// The top-level targets metadata in force, and the versions of all roles; nil for a channel without a root.
    private func targets() async throws -> (metadata: TargetsMetadata, versions: MemberTable<MetaFile>)? {
        guard let timestamp = try await read("timestamp.json") else { return nil }
        let version = try SignedMetadata<TimestampMetadata>(parsing: timestamp, as: .timestamp)
            .role.snapshot.version
        guard let snapshot = try await read("\(version).snapshot.json") else { return nil }
        let versions = try SignedMetadata<SnapshotMetadata>(parsing: snapshot, as: .snapshot)
            .role.files
        guard let number = versions[.targets]?.version, let targets = try await read("\(number).targets.json")
        else {
            return nil
        }
        return (try SignedMetadata<TargetsMetadata>(parsing: targets, as: .targets).role, versions)
    }

    private func read(_ name: String) async throws -> [UInt8]? {
        let path = ChannelLayout.metadataFile(name), scope = HostedDocument.Scope.channel(channel.id)
        guard let document = try await parts.database.read({ try $0.document(path, in: scope) }) else {
            return nil
        }
        return try await parts.blobs.bytes(of: document.blob, maximumLength: SignedChannel.metadataLimit)
    }
}
