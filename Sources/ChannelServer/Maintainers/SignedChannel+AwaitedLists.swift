// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

import CondaFormats
import DurableFiles
import Gatekeeper
import TUF
import TrustCore

extension SignedChannel {
    /// Refuses (`channel.list-awaited`) to leave files in the index that clients would refuse because other keys
    /// of maintainers count from now on, and no list by these is there.
    ///
    /// - Parameters:
    ///   - before: what was in force.
    ///   - others: packages whose list was looked at.
    ///   - contents: the indexes that change, as they shall become.
    func refuseAwaited(
        since before: RepositoryEditor,
        besides others: Set<PackageName>,
        _ contents: [Subdir: SubdirContents],
        _ now: Timestamp
    ) throws {
        let earlier = before.roles[.targets]?.delegations
        for role in editor.maintained where !others.contains(role.package) {
            guard let delegations = editor.roles[.targets]?.delegations,
                let delegated = delegations.role(named: role.name),
                let authority = delegations.authority(for: role.name),
                authority != earlier?.authority(for: role.name)
                    || delegated.scope != earlier?.role(named: role.name)?.scope
            else { continue }
            let (list, found) = try list(of: role, by: authority, now)
            for (subdir, records) in try listed(role.package, in: contents) {
                for record in records {
                    let path = MaintainersRole.target(record.fileName, in: subdir)
                    let target = path.flatMap { delegated.scope.covers($0) ? list?.targets[$0] : nil }
                    let word = MaintainersWord(role: delegated, target: target)
                    guard !word.vouches(sha256: record.sha256, size: record.size) else { continue }
                    throw Refusal(
                        ChannelCode.listAwaited,
                        ChannelFile(subdir: subdir, fileName: record.fileName).description,
                        expected: "a list that names it, "
                            + MaintainersWord.words(record.sha256?.description ?? "no SHA-256", record.size)
                            + ", signed by \(authority.role.threshold) of "
                            + "\(authority.role.keyIDs.count) keys of role `\(role.name)`",
                        found: word.promised ?? found
                    )
                }
            }
        }
    }

    /// The list that the snapshot leads to, if clients believe it under these keys; and what to call it.
    private func list(of role: MaintainersRole, by authority: RoleAuthority, _ now: Timestamp) throws
        -> (TargetsMetadata?, String)
    {
        let version = editor.lastVersion(of: role.name)
        let name = (editor.root.consistentSnapshot ? "\(version)." : "") + role.name.encoded + ".json"
        let path = directory + "/" + ChannelLayout.metadataFile(name)
        guard version > 0, let bytes = try DurableFile.read(path, maximumLength: Self.metadataLimit) else {
            return (nil, "no list")
        }
        do {
            let signed = try SignedMetadata<TargetsMetadata>(parsing: bytes, as: role.name)
            let list = try authority.verify(signed, of: role.name).role
            guard !list.isExpired(at: now) else { return (nil, "a list that expired on \(list.expires)") }
            return (list, "version \(version) of their list, without it")
        } catch let refusal as Refusal where refusal.is(TUFCode.signatures) {
            return (nil, "version \(version) of their list, by \(refusal.found ?? "others")")
        }
    }
}
