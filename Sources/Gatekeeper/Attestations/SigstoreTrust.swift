// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

public import CondaFormats
public import Sigstore

/// Whose word counts on who signed an attestation: one Sigstore instance for each channel.
///
/// An instance's authority can certify any identity it likes, a workflow of any repository by any issuer. So
/// publishers that a policy names mean those whom *one* instance vouches for: the public one, which CEP 27
/// recommends, unless the user says otherwise for a channel. A private instance counts for the channels that
/// are named with it and for no other; there it takes the place of the public one. No channel ever has two:
/// with a union, whoever runs either could be anybody.
///
/// Where a channel has none at all, no attestation of its packages can be verified, which is no permission: a
/// demanded one is then refused.
public struct SigstoreTrust: Sendable {
    private enum Keys: Sendable {
        case root(TrustedRoot)
        case source(SigstoreTrustSource)
    }

    private var general: Keys?
    private var ownInstances: [ChannelURL: Keys] = [:]

    /// Makes the choice for all channels; nil for no instance.
    public init(publicInstance: TrustedRoot?) { general = publicInstance.map { .root($0) } }

    /// Makes the choice for all channels: the keys of one instance, which are looked for when they are first needed.
    public init(_ source: SigstoreTrustSource) { general = .source(source) }

    /// Lets another instance, such as a private one, count for one channel, by its canonical URL, in place of
    /// the one that counts for others.
    public mutating func use(_ root: TrustedRoot, for channel: ChannelURL) {
        ownInstances[channel] = .root(root)
    }

    /// The same, by keys that are looked for when they are first needed.
    public mutating func use(_ source: SigstoreTrustSource, for channel: ChannelURL) {
        ownInstances[channel] = .source(source)
    }

    /// Verifies by the one instance whose word counts for a channel; nil for none.
    ///
    /// - Throws: what ``SigstoreTrustSource/trust()`` throws.
    func verifier(for channel: ChannelURL) async throws -> BundleVerifier? {
        switch ownInstances[channel] ?? general {
        case nil: nil
        case .root(let root): BundleVerifier(root)
        case .source(let source): BundleVerifier(try await source.trust().trustedRoot)
        }
    }
}
