// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

public import CondaFormats
public import ContentTrust
import TrustCore

/// A root of conda content trust that the user wants to pin, checked to be a root that signs itself.
///
/// That it is the right channel's root nothing here can know: that is what the user's file says. A root that has
/// run out may be pinned if newer ones follow; what follows is looked at when packages are checked.
public struct ContentTrustPin: Sendable {
    /// The root, signed by enough of its own keys.
    public let root: VerifiedRoot
    /// Where the newer roots and the key manager's metadata are; nil if with the channel.
    public let metadataURL: ChannelURL?

    /// Takes the root that the user gave as a file.
    ///
    /// - Throws: a `Refusal` with `content-trust.signatures`, or a code for what is no root of metadata 0.6.0, such as
    ///   a root of TUF or of mamba's other format.
    public init(file bytes: [UInt8], metadataURL: ChannelURL? = nil) throws {
        root = try TrustChain(pinned: bytes).root
        self.metadataURL = metadataURL
    }

    /// The longest root that is read.
    public static let sizeLimit = TrustEnvelope.maximumLength
}
