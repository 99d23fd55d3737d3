// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

public import CondaFormats
public import Sigstore
internal import TrustCore

/// How a server takes uploads.
public struct UploadSettings: Sendable {
    /// How much is taken.
    public var limits = UploadLimits()
    /// How much an archive may ask for.
    public var archives = ArchiveLimits()
    /// Verifies attestations; is asked when the first of them arrives. By default with the keys of Sigstore's
    /// public instance, as they came with the program.
    public var verifier: @Sendable () async throws -> BundleVerifier = {
        let instance = SigstoreInstance.publicGood
        return BundleVerifier(try TrustedRoot(parsing: instance.trustedRoot, of: instance.rawValue))
    }
    /// How much may be put into channels.
    public var quota: any UploadQuota = NoUploadQuota()

    /// The defaults.
    public init() {}

    /// What a server's settings say, for its uploads and for an import into its folder alike.
    init(of settings: ServerSettings, quota: any UploadQuota, keys: HostedSigstoreKeys) {
        self.quota = quota
        verifier = { try await keys.verifier() }
        limits.reserveBytes = UInt64(clamping: settings.limits.diskReserveBytes)
    }
}

/// How much a server takes in one request, and how slowly.
public struct UploadLimits: Sendable {
    /// Bytes of a package.
    public var packageBytes: UInt64 = 8 << 30
    /// Packages in one form.
    public var packagesPerForm = 16
    /// Bytes that a sender must send in each ``window`` in which the server waits for them.
    public var minimumBytesPerWindow: UInt64 = 30 * 1024
    /// See ``minimumBytesPerWindow``.
    public var window: Duration = .seconds(30)
    /// How many archives are inspected at once; others wait.
    public var inspections = 2
    /// How many bytes of the disk uploads leave free; 0 for none.
    public var reserveBytes: UInt64 = 0
    /// How far ahead a builder's clock may be, in seconds.
    public var clockSkew: Int64 = 600

    /// The defaults.
    public init() {}
}
