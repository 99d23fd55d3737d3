// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

public import Sigstore
public import TUF
public import TrustCore

/// The keys of an instance of Sigstore as they are known now, and how much that is worth.
public struct SigstoreKeys: Sendable {
    /// What an update by TUF left behind.
    public struct Update: Sendable, Equatable {
        /// The versions of the metadata.
        public let versions: SigstoreVersions
        /// Until when it holds without another update, and the role whose metadata runs out then.
        public let horizon: FreshnessHorizon
        /// When the repository was asked last.
        public let checked: Timestamp
    }

    /// Where the keys are from.
    public enum Source: Sendable, Equatable {
        /// The program. Newer ones were not fetched, or are older than these.
        case shipped
        /// The instance's TUF repository.
        case updated(Update)
        /// Files that the user gave.
        case files
    }

    /// How far the keys can be relied on to be the instance's newest.
    public enum Freshness: Sendable, Equatable {
        /// Until then: what the instance's owner says now cannot be withheld any longer.
        case current(until: FreshnessHorizon)
        /// Since then the instance may have revoked keys, and surely has renewed its metadata. What the keys
        /// sign still verifies; keys that are newer are not known.
        case expired(FreshnessHorizon)
        /// Nothing was ever fetched: the keys are as they were when the program was made.
        case neverUpdated
        /// The user gave these very keys.
        case fixed
    }

    /// What the instance is called: its name here, or the file that has its keys.
    public let name: String
    /// Where the keys are from.
    public let source: Source
    /// The keys and certificates.
    public let trustedRoot: TrustedRoot
    /// The same as the instance published them, `trusted_root.json`.
    public let trustedRootBytes: [UInt8]
    /// Where to sign, `signing_config.v0.2.json`, as the instance published it; nil if it publishes none.
    public let signingConfigBytes: [UInt8]?
    /// Why the keys were not updated although that was due; nil if they were, or it was not.
    public internal(set) var missedUpdate: Failure?

    /// Reads the keys (`trust-root.…`). The signing configuration is read when it is asked for: one of a
    /// version that is not known must not keep revocations from arriving.
    init(_ name: String, _ source: Source, trustedRoot: [UInt8], signingConfig: [UInt8]?) throws {
        self.name = name
        self.source = source
        self.trustedRoot = try TrustedRoot(parsing: trustedRoot, of: "the trusted root of \(name)")
        trustedRootBytes = trustedRoot
        signingConfigBytes = signingConfig
    }

    /// How far the keys can be relied on at a moment.
    public func freshness(at now: Timestamp) -> Freshness {
        switch source {
        case .files: .fixed
        case .shipped: .neverUpdated
        case .updated(let update):
            now < update.horizon.moment ? .current(until: update.horizon) : .expired(update.horizon)
        }
    }

    /// Demands keys that are known to be the instance's newest (`instance.expired`,
    /// `instance.never-updated`), or that the user chose.
    public func demandFresh(at now: Timestamp) throws {
        switch freshness(at: now) {
        case .current, .fixed: return
        case .expired(let horizon):
            throw Refusal(
                SigstoreTrustCode.expired,
                name,
                expected: "metadata that is valid at \(now)",
                found: "`\(horizon.role)` expired at \(horizon.moment)",
                cause: missedUpdate
            )
        case .neverUpdated: throw Refusal(SigstoreTrustCode.neverUpdated, name, cause: missedUpdate)
        }
    }

    /// Where to sign (`instance.no-signing-config`, or a `trust-root.…` code).
    public func signingConfig() throws -> SigningConfig {
        guard let signingConfigBytes else { throw Refusal(SigstoreTrustCode.noSigningConfig, name) }
        return try SigningConfig(parsing: signingConfigBytes, of: "the signing configuration of \(name)")
    }
}

/// The versions of an instance's TUF metadata.
public struct SigstoreVersions: Sendable, Equatable {
    /// The root's.
    public let root: Int64
    /// The timestamp's.
    public let timestamp: Int64
    /// The snapshot's.
    public let snapshot: Int64
    /// The top-level targets metadata's.
    public let targets: Int64
}
