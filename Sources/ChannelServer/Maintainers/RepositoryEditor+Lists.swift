// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

import CondaFormats
import Gatekeeper
import TUF
import TrustCore

extension RepositoryEditor {
    /// How far above the last a list's version may be. One slip up to the highest number of all would lock the
    /// package for ever: no later list could follow.
    private static var longestLeap: Int64 { 1_000_000 }

    /// Takes over a list of files that a package's maintainers have signed, to be published with the next
    /// ``publish(signers:now:renewingWithin:)``: checked as clients check it, and that it is theirs to sign.
    ///
    /// What the index lists is not looked at.
    /// - Throws: `tuf.signatures`, `tuf.rollback`, `tuf.version-number` or `tuf.expired` for a list that clients would not
    ///   believe, or after which none could follow; `channel.not-theirs` for one that names what is not the package's.
    mutating func adopt(list: [UInt8], of role: MaintainersRole, now: Timestamp) throws {
        let last = lastVersion(of: role.name)
        try adopt(list, as: role.name)
        guard let metadata = roles[role.name] else { return }
        // Both are positive, and it is above the last.
        guard metadata.version - last <= Self.longestLeap else {
            throw Refusal(
                TUFCode.versionNumber,
                "\(role.name) metadata",
                expected: "a version at most \(Self.longestLeap) above the last, \(last)",
                found: "version \(metadata.version)",
                remedy:
                    "let the maintainers make the list with `kingsnake channel delegate propose`, and sign that"
            )
        }
        guard metadata.expires > now else {
            throw Refusal(
                TUFCode.expired,
                "\(role.name) metadata",
                expected: "an expiry after \(now)",
                found: "\(metadata.expires)",
                remedy: "let the maintainers sign a list that lives longer"
            )
        }
        let entries = try MaintainersList.entries(of: metadata)
        try MaintainersList.check(entries, are: role.package)
        for path in metadata.targets.keys.sorted() { try refuseShadowed(path, role) }
    }

    /// Whether a list is the first one by the keys that count now.
    func isFirstList(of role: MaintainersRole, since before: RepositoryEditor) -> Bool {
        func keys(_ editor: RepositoryEditor) -> (RoleKeys?, [KeyDefinition?]) {
            let delegations = editor.roles[.targets]?.delegations
            let keys = delegations?.role(named: role.name)?.keys
            return (keys, (keys?.keyIDs ?? []).map { delegations?.keys[$0] })
        }
        let old = keys(before), new = keys(self)
        return before.roles[role.name] == nil || old.0 != new.0 || old.1 != new.1
    }

    /// The role by which a package is delegated to its maintainers (`channel.not-delegated`).
    func delegatedRole(of package: PackageName) throws -> MaintainersRole {
        guard let role = MaintainersRole.delegation(of: package, in: roles[.targets]),
            let found = MaintainersRole(role.name)
        else {
            throw Refusal(ChannelCode.notDelegated, package.normalized)
        }
        return found
    }

    /// Clients that know TUF only take the first delegation whose pattern covers a path: they must come to the
    /// same role as those that go by the package's name.
    private func refuseShadowed(_ path: TargetPath, _ role: MaintainersRole) throws {
        let first = roles[.targets]?.delegations?.roles(for: path).first?.name
        guard first != role.name else { return }
        throw Refusal(
            ChannelCode.notTheirs,
            path.text,
            expected: "a path that leads to role `\(role.name)`",
            found: "`\(first?.text ?? "none")`, whose pattern covers it first",
            remedy: "build the package again with another version or build text"
        )
    }
}
