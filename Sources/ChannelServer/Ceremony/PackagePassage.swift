// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

public import CondaFormats
import Gatekeeper
public import TUF
public import TrustCore

/// What a proposal makes of one package: who vouches for its files from then on, and who did before.
///
/// Made from the metadata as clients read them, by the package's name; see decision 0010.
public struct PackagePassage: Sendable {
    /// From whom to whom.
    public enum Direction: String, Sendable {
        /// From the online keys to maintainers.
        case toMaintainers = "to-maintainers"
        /// From maintainers back to the online keys.
        case toOnlineKeys = "to-online-keys"
        /// From maintainers to others, or other keys of theirs.
        case amongMaintainers = "among-maintainers"
    }

    /// The package.
    public let package: PackageName
    /// From whom to whom it passes.
    public let direction: Direction
    /// The keys of maintainers that counted, and do not from then on.
    public let lost: [CeremonyKey]
    /// The keys of maintainers that count from then on, and did not.
    public let gained: [CeremonyKey]
    /// The keys of maintainers that count as before.
    public let kept: [CeremonyKey]
    /// How many maintainers must sign from then on; nil if none must.
    public let threshold: Int?

    /// The packages that a proposal passes on, in the order of their names.
    public static func all(in proposal: CeremonyProposal, now: Timestamp) -> [PackagePassage] {
        guard let targets = proposal.targets?.role else { return [] }
        let before = proposal.currentTargets?.role
        let changes = CeremonyWords(proposal, now: now).roles
        let names = [before, targets].compactMap { $0?.delegations?.names }.joined()
        let packages = Set(names.compactMap { MaintainersRole($0)?.package })
        return packages.sorted().compactMap { package in
            let old = MaintainersRole.delegation(of: package, in: before)
            let new = MaintainersRole.delegation(of: package, in: targets)
            let change = (new ?? old).flatMap { role in changes.first { $0.role == role.name } }
            return change.flatMap { PackagePassage(package, from: old, to: new, $0) }
        }
    }

    private init?(
        _ package: PackageName,
        from old: DelegatedRole?,
        to new: DelegatedRole?,
        _ change: RoleChange
    ) {
        switch (old, new) {
        case (nil, nil): return nil
        case (nil, _?): direction = .toMaintainers
        case (_?, nil): direction = .toOnlineKeys
        case (let old?, let new?):
            // The same keys under another role, whose list is another, are a change too.
            guard !change.isNone || old.name != new.name || old.scope != new.scope else { return nil }
            direction = .amongMaintainers
        }
        self.package = package
        lost = change.lost
        gained = change.gained
        kept = change.kept
        threshold = new?.keys.threshold
    }

    /// The passage in words, the first line with the package's name.
    public var lines: [String] {
        let quorum = "\(threshold ?? 0) of \(gained.count + kept.count)"
        let losses = lost.map { "  loses power: \($0.full)" }
        let gains = gained.map { "  gains power: \($0.full)" }
        switch direction {
        case .toMaintainers:
            return ["package `\(package)` passes from the online keys to its maintainers"]
                + ["  loses power: whoever has the online keys, which alone vouched for its files"] + gains
                + ["  clients refuse every file that is not on a list signed by \(quorum)"]
        case .toOnlineKeys:
            return ["package `\(package)` passes from its maintainers back to the online keys"] + losses
                + ["  gains power: whoever has the online keys, which alone vouch for its files"]
        case .amongMaintainers:
            return ["package `\(package)` stays with its maintainers, with other keys or another threshold"]
                + losses + gains + kept.map { "  keeps power: \($0.short)" }
                + ["  clients refuse every file that is not on a list signed by \(quorum)"]
        }
    }
}
