// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

public import TrustCore

/// What this machine saw of a file in a channel's index that nobody signs, and what other mirrors list.
///
/// It says that the hash is still the same, and nothing of who chose it: whoever served the index when the file was
/// first seen did.
public struct ObservedRecord: Sendable, Equatable {
    /// What becomes of a file whose hash changed.
    public enum ChangeMode: String, Sendable, CaseIterable {
        /// It is refused.
        case refuse
        /// It passes, with a warning.
        case warn
    }

    /// SHA-256 of the index that lists the file.
    public let index: Digest
    /// When the file was first seen with the hash that it has now.
    public let since: Timestamp
    /// Whether that was in the first index of all, so that the file may have been there for any time.
    public let isBaseline: Bool
    /// The hash that was seen first, if it is another one now.
    public var previous: Digest?
    /// What becomes of the file then.
    public var changeMode: ChangeMode
    /// SHA-256 of the bytes, as an earlier record gave it or as they were first fetched, where the record gives only an
    /// MD5.
    public var known: Digest?
    /// What the mirrors say that are compared.
    public var mirrors: [MirrorOpinion]
    /// How many of them must list the same hash.
    public var demandedMirrors: Int

    /// Makes a fact.
    public init(
        index: Digest,
        since: Timestamp,
        isBaseline: Bool,
        previous: Digest? = nil,
        changeMode: ChangeMode = .refuse,
        known: Digest? = nil,
        mirrors: [MirrorOpinion] = [],
        demandedMirrors: Int = 0
    ) {
        self.index = index
        self.since = since
        self.isBaseline = isBaseline
        self.previous = previous
        self.changeMode = changeMode
        self.known = known
        self.mirrors = mirrors
        self.demandedMirrors = demandedMirrors
    }
}

/// What the index of a mirror that is only compared says of a file.
public struct MirrorOpinion: Sendable, Equatable {
    /// What it says.
    public enum Answer: Sendable, Equatable {
        /// The same hash.
        case agrees
        /// Another one.
        case disagrees(Digest)
        /// Nothing: it does not list the file, gives no hash of the kind, or could not be asked.
        case silent(reason: String)
    }

    /// The mirror's address, without credentials.
    public let mirror: String
    /// What it says.
    public let answer: Answer

    /// Makes a fact.
    public init(mirror: String, answer: Answer) {
        self.mirror = mirror
        self.answer = answer
    }
}
