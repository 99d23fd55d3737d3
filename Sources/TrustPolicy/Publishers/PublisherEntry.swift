// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

public import CondaFormats
public import TrustCore

/// Who may publish some packages of a channel, how many of them must, and which packages need nobody's word.
public struct PublisherEntry: Sendable, Equatable {
    /// Which packages need no attestation.
    public enum Exemption: Sendable, Equatable {
        /// None.
        case none
        /// Those that the index lists since before a moment. Whoever signs the index says since when: it
        /// protects from mirrors and uploaders, and not from a thief of the key that signs the index, who can
        /// date a new package back.
        case listed(before: Timestamp)
        /// Those with these digests and no others, whatever the index says of their age.
        case digests([Digest])
    }

    /// The most publishers of one entry.
    public static let maximumPublishers = 64

    /// The packages.
    public let pattern: PackagePattern
    /// Who may publish them; never empty.
    public let publishers: [Publisher]
    /// How many different ones of them must attest to each file.
    public let threshold: Int
    /// Which of the packages need no attestation.
    public let exemption: Exemption
    /// Further channels that an attestation may name as its target; the channel itself always may.
    public let targetChannels: [ChannelURL]
    /// What ``exemption`` names, to be looked up quickly.
    private let exceptions: Set<Digest>

    /// Makes an entry.
    ///
    /// - Throws: a `Refusal` with `policy-file.empty`, `policy-file.too-large`, `policy-file.duplicate` or
    ///   `policy-file.threshold`.
    public init(
        _ pattern: PackagePattern,
        publishers: [Publisher],
        threshold: Int = 1,
        exemption: Exemption = .none,
        targetChannels: [ChannelURL] = []
    ) throws {
        let subject = pattern.description
        guard !publishers.isEmpty else {
            throw Refusal(PolicyFileCode.empty, subject, expected: "at least one publisher", found: "none")
        }
        guard publishers.count <= Self.maximumPublishers else {
            throw Refusal(
                PolicyFileCode.tooLarge,
                subject,
                expected: "at most \(Self.maximumPublishers) publishers",
                found: "\(publishers.count)"
            )
        }
        for (at, publisher) in publishers.enumerated() where publishers[..<at].contains(publisher) {
            throw Refusal(
                PolicyFileCode.duplicate,
                subject,
                expected: "each publisher once",
                found: "\(publisher.description) twice"
            )
        }
        guard (1...publishers.count).contains(threshold) else {
            throw Refusal(
                PolicyFileCode.threshold,
                subject,
                expected: "1 to \(publishers.count), for so many publishers there are",
                found: "\(threshold)"
            )
        }
        self.pattern = pattern
        self.publishers = publishers
        self.threshold = threshold
        self.exemption = exemption
        self.targetChannels = targetChannels
        if case .digests(let digests) = exemption { exceptions = Set(digests) } else { exceptions = [] }
    }

    /// Why a package needs no attestation, in words; nil if it does.
    func reasonForExemption(_ evidence: Evidence) -> String? {
        switch exemption {
        case .none: return nil
        case .digests:
            guard let digest = evidence.packageDigest, exceptions.contains(digest) else { return nil }
            return "the entry `\(pattern.description)` excepts this file by its digest"
        case .listed(let moment):
            // A date that nobody signed is the attacker's to choose, and one that is not there is too late.
            guard evidence.isSigned, let indexed = evidence.record?.indexed, indexed < moment else {
                return nil
            }
            return "listed since \(indexed), and required since \(moment)"
        }
    }
}
