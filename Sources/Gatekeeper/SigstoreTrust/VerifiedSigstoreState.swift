// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

import TUF
import TrustCore

/// The files of an instance that its TUF metadata vouches for, from the root on that they were verified by.
struct VerifiedSigstoreState: Sendable {
    let trustedRoot: [UInt8]
    let signingConfig: [UInt8]?
    let versions: SigstoreVersions
    let horizon: FreshnessHorizon

    /// Verifies what was stored once more, from a root that is trusted. Whether it is expired is not asked
    /// here: it is verified as of a moment at which nothing had expired, and ``horizon`` says when it did.
    init(_ state: SigstoreState, from tufRoot: [UInt8]) async throws {
        let updater = Updater(
            offline: InMemoryMetadataStore(state.metadata),
            trustedRoot: tufRoot,
            now: Timestamp(seconds: 0),
            limits: .sigstore
        )
        try await self.init(updater) { file, target in
            guard let bytes = state.files[file] else {
                throw Refusal(TUFCode.targetMissing, file.rawValue, expected: "a copy", found: "nothing")
            }
            try target.verify(bytes)
            return bytes
        }
    }

    /// Takes the files from wherever a body has them, which verifies them.
    init(_ updater: Updater, obtain: (SigstoreFile, TargetDescription) async throws -> [UInt8]) async throws {
        let trustedRoot = try await updater.requiredTarget(SigstoreFile.trustedRoot.path)
        self.trustedRoot = try await obtain(.trustedRoot, trustedRoot)
        // An instance need not say where to sign.
        if let target = try await updater.target(SigstoreFile.signingConfig.path) {
            signingConfig = try await obtain(.signingConfig, target)
        } else {
            signingConfig = nil
        }
        let trusted = try await updater.trusted()
        guard let timestamp = trusted.timestamp, let snapshot = trusted.snapshot,
            let targets = trusted.targets(of: trusted.topLevelTargets)
        else { throw Refusal(TUFCode.metadataMissing, "the instance's metadata") }
        versions = SigstoreVersions(
            root: trusted.root.role.version,
            timestamp: timestamp.role.version,
            snapshot: snapshot.role.version,
            targets: targets.version
        )
        horizon = trusted.horizon
    }
}

extension TUFLimits {
    /// What the repository of an instance may ask of us: some roles, and files of some kilobytes.
    static let sigstore: TUFLimits = {
        var limits = TUFLimits()
        limits.targets = 1 << 20
        limits.promisedTargets = 4 << 20
        limits.targetFile = SigstoreFile.maximumLength
        limits.updateBytes = 16 << 20
        limits.jsonValues = 200_000
        return limits
    }()
}
