// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

public import SigningKeys
public import TrustCore

extension RepositoryEditor {
    /// Signs what was edited, what follows from it, and what is due; answers the files in the order to write
    /// them.
    ///
    /// The order is root, delegated roles, targets, snapshot, timestamp. With consistent snapshots clients see the
    /// old repository, whole, until the timestamp is written. Without them files are replaced in place: a client
    /// that comes between refuses what does not fit the old timestamp, and has to come again. Nothing changes in the editor if this throws. An editor with
    /// nothing to sign answers no files.
    ///
    /// - Parameters:
    ///   - signers: Whoever can sign. Signers whose key a role does not have are not asked for that role.
    ///   - now: The moment from which lifetimes count.
    ///   - window: Roles that expire within so many seconds are renewed, if the signers suffice for it; roles
    ///     that need keys that are not at hand stay as they are, see ``status``.
    /// - Throws: a `Refusal` with `tuf.signatures` if the signers do not suffice for a role that was edited,
    ///   or whatever a signer throws.
    public mutating func publish(
        signers: [any Signer],
        now: Timestamp,
        renewingWithin window: Int64 = 0
    ) async throws -> [RepositoryFile] {
        var pass = PublishingPass(editor: self, signers: signers, now: now, window: window)
        try await pass.signRoot()
        try await pass.signTargets()
        try await pass.signSnapshot()
        try await pass.signTimestamp()
        pass.editor.accepted = []
        self = pass.editor
        return pass.files
    }
}

/// One run of ``RepositoryEditor/publish(signers:now:renewingWithin:)``.
private struct PublishingPass {
    var editor: RepositoryEditor
    let signers: [any Signer]
    let now: Timestamp
    let window: Int64
    var files: [RepositoryFile] = []
    private var promises: [RoleName: MetaFile] = [:]

    init(editor: RepositoryEditor, signers: [any Signer], now: Timestamp, window: Int64) {
        self.editor = editor
        self.signers = signers
        self.now = now
        self.window = window
        files = editor.accepted
        for file in files where file.role == .targets {
            promises[.targets] = Self.promise(file)
        }
    }

    mutating func signRoot() async throws {
        guard isWanted(.root) else { return }
        var metadata = editor.root
        metadata.header = nextHeader(of: .root)
        // 1.0.34, section 6.1: signed by the keys of the version before, and by its own.
        let authorities =
            [editor.published.root?.role.authority(for: .root), metadata.authority(for: .root)].compactMap {
                $0
            }
        editor.published.root = try await sign(metadata, as: .root, by: authorities)
        editor.adopt(root: metadata)
    }

    mutating func signTargets() async throws {
        takeAdopted()
        let delegated = editor.roles.keys.filter { $0 != .targets }.sorted()
        for name in delegated + [.targets] where mayBeDue(name) {
            let authorities = editor.authorities(for: name)
            guard var metadata = editor.roles[name], !authorities.isEmpty, isWanted(name) else {
                continue
            }
            metadata.header = nextHeader(of: name)
            let signed = try await sign(metadata, as: name, by: authorities)
            // As it was read back: the table of its members is a part of the file, not a copy.
            editor.roles[name] = signed.role
            editor.published.targets[name] = metadata.header
            promises[name] =
                editor.promisesVersionOnly(of: name)
                ? MetaFile(version: metadata.version) : Self.promise(signed)
        }
    }

    /// What others have signed is published as it came.
    private mutating func takeAdopted() {
        for (name, signed) in editor.adopted.sorted(by: { $0.key < $1.key }) {
            editor.published.targets[name] = signed.role.header
            promises[name] = Self.promise(signed)
            files.append(
                RepositoryFile(
                    role: name,
                    version: signed.role.version,
                    bytes: signed.bytes,
                    consistentSnapshot: editor.root.consistentSnapshot
                )
            )
        }
        editor.adopted = [:]
    }

