// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

public import TrustCore

/// The refusals of the keys of Sigstore instances, as this machine knows them.
@nonexhaustive
public enum SigstoreTrustCode: String, RefusalCode {
    case unknown = "instance.unknown"
    case knownOtherwise = "instance.known-otherwise"
    case channelBound = "instance.channel-bound"
    case damaged = "instance.damaged"
    case cacheDamaged = "instance.cache-damaged"
    case expired = "instance.expired"
    case neverUpdated = "instance.never-updated"
    case olderThanShipped = "instance.older-than-shipped"
    case noSigningConfig = "instance.no-signing-config"

    private static let update = "run `kingsnake trust sigstore update` where the instance can be reached"

    /// What the code means to people.
    public var entry: RefusalEntry {
        switch self {
        case .unknown:
            RefusalEntry(
                .missing,
                "no instance of Sigstore is known by this name",
                explanation:
                    "Attestations are verified with the keys of one instance. Keys that nobody gave cannot "
                    + "be guessed, and nothing is fetched from an address that only looks right.",
                remedy: "see `kingsnake trust sigstore status` for the known ones, or add it by its TUF root"
            )
        case .knownOtherwise:
            RefusalEntry(
                .invalid,
                "an instance of this name is known already, with another beginning",
                explanation:
                    "Keys change by updates, which the known root signs. An unrelated root under the same name is "
                    + "what an impostor would offer, so it never replaces one in passing.",
                remedy: "take another name, or ask who runs the instance why its root differs"
            )
        case .channelBound:
            RefusalEntry(
                .policy,
                "the channel is bound to another instance of Sigstore",
                explanation:
                    "One instance counts for a channel. With two, whoever runs either could certify any "
                    + "publisher of it.",
                remedy:
                    "if the channel's publishers did move, end what binds it with `kingsnake trust sigstore remove "
                    + "NAME --channel URL`"
            )
        case .damaged:
            RefusalEntry(
                .invalid,
                "what this machine keeps of the instance is not what was given",
                explanation:
                    "The trust store keeps the digests of the files that the user gave. One of them was altered "
                    + "or lost, by a failing disk or by somebody who can write to the store.",
                remedy: "find out who changed the trust store, and restore it from a copy you trust"
            )
        case .cacheDamaged:
            RefusalEntry(
                .invalid,
                "the stored keys of the instance are not signed as they must be",
                explanation:
                    "Whatever an update stored is verified again each time, from the root that came with the "
                    + "program, or that you gave. These files were altered or lost since. Falling back to older "
                    + "keys in silence would bring back those that have been revoked.",
                remedy: Self.update
            )
        case .expired:
            RefusalEntry(
                .stale,
                "the keys of the instance have not been confirmed for too long",
                explanation:
                    "Their metadata has run out. Since then a key may have been revoked without this machine "
                    + "knowing, as somebody who withholds updates would want it.",
                remedy: Self.update
            )
        case .neverUpdated:
            RefusalEntry(
                .stale,
                "the keys of the instance were never updated on this machine",
                explanation:
                    "Keys that come with the program are as old as the program, and of an instance that was added "
                    + "by its TUF root none are there at all before the first update.",
                remedy: Self.update
            )
        case .olderThanShipped:
            RefusalEntry(
                .stale,
                "the repository shows older keys of the instance than this program came with",
                explanation:
                    "An honest repository only goes on. A mirror that lags, or somebody who wants a revoked key "
                    + "back, shows an old state.",
                remedy: "update from the instance's own repository"
            )
        case .noSigningConfig:
            RefusalEntry(
                .missing,
                "the instance does not say where to sign",
                explanation:
                    "Which authority, logs and timestamp authorities make a bundle that verifiers of the instance "
                    + "accept is in its signing configuration. Guessing would make one that they refuse.",
                remedy: "give the signing configuration with `--signing-config FILE`"
            )
        }
    }
}
