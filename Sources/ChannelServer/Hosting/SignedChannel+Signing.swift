// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

import CondaFormats
import DurableFiles
import Gatekeeper
import SigningKeys
import TUF
public import TrustCore

extension SignedChannel {
    /// What `sign` renews.
    public enum Renewal: Sendable {
        /// What has less than a part of its life left: half for the timestamp, a third for the others. Offline keys
        /// count if their files are in the folder of keys and open; references to keys elsewhere are not followed.
        case whatIsDue
        /// Everything that the keys at hand can sign.
        case everything
    }

    /// Renews signatures, and writes index files again where they are missing or altered, if asked. `pkg_mgr.json`,
    /// which mamba needs where keys are named that sign for it, is renewed in the same publication. Attestations that
    /// somebody put beside the packages are taken up, see ``SidecarIntake``.
    ///
    /// What was to be renewed and could not be, for want of keys, is told in ``ChannelChange/left``: it is no
    /// error here, for the rest was renewed.
    public mutating func sign(_ renewal: Renewal, repairing: Bool, now: Timestamp) async throws
        -> ChannelChange
    {
        var change = ChannelChange()
        var publication = Publication()
        if repairing { try repair(&publication, &change) }
        let due = editor.status.filter { isDue($0, renewal, now) }
        let sidecars = sidecarIntake(comparingAll: repairing || renewal == .everything, repairing: repairing)
        let needed = due.map(\.role) + (sidecars.changed.isEmpty ? [] : [.snapshot])
        let signers = try await signers(for: needed, renewal)
        let attested = sidecars.publish(
            with: editor.quorum(of: .snapshot, among: signers),
            &publication,
            &change
        )
        let packageManager = try await renewPackageManager(renewal, &publication, &change, now: now)
        let before = editor
        do {
            editor.renew(due.map(\.role).filter { Self.purpose(of: $0) != nil }, by: signers)
            let changed = renewal == .everything ? try givingUpSignatures(besides: attested) : attested
            try await publish(changed, &publication, &change, signers: signers, now: now)
        } catch {
            editor = before
            throw error
        }
        let versions = Dictionary(editor.status.map { ($0.role, $0.version) }) { first, _ in first }
        change.left = due.filter { versions[$0.role] == $0.version }.map { role in
            let quorum = editor.quorum(of: role.role, among: signers)
            return UnsignedRole(
                name: role.role.text,
                expires: role.expires,
                isExpired: role.expires.map { $0 <= now } ?? true,
                signer: Self.signer(of: role.role),
                needed: quorum.needed,
                present: quorum.present,
                wasDemanded: renewal == .everything,
                keys: keys.directory
            )
        }
        if let packageManager { change.left.append(packageManager) }
        return change
    }

    /// Takes up attestations that lie beside the packages. What is wrong with them is told, and keeps no signature
    /// from being renewed.
    private func sidecarIntake(comparingAll: Bool, repairing: Bool) -> SidecarIntake {
        var intake = SidecarIntake(directory: directory)
        do {
            for role in editor.roles.keys.sorted() {
                guard let subdir = try? Subdir(role.text) else { continue }
                let packages = try comparingAll ? intake.all(in: subdir) : intake.news(in: subdir)
                guard !packages.isEmpty || repairing else { continue }
                try intake.take(packages, in: read(subdir), by: publisherJudge, repairing: repairing)
            }
            return intake
        } catch {
            return intake.givenUp(because: error)
        }
    }

    /// The signers that these roles need. A run that nobody attends goes on without offline keys that are not at
    /// hand: what they should sign is then left to do, and the timestamp does not wait for it.
    private func signers(for roles: [RoleName], _ renewal: Renewal) async throws -> [any Signer] {
        var purposes = Set(roles.compactMap(Self.purpose))
        // The snapshot says which targets metadata is in force, and the timestamp which snapshot.
        if purposes.contains(.targets) { purposes.insert(.online) }
        var signers: [any Signer] = []
        for purpose in KeyRing.Purpose.tuf where purposes.contains(purpose) {
            signers +=
                purpose != .online && renewal == .whatIsDue
                ? try await keys.signersAtHand(for: purpose, passphrase: passphrase)
                : try await keys.signers(for: purpose, passphrase: passphrase)
        }
        return signers
    }

    /// Which of the channel's keys sign a role; nil if none does, for a package's maintainers do.
    private static func purpose(of role: RoleName) -> KeyRing.Purpose? {
        switch role.topLevelKind {
        case .root: .root
        case .targets: .targets
        case .timestamp, .snapshot: .online
        case nil: MaintainersRole(role) == nil ? .online : nil
        }
    }

    private static func signer(of role: RoleName) -> UnsignedRole.Signer {
        switch purpose(of: role) {
        case .online: .online
        case nil: .maintainers
        default: .offline
        }
    }

    /// What no key of ours can sign is only worth a word when it runs out.
    private func isDue(_ role: RoleStatus, _ renewal: Renewal, _ now: Timestamp) -> Bool {
        let isOurs = Self.purpose(of: role.role) != nil
        guard renewal == .whatIsDue || !isOurs, let expires = role.expires else { return isOurs }
        let life = editor.lifetimes.seconds(for: role.role)
        let rest = role.role == .timestamp ? life / 2 : life / 3
        return expires <= now.advanced(bySeconds: rest)
    }

    /// Plans to write again whatever the readers' copies of the signed index lack.
    private func repair(_ publication: inout Publication, _ change: inout ChannelChange) throws {
        for (role, metadata) in editor.roles.sorted(by: { $0.key < $1.key }) {
            guard let subdir = try? Subdir(role.text) else { continue }
            let (files, shards) = try read(subdir).encoded()
            for (digest, bytes) in shards.sorted(by: { $0.key.hex < $1.key.hex }) {
                let path = ChannelLayout.shard(digest, in: subdir)
                if try differs(path, bytes) {
                    publication.write(bytes, to: path, .shard)
                    change.repaired.append(path)
                }
            }
            for (name, bytes) in files {
                guard let path = TargetPath(ChannelLayout.file(name, in: subdir)),
                    metadata.targets[path] == TargetFile(of: bytes)
                else { continue }
                let immutable = ChannelLayout.immutableFile(name, digest: Digest.of(bytes), in: subdir)
                for (file, stage) in [(immutable, Publication.Stage.index), (path.text, .plainIndex)]
                where try differs(file, bytes) {
                    publication.write(bytes, to: file, stage)
                    change.repaired.append(file)
                }
            }
        }
    }

    private func differs(_ path: String, _ bytes: [UInt8]) throws -> Bool {
        try SignedFiles(directory: directory).digest(path) != Digest.of(bytes)
    }
}
