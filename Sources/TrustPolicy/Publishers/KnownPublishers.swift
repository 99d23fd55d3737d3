// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

public import TrustCore

/// Who published a package when it was first seen, where the user lets that count.
public struct KnownPublishers: Sendable, Equatable {
    /// What was seen; nil if the package never was.
    public let sighting: PublisherLock.Sighting?

    /// Makes a fact.
    public init(_ sighting: PublisherLock.Sighting?) { self.sighting = sighting }

    /// How what is there now compares with what was seen.
    public enum Comparison: Sendable, Equatable {
        /// Never attested, neither before nor now.
        case nobody
        /// Attested for the first time: there is nothing to compare with.
        case firstSight
        /// By somebody who published it before.
        case same
        /// By others only.
        case changed
        /// By nobody any more.
        case disappeared
        /// By nobody any more, and the user accepted that for this file.
        case accepted
    }

    /// Compares.
    public func comparison(_ now: [PublisherIdentity], _ digest: Digest?) -> Comparison {
        guard let sighting else { return now.isEmpty ? .nobody : .firstSight }
        guard !now.isEmpty else {
            return digest.map(sighting.acceptedWithout.contains) ?? false ? .accepted : .disappeared
        }
        // Whoever adds an attestation takes none away: the one that was seen before is still there.
        return now.contains { new in sighting.publishers.contains { $0.isSame(as: new) } } ? .same : .changed
    }
}
