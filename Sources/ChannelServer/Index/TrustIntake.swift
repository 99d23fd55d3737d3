// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

internal import CondaFormats
internal import ContentTrust
internal import SigningKeys
internal import TrustCore

/// What the owner of a hosted channel decides about conda content trust: whether the records of its index are signed, and
/// by whose word.
///
/// The offline keys are never here. What comes in is verified from the first root down, as clients will.
struct TrustIntake: Sendable {
    let parts: ServerParts
    let keys: ChannelKeys
    let channel: HostedChannel

    private var indexer: ChannelIndexer { ChannelIndexer(parts: parts, keys: keys, channel: channel) }
    private var ring: KeyRing { keys.ring(of: channel.name) }

    /// Takes in what offline keys signed. The index is signed accordingly next, and both become visible at once.
    ///
    /// - Returns: whether it changes anything.
    /// - Throws: as ``HostedTrust/init(submitted:after:now:)``; `index.package-keys` if it names other keys than the server
    ///   has. Then nothing has changed.
    func accept(_ fields: JSONFields, by actor: FilePublisher?) async throws -> Bool {
        let now = parts.now()
        let state = try await indexer.state()
        let trust = try HostedTrust(submitted: fields, after: state.trust, now: now)
        _ = try HostedRecordSigner(
            trust,
            of: channel.name,
            signers: try await keys.packageSigners(of: channel.name)
        )
        let memory = KeyManagerMemory(keys: ring.directory)
        try memory.check(trust.keyManager, in: trust.chain)
        guard trust.settingsValue != state.trustSetting else { return false }
        try await put(
            trust.settingsValue,
            state,
            .keyChange(of: channel, trust: trust, by: actor, time: now)
        )
        try memory.keep(trust.keyManager, now: now)
        return true
    }

    /// Ends the signing of records: the index is made without them, and the metadata go with its publication.
    ///
    /// The copy of the key manager's metadata beside the server's keys stays, so that nothing older comes back later.
    /// - Returns: whether records were signed.
    func end(by actor: FilePublisher?) async throws -> Bool {
        let state = try await indexer.state()
        guard state.trustSetting != nil else { return false }
        try await put(nil, state, .keyChange(of: channel, trust: nil, by: actor, time: parts.now()))
        return true
    }

    private func put(_ setting: JSONValue?, _ state: ChannelIndexer.State, _ entry: PublishLogEntry)
        async throws
    {
        let (id, url) = (channel.id, parts.publicURL)
        let subdirs = Set(state.settings.subdirs + (state.repository?.subdirs ?? []))
        let isDone = try await parts.database.write { transaction in
            guard var channel = try transaction.channel(id: id),
                channel.settings[HostedTrust.setting] == state.trustSetting
            else { return false }
            channel.settings[HostedTrust.setting] = setting
            try transaction.update(channel)
            for subdir in subdirs.union(try transaction.subdirs(of: id)) {
                try transaction.markStale(subdir, of: id, package: nil)
            }
            try transaction.append(entry, of: channel, publicURL: url)
            return true
        }
        guard isDone else {
            throw Failure(
                .disk,
                "somebody else changed the content trust of `\(channel.name)` at the same time"
            )
        }
    }
}
