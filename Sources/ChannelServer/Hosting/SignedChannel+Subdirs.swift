// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

public import CondaFormats
import SigningKeys
import TUF
public import TrustCore

extension SignedChannel {
    /// Delegates more subdirs to roles of the online key, each with an empty index, all or none.
    ///
    /// Needs the targets key, for that key says which subdirs there are. A subdir that is there already is
    /// left alone.
    ///
    /// - Throws: `channel.already-there` for a subdir with an index that nobody signed,
    /// `channel.key-not-authorised` if the targets key, or the online key, is not at hand.
    public mutating func addSubdirs(_ subdirs: [Subdir], now: Timestamp) async throws -> ChannelChange {
        var change = ChannelChange()
        var publication = Publication()
        let missing = Set(subdirs).sorted().filter { subdir in
            RoleName(subdir.text).map { editor.roles[$0] == nil } ?? true
        }
        guard !missing.isEmpty else { return change }
        for subdir in missing { try Self.refuseIndexes(of: subdir, in: directory) }
        let online = try await keys.signers(for: .online, passphrase: passphrase)
        let targets = try await keys.signers(for: .targets, passphrase: passphrase)
        let before = editor
        do {
            for subdir in missing { try editor.delegate(subdir, keys: RoleSetup(online.map(\.publicKey))) }
            try await publish(
                missing.map { SubdirContents($0) },
                &publication,
                &change,
                signers: targets + online,
                now: now
            )
        } catch {
            editor = before
            throw error
        }
        change.subdirs = missing.map(\.text)
        // Only a note for the owner: what counts is the signed delegation.
        settings = ChannelSettings(subdirs: settings.subdirs + missing, lifetimes: settings.lifetimes)
        try settings.write(in: keys.directory)
        return change
    }
}
