// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

internal import SigningKeys
public import TrustCore

extension CeremonyProposal {
    /// Refuses what no authority should sign, whoever proposed it.
    ///
    /// Whether the change is wanted is for people to say, see ``CeremonyWords``.
    /// - Throws: a `Refusal` with `ceremony.no-change`, `ceremony.threshold-unreachable`,
    ///   `ceremony.key-twice`, `ceremony.expiry-past`, `ceremony.targets-unsigned`, `ceremony.file-format`,
    ///   `ceremony.other-bytes` for a file that the proposed metadata do not vouch for, `tuf.version-mismatch` or `tuf.succinct-roles`.
    public func check(now: Timestamp) throws {
        guard root != nil || targets != nil else { throw Refusal(CeremonyCode.noChange, Self.subject) }
        guard chain != nil || (root != nil && targets != nil) else {
            throw Refusal(
                CeremonyCode.fileFormat,
                Self.subject,
                expected: "a first root and first targets metadata"
            )
        }
        if let root {
            try Self.check(root.role, follows: chain?.last.root.role.version, as: .root, now)
            for kind in MetadataKind.allCases {
                try Self.check(root.role.authority(for: kind), of: RoleName(kind))
            }
        }
        if let targets {
            try Self.check(targets.role, follows: currentTargets?.role.version, as: .targets, now)
            for (name, authority) in targets.role.delegations?.groups ?? [] {
                try Self.check(authority, of: name)
            }
            if case .bins(let bins) = targets.role.delegations?.roles { try bins.checkListable() }
        }
        try checkTargetsStaySigned()
        try checkFiles()
    }

    /// A file that travels with the proposal is one that is signed: nobody is shown another.
    private func checkFiles() throws {
        for (path, bytes) in files.sorted(by: { $0.key < $1.key }) {
            let promised = targets?.role.targets[path]
            guard let promised, promised.length == UInt64(bytes.count),
                promised.hashes.digest(by: .sha256) == Digest.of(bytes)
            else {
                throw Refusal(
                    CeremonyCode.otherBytes,
                    path.text,
                    expected: promised?.hashes.digest(by: .sha256)?.description ?? "no such file",
                    found: Digest.of(bytes).description
                )
            }
        }
    }

    private static func check(
        _ metadata: some RoleMetadata,
        follows last: Int64?,
        as name: RoleName,
        _ now: Timestamp
    ) throws {
        let (next, overflow) = (last ?? 0).addingReportingOverflow(1)
        guard !overflow, metadata.version == next else {
            throw Refusal(
                TUFCode.versionMismatch,
                "\(name) metadata",
                expected: "version \(next)",
                found: "version \(metadata.version)"
            )
        }
        guard !metadata.isExpired(at: now) else {
            throw Refusal(
                CeremonyCode.expiryPast,
                "\(name) metadata",
                expected: "an expiry after \(now)",
                found: "\(metadata.expires)"
            )
        }
    }

    private static func check(_ authority: RoleAuthority, of name: RoleName) throws {
        let keys = authority.usableKeys().map(\.key)
        let count = Set(keys).count
        guard count == keys.count else {
            throw Refusal(
                CeremonyCode.keyTwice,
                "role `\(name)`",
                expected: "\(keys.count) different keys",
                found: "\(count)"
            )
        }
        guard authority.role.threshold <= count else {
            throw Refusal(
                CeremonyCode.thresholdUnreachable,
                "role `\(name)`",
                expected: "a threshold of at most \(count)",
                found: "\(authority.role.threshold)"
            )
        }
    }

    /// A root that takes the targets role's keys away must come with targets that the new keys sign.
    private func checkTargetsStaySigned() throws {
        guard let root, targets == nil, let currentTargets else { return }
        let signed = try SignedMetadata<TargetsMetadata>(parsing: currentTargets.bytes, as: .targets)
        do {
            _ = try root.role.authority(for: .targets).verify(signed, of: .targets)
        } catch let cause as Refusal {
            throw Refusal(
                CeremonyCode.targetsUnsigned,
                "root version \(root.role.version)",
                expected: cause.expected,
                found: cause.found,
                cause: cause
            )
        }
    }
}

extension Delegations {
    /// Who may sign each delegated role; hash bins, which share their keys, under their common prefix.
    var groups: [(name: RoleName, authority: RoleAuthority)] {
        switch roles {
        case .named(let list): list.map { ($0.name, RoleAuthority(role: $0.keys, keys: keys)) }
        case .bins(let bins):
            RoleName(bins.namePrefix).map { [($0, RoleAuthority(role: bins.keys, keys: keys))] } ?? []
        }
    }

    /// Who may sign one of ``groups``; nil if there is none of that name.
    func group(named name: RoleName) -> RoleAuthority? {
        if case .named = roles { return authority(for: name) }
        return groups.first { $0.name == name }?.authority
    }
}
