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
    /// The instance for every channel that has none of its own; nil for none.
    public var publicInstance: TrustedRoot?
    private var ownInstances: [ChannelURL: TrustedRoot] = [:]

    /// Makes the choice for all channels; nil for no instance.
    public init(publicInstance: TrustedRoot?) { self.publicInstance = publicInstance }

    /// Lets another instance, such as a private one, count for one channel, by its canonical URL, in place of
    /// the one that counts for others.
    public mutating func use(_ root: TrustedRoot, for channel: ChannelURL) { ownInstances[channel] = root }

    /// The one instance whose word counts for a channel; nil for none.
    public func root(for channel: ChannelURL) -> TrustedRoot? { ownInstances[channel] ?? publicInstance }
}