    mutating func signSnapshot() async throws {
        let authorities = editor.authorities(for: .snapshot)
        guard !promises.isEmpty || isWanted(.snapshot) else { return }
        // Roles that are no longer delegated stay listed: clients refuse a snapshot that lost one (5.5.5).
        var all = editor.published.snapshot?.role.files ?? [:]
        for (name, promise) in promises { all[name] = promise }
        let metadata = SnapshotMetadata(header: nextHeader(of: .snapshot), files: all)
        editor.published.snapshot = try await sign(metadata, as: .snapshot, by: authorities)
    }

    mutating func signTimestamp() async throws {
        let authorities = editor.authorities(for: .timestamp)
        let hasNewSnapshot = files.contains { $0.role == .snapshot }
        guard let snapshot = editor.published.snapshot, hasNewSnapshot || isWanted(.timestamp)
        else {
            return
        }
        let metadata = TimestampMetadata(
            header: nextHeader(of: .timestamp),
            snapshot: Self.promise(snapshot)
        )
        editor.published.timestamp = try await sign(metadata, as: .timestamp, by: authorities)
    }

    /// Whether there is any reason to sign a role.
    private func mayBeDue(_ name: RoleName) -> Bool {
        if editor.changed.contains(name) { return true }
        guard let last = editor.published.header(of: name) else { return false }
        return last.expires <= now.advanced(bySeconds: window)
    }

    /// Edited roles must be signed; those that are due are, if the signers suffice.
    private func isWanted(_ name: RoleName) -> Bool {
        if editor.changed.contains(name) { return true }
        guard mayBeDue(name) else { return false }
        let quorum = editor.quorum(of: name, among: signers)
        return quorum.present >= quorum.needed
    }

    private func nextHeader(of name: RoleName) -> MetadataHeader {
        let last = editor.lastVersion(of: name)
        // A version that cannot be raised any more repeats, and clients keep the one they have.
        let (next, overflow) = last.addingReportingOverflow(1)
        return MetadataHeader(
            version: overflow ? last : leap(name) ? max(next, editor.leastVersion) : next,
            expires: now.advanced(bySeconds: editor.lifetimes.seconds(for: name))
        )
    }

    /// Whether a role's versions may leap. A root's are followed one by one (1.0.34, section 5.3.3).
    private func leap(_ name: RoleName) -> Bool { name != .root }

    /// Signs by every signer whose key one of the authorities has, and verifies the result as a client would.
    private mutating func sign<Role: RoleMetadata>(
        _ metadata: Role,
        as name: RoleName,
        by authorities: [RoleAuthority]
    ) async throws -> VerifiedMetadata<Role> {
        var envelope = try MetadataEnvelope(signing: metadata, as: name)
        for signer in signers {
            let ids = Set(authorities.compactMap { $0.keyID(of: signer.publicKey) })
            guard !ids.isEmpty else { continue }
            let bytes = try await signer.sign(envelope.signedBytes)
            for id in ids.sorted() { envelope.add(Signature(keyID: id.text, bytes: bytes)) }
        }
        let bytes = envelope.encoded()
        let signed = try SignedMetadata<Role>(parsing: bytes, as: name)
        for authority in authorities { _ = try authority.verify(signed, of: name) }
        editor.changed.remove(name)
        files.append(
            RepositoryFile(
                role: name,
                version: metadata.version,
                bytes: bytes,
                consistentSnapshot: editor.root.consistentSnapshot
            )
        )
        return VerifiedMetadata(verified: signed)
    }

    private static func promise(_ file: RepositoryFile) -> MetaFile {
        MetaFile(
            version: file.version,
            length: UInt64(file.bytes.count),
            hashes: FileHashes([Digest.of(file.bytes)])
        )
    }

    private static func promise<Role>(_ signed: VerifiedMetadata<Role>) -> MetaFile {
        MetaFile(
            version: signed.role.version,
            length: UInt64(signed.bytes.count),
            hashes: FileHashes([signed.digest])
        )
    }
}
