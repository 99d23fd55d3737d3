// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

public import TrustCore

/// What a proxy decided since it was started.
public struct ProxySummary: Sendable {
    /// By what a package was admitted, from the strongest.
    public enum Evidence: String, Sendable, CaseIterable {
        /// Its publishers attested to it, and they may.
        case attested
        /// Its maintainers signed it with keys of their own.
        case maintainers
        /// The channel's keys signed the index, or the record, that lists it.
        case signed
        /// Nobody signed anything: its bytes are those that the index lists, which was observed.
        case observed
    }

    /// A package that was passed on.
    public struct Admitted: Sendable {
        /// The channel, without credentials.
        public let channel: String
        /// Subdir and file.
        public let package: String
        /// By what.
        public let evidence: Evidence
        /// Who vouches for it, in words; nil where nobody does.
        public let voucher: String?
        /// How long it is.
        public let size: UInt64
    }

    /// When it was started.
    public let began: Timestamp
    /// Packages that were passed on, each once, in the order they were asked for first.
    public internal(set) var admitted: [Admitted] = []
    /// What was refused, each once for each code.
    public internal(set) var refused: [ProxyRefusal] = []
    /// Channels of which an index was passed on, and whether the last one was stale.
    public internal(set) var channels: [String: Bool] = [:]
    /// Which policy counts; nil where nobody said.
    public internal(set) var policy: PolicyStanding?
    /// Why what a channel showed was refused, where its last view went on. A channel that did not answer is not here.
    public internal(set) var untaken: [String: ProxyRefusal] = [:]
    /// How many requests were answered.
    public internal(set) var requests = 0
    /// How many bytes were promised in answers.
    public internal(set) var servedBytes: UInt64 = 0
    /// How many bytes came from channels; what was passed on beyond that came from the cache.
    public internal(set) var fetchedBytes: UInt64 = 0
    /// How many requests could not be answered because something could not be found out.
    public internal(set) var failures = 0
    /// The last of those, in words.
    public internal(set) var lastFailure: String?

    /// How many packages were admitted by some evidence.
    public func count(_ evidence: Evidence) -> Int { admitted.count { $0.evidence == evidence } }

    /// The exit status that the refusals amount to; 0 if nothing was refused for what it is.
    public var exitStatus: Int32 {
        let kinds = Set(refused.filter(\.isAboutEvidence).map(\.kind))
        let worst = [RefusalKind.invalid, .stale, .policy, .missing].first(where: kinds.contains)
        return worst?.exitStatus ?? 0
    }
}
