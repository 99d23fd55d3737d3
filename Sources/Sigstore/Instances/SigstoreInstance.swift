// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

/// A public instance of Sigstore, whose keys come with the program.
///
/// They are as they were when this version was made. Newer ones come by TUF, from ``tufRoot`` on.
public enum SigstoreInstance: String, Sendable, CaseIterable {
    /// The instance that CEP 27 recommends, run by the Sigstore project for everybody.
    case publicGood = "public-good"
    /// The instance for trying things out: it proves nothing to anybody.
    case staging

    /// Where the instance's TUF repository is.
    public var tufURL: String {
        switch self {
        case .publicGood: "https://tuf-repo-cdn.sigstore.dev"
        case .staging: "https://tuf-repo-cdn.sigstage.dev"
        }
    }

    /// The TUF root that updates start from.
    public var tufRoot: [UInt8] {
        switch self {
        case .publicGood: PackageResources.public_good_root_json
        case .staging: PackageResources.staging_root_json
        }
    }

    /// The first version of the top-level targets metadata that vouches for ``trustedRoot``: whatever an earlier
    /// one vouches for is older than what the program came with.
    public var targetsVersion: Int64 {
        switch self {
        case .publicGood: 14
        case .staging: 24
        }
    }

    /// The keys and certificates, `trusted_root.json`.
    public var trustedRoot: [UInt8] {
        switch self {
        case .publicGood: PackageResources.public_good_trusted_root_json
        case .staging: PackageResources.staging_trusted_root_json
        }
    }

    /// Where to sign, `signing_config.v0.2.json`.
    public var signingConfig: [UInt8] {
        switch self {
        case .publicGood: PackageResources.public_good_signing_config_json
        case .staging: PackageResources.staging_signing_config_json
        }
    }
}
