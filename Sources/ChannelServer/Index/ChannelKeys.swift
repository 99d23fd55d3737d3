// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

internal import ContentTrust
internal import DurableFiles
public import SigningKeys
internal import TrustCore

/// The online keys of all of a server's channels: a ``KeyRing`` for each, in a folder that is never served.
///
/// The server makes a channel's online key when it first sees the channel. In place of the key file its
/// operator may put a reference to a key elsewhere, as in any ring. Offline keys do not belong here.
public struct ChannelKeys: Sendable {
    /// The folder with a folder for each channel, by its name.
    public let directory: String
    private let protection: KeyProtection
    private let passphrase: KeyRing.PassphraseSource

    /// Names the folder, which need not exist yet.
    ///
    /// - Parameters:
    ///   - protection: how new keys are kept.
    ///   - passphrase: opens keys that are encrypted.
    public init(
        directory: String,
        protection: KeyProtection = .unsafelyUnencrypted,
        passphrase: @escaping KeyRing.PassphraseSource = { _ in nil }
    ) {
        self.directory = directory
        self.protection = protection
        self.passphrase = passphrase
    }

    /// The ring of a channel. A channel's name is one that a folder can have.
    func ring(of channel: ChannelName) -> KeyRing { KeyRing(directory: directory + "/" + channel.text) }

    /// Makes a channel's online key, if there is none.
    func make(for channel: ChannelName) throws {
        let ring = ring(of: channel)
        try Folder.createDurably(ring.directory, mode: 0o700)
        guard try ring.files(of: .online).isEmpty else { return }
        do {
            _ = try ring.create(.online, count: 1, scheme: .ed25519, protection: protection)
        } catch {
            // Somebody else in this server was first: then that one is the channel's.
            guard try !ring.files(of: .online).isEmpty else { throw error }
        }
    }

    /// A channel's online keys, ready to sign; none if it has none yet.
    func signers(of channel: ChannelName) async throws -> [any Signer] {
        let ring = ring(of: channel)
        guard Folder.exists(ring.directory) else { return [] }
        return try await ring.signers(for: .online, passphrase: passphrase)
    }

    /// Makes one more online key for a channel, to take the place of those that it has.
    ///
    /// - Returns: the public half.
    func add(to channel: ChannelName) throws -> PublicKey {
        let ring = ring(of: channel)
        try Folder.createDurably(ring.directory, mode: 0o700)
        return try ring.add(.online, scheme: .ed25519, protection: protection).publicKey
    }

    /// A channel's keys that sign records for conda content trust, ready to sign; none if it has none.
    func packageSigners(of channel: ChannelName) async throws -> [any Signer] {
        let ring = ring(of: channel)
        guard Folder.exists(ring.directory) else { return [] }
        return try await ring.signers(for: .package, passphrase: passphrase)
    }

    /// Makes the key that the key manager of a channel is to name next, unless there is one that it does not name yet.
    ///
    /// - Parameter trust: what the channel has.
    /// - Returns: the public half; nil if none was made.
    func addPackageKey(to channel: ChannelName, unlessOtherThan trust: HostedTrust?) async throws
        -> PublicKey?
    {
        let named = Set(trust?.packageKeys.keys ?? [])
        let present = try await packageSigners(of: channel).map { try TrustKey($0.publicKey) }
        guard present.allSatisfy(named.contains) else { return nil }
        let ring = ring(of: channel)
        try Folder.createDurably(ring.directory, mode: 0o700)
        return try ring.add(.package, scheme: .ed25519, protection: protection).publicKey
    }

    /// Removes a channel's online key from the folder, for good. Where the ring refers to a key elsewhere, the reference goes.
    func remove(_ key: PublicKey, from channel: ChannelName) async throws {
        for path in try ring(of: channel).files(of: .online) {
            guard try await KeyRing.signer(at: path, passphrase: passphrase).publicKey == key else {
                continue
            }
            try DurableFile.remove(path)
        }
    }
}
