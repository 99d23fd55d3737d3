// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

public import CondaFormats
public import TUF
public import Transport
public import TrustCore

/// A root that the user wants to pin: its bytes, checked to be a root that signs itself.
///
/// That it is the right channel's root nothing here can know: that is what the user's file or digest says.
public struct RootPin: Sendable {
    /// The root's bytes.
    public let bytes: [UInt8]
    /// What they say.
    public let root: RootMetadata
    /// How the root came to be trusted.
    public let origin: TrustedChannel.Origin

    /// The longest root that is read.
    public static let sizeLimit = 512_000
    /// How many versions of a root are looked at to find the one with the digest that the user gave.
    static let versionLimit = 256

    /// Takes the root that the user gave as a file.
    ///
    /// - Throws: a `Refusal` with `tuf.signatures` if the root was not signed by its own keys (TUF
    ///   specification 1.0.34, section 5.3.4), or a `tuf.…` or `json.…` code.
    public init(file bytes: [UInt8]) throws { try self.init(bytes, .file) }

    /// Fetches a channel's root, from the first mirror that has one which fits.
    ///
    /// - Parameters:
    ///   - digest: SHA-256 of the root, which came by a way that the user trusts. Any version of the root may
    ///     have it. Nil believes the first root that a mirror shows.
    ///   - mirrors: where to fetch from, in order; the channel itself if empty.
    ///   - fetcher: fetches over the network.
    /// - Throws: `trust.no-root`, `trust.root-digest`, what ``init(file:)`` throws, or a `Failure`.
    public static func fetch(
        _ channel: ChannelURL,
        expecting digest: Digest?,
        from mirrors: [ChannelURL],
        over fetcher: any Fetcher,
        retry: MirrorRetry = MirrorRetry(),
        observer: (any TransferObserver)? = nil
    ) async throws -> RootPin {
        let sources = mirrors.isEmpty ? [channel] : mirrors
        let list = try MirrorList(
            channel.identity,
            mirrors: sources.map(\.textWithCredentials),
            canonicalPlace: .nowhere
        )
        return try await MirroredFetcher(list, over: fetcher, retry: retry, observer: observer)
            .withMirror("the channel's root") { try await fetch(channel, digest, from: $0) }
    }

    private static func fetch(
        _ channel: ChannelURL,
        _ wanted: Digest?,
        from mirror: BoundMirror
    ) async throws -> RootPin {
        var found: Digest?
        for version in 1...versionLimit {
            let url = "\(mirror.canonical)/tuf/\(version).root.json"
            guard let bytes = try await mirror.bytes(url, maximumLength: sizeLimit) else { break }
            guard let wanted else { return try RootPin(bytes, .firstUse) }
            let digest = Digest.of(bytes)
            if digest == wanted { return try RootPin(bytes, .digest) }
            found = digest
        }
        guard let wanted, let found else {
            throw Refusal(GateCode.noRoot, channel.description)
        }
        throw Refusal(
            GateCode.rootDigestMismatch,
            channel.description,
            expected: wanted.description,
            found: found.description
        )
    }

    private init(_ bytes: [UInt8], _ origin: TrustedChannel.Origin) throws {
        let signed = try SignedMetadata<RootMetadata>(parsing: bytes, as: .root)
        _ = try signed.role.authority(for: .root).verify(signed, of: .root)
        self.bytes = bytes
        self.origin = origin
        root = signed.role
    }
}
