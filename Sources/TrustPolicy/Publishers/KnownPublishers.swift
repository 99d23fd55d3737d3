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
        /// By all who published it first, or by somebody whom the user accepted since.
        case same
        /// By somebody new, while not all who published it first do any more.
        case changed
        /// By nobody new, and not by all who published it first: these are missing.
        case incomplete([PublisherIdentity])
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
        if now.contains(where: { new in sighting.accepted.contains { $0.isSame(as: new) } }) { return .same }
        // All of them: if one were enough, whoever adds an attestation of his own to the first file that is seen
        // could go on alone. Whoever adds one later takes none away.
        let missing = SignerPairs.missing(sighting.publishers, among: now)
        guard !missing.isEmpty else { return .same }
        return now.allSatisfy(sighting.isKnown) ? .incomplete(missing) : .changed
    }
}

extension PublisherLock.Sighting {
    /// Who must publish the package, in words.
    public var words: String {
        let first = publishers.map(\.description)
        let all = first.count > 1 ? "all of \(first.joined(separator: "; "))" : first.joined()
        return ([all] + accepted.map(\.description)).joined(separator: ", or ")
    }
}
