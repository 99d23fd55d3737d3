// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

internal import CondaFormats
internal import SigningKeys
internal import TUF
internal import TrustCore

/// What a hosted channel's offline keys decide: proposals for them to sign, and what they signed.
///
/// The server has none of those keys. What it takes in is verified from the first root down, as clients will.
struct CeremonyIntake: Sendable {
    let parts: ServerParts
    let keys: ChannelKeys
    let channel: HostedChannel

    var indexer: ChannelIndexer { ChannelIndexer(parts: parts, keys: keys, channel: channel) }

    /// What is in force, as the beginning of a change.
    ///
    /// - Throws: `channel.not-a-channel` where there is no root yet.
    func draft() async throws -> CeremonyDraft {
        guard let repository = try await indexer.state().repository else {
            throw Refusal(ChannelCode.notAChannel, channel.name.text, expected: "a root that was signed")
        }
        return try CeremonyDraft(chain: RootChain(files: repository.roots), targets: repository.targets)
    }

    /// Publishes what a ceremony signed, with everything that has to be signed anew because of it, in one
    /// transaction.
    ///
    /// Indexes of subdirs that are new are served already, or follow: until then the subdir's role promises
    /// nothing.
    ///
    /// - Throws: a code of the ceremony, such as `ceremony.incomplete` or `ceremony.superseded`;
    ///   `index.online-keys` if it names other online keys than the server has. Then nothing has changed.
    ///
    /// A package that passes to maintainers, or whose maintainers change, must come with a list that enough of them have
    /// signed, if there are files of it that clients would refuse without one.
    ///
    /// - Parameters:
    ///   - lists: lists that maintainers have signed.
    ///   - actor: who brings it; nil for the owner of the server's folder.
    /// - Returns: whether anything changed: not if it is in force already.
    @discardableResult
    func accept(
        _ ceremony: FinishedCeremony,
        with lists: HostedLists = HostedLists(),
        by actor: FilePublisher? = nil
    ) async throws -> Bool {
        try keys.make(for: channel.name)
        for _ in 0..<Self.rounds {
            if let changed = try await accepted(ceremony, lists, by: actor) { return changed }
        }
        throw Failure(.disk, "the index of `\(channel.name)` changes faster than it can be signed")
    }

    private static let rounds = 10

    /// - Returns: nil if the index changed meanwhile.
    private func accepted(_ ceremony: FinishedCeremony, _ lists: HostedLists, by actor: FilePublisher?)
        async throws -> Bool?
    {
        let state = try await indexer.state()
        let now = parts.now()
        var repository: HostedRepository
        var publication = IndexPublication(
            channel: channel,
            publicURL: parts.publicURL,
            timestamp: state.repository?.timestamp
        )
        if let present = state.repository {
            guard !present.editor.holds(ceremony) else { return false }
            repository = present
            try repository.editor.accept(ceremony)
        } else {
            repository = try HostedRepository(
                of: channel,
                beginningWith: ceremony,
                lifetimes: state.settings.lifetimes
            )
            repository.editor.leastVersion = state.settings.leastVersion
        }
        let outcome = try await lists.take(
            into: &repository,
            replacing: state.repository?.editor ?? repository.editor,
            parts
        )
        let number = channel.id
        for subdir in repository.subdirs {
            let files = try await parts.database.read { try ChannelIndexer.files(of: subdir, number, $0) }
            try repository.vouch(for: files, in: subdir)
        }
        let signers = try await keys.signers(of: channel.name)
        let signed = try await repository.sign(by: signers, renewing: [], now: now)
        try await indexer.keep(signed.files)
        publication.add(signed.files, superseding: signed.superseded, now: now)
        publication.entries.append(
            .keyChange(of: channel, files: signed.files, by: actor, time: now)
        )
        for (path, bytes) in ceremony.files {
            let digest = try await parts.blobs.put(bytes)
            publication.documents += [(path.text, false), (path.prefixed(by: digest), true)].map {
                HostedDocument(
                    scope: .channel(number),
                    path: $0,
                    blob: digest,
                    size: UInt64(bytes.count),
                    mediaType: "application/json",
                    isImmutable: $1,
                    modified: now
                )
            }
        }
        let made = publication
        let channel = channel
        let events = FileEvents(publicURL: parts.publicURL, now: now)
        return try await parts.database.write { transaction in
            guard try outcome.isCurrent(in: channel, transaction),
                try made.commit(in: transaction, now: now)
            else { return nil }
            try outcome.yank(from: channel, by: actor, events, transaction)
            return true
        }
    }
}
