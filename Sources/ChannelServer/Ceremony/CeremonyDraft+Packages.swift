// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

public import CondaFormats
import Gatekeeper
public import TUF
import TrustCore

extension CeremonyDraft {
    /// Demands that a package's maintainers sign its files, so many of them. Their keys are given to the role
    /// `maintainers.NAME` afterwards, as keys are to any role.
    ///
    /// - Throws: a `Refusal` with `ceremony.role-unknown` if they must already, whatever the spelling of the
    ///   name; `ceremony.threshold-below-one`, or `name.virtual` for what no file can be of.
    public mutating func delegate(_ package: PackageName, threshold: Int) throws {
        let role = try MaintainersRole(of: package)
        if let present = MaintainersRole.delegation(of: package, in: targetsInForce) {
            throw Refusal(
                CeremonyCode.roleUnknown,
                "role `\(role.name)`",
                expected: "a package that is not delegated yet",
                found: "`\(present.name)`"
            )
        }
        try delegateElsewhere(
            role.scope,
            to: role.name,
            threshold: threshold,
            order: MaintainersRole.precedes
        )
    }

    /// Takes the demand away that a package's maintainers sign it: the online keys vouch for it again.
    ///
    /// - Throws: a `Refusal` with `channel.not-delegated`.
    public mutating func removeDelegation(of package: PackageName) throws {
        guard let role = MaintainersRole.delegation(of: package, in: targetsInForce) else {
            throw Refusal(ChannelCode.notDelegated, package.normalized)
        }
        try removeDelegation(to: role.name)
    }
}
