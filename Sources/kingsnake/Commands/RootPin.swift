// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

import CondaFormats
import DurableFiles
import Gatekeeper
import TUF
import Transport
import TrustCore

/// A root that the user wants to pin: its bytes, checked to be a root that signs itself.
struct RootPin {
    let bytes: [UInt8]
    let root: RootMetadata
    let origin: TrustedChannel.Origin

    private static let sizeLimit = 512_000
    /// How many versions of a root are looked at to find the one with the digest that the user gave.
    private static let versionLimit = 256

    static func obtain(
        for channel: ChannelURL,
        file: String?,
        digest: String?,
        mirrors: [ChannelURL],
        console: Console
    ) async throws -> RootPin {
        if let file {
            guard let bytes = try DurableFile.read(file, maximumLength: sizeLimit) else {
                throw Failure(.disk, "there is no such file", at: file)
            }
            return try RootPin(bytes, .file)
        }
        let display = TransferDisplay(console)
        let fetcher = URLFetcher(observer: display)
        do {
            let pin = try await fetch(channel, digest: digest, from: mirrors.first ?? channel, over: fetcher)
            await fetcher.shutdown()
            return pin
        } catch {
            await fetcher.shutdown()
            throw error
        }
    }

    private static func fetch(
        _ channel: ChannelURL,
        digest: String?,
        from source: ChannelURL,
        over fetcher: URLFetcher
    ) async throws -> RootPin {
        let wanted = try digest.map { text in
            guard let digest = Digest(.sha256, hex: text) else {
                throw Failure(.configuration, "`\(text)` is not a SHA-256: 64 hexadecimal digits")
            }
            return digest
        }
        var newest: Digest?
        for version in 1...versionLimit {
            let url = "\(source.textWithCredentials)/tuf/\(version).root.json"
            guard let bytes = try await fetcher.bytes(url, maximumLength: sizeLimit) else { break }
            guard let wanted else { return try RootPin(bytes, .firstUse) }
            newest = Digest.of(bytes)
            if newest == wanted { return try RootPin(bytes, .digest) }
        }
        guard let newest, let wanted else { throw Refusal(GateCode.noRoot, channel.description) }
        throw Refusal(
            GateCode.rootDigestMismatch, channel.description, expected: wanted.description, found: newest.description)
    }

    private init(_ bytes: [UInt8], _ origin: TrustedChannel.Origin) throws {
        let signed = try SignedMetadata<RootMetadata>(parsing: bytes, as: .root)
        // A root must be signed by its own keys (TUF 5.3.4); that those are the right ones only the user can know.
        _ = try signed.role.authority(for: .root).verify(signed, of: .root)
        self.bytes = bytes
        self.origin = origin
        root = signed.role
    }
}
