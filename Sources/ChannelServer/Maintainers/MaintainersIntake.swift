// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

internal import CondaFormats
internal import Gatekeeper
internal import TUF
internal import TrustCore

/// Takes a list that a package's maintainers have signed into a hosted channel.
///
/// The list, the snapshot and timestamp that lead to it, and the yanking of what it does not name any more become visible in
/// one transaction; the index follows. Until then clients refuse what the list does not name.
struct MaintainersIntake: Sendable {
    let parts: ServerParts
    let keys: ChannelKeys
    let channel: HostedChannel

    private static let rounds = 10

    /// Publishes a list; answers what leaves the index, or nil where the list is in force already.
    ///
    /// - Throws: what ``HostedLists/take(into:replacing:_:)`` throws, `channel.not-delegated`, `index.online-keys`. Then nothing
    ///   has changed.
    func accept(
        _ list: [UInt8],
        of package: PackageName,
        removingUnlisted: Bool,
        by actor: FilePublisher?
    ) async throws -> [HostedFile]? {
        let indexer = ChannelIndexer(parts: parts, keys: keys, channel: channel)
        for _ in 0..<Self.rounds {
            guard var repository = try await indexer.state().repository else {
                throw Refusal(ChannelCode.notDelegated, package.normalized)
            }
            let role = try repository.editor.delegatedRole(of: package)
            if try await isInForce(list, role, repository.editor) { return nil }
            let before = repository.editor, now = parts.now()
            var lists = HostedLists()
            lists.lists[package] = list
            lists.removingUnlisted = removingUnlisted
            // What else awaits lists is no worse for this one.
            lists.awaitingLists = true
            let outcome = try await lists.take(into: &repository, replacing: before, parts)
            let signed = try await repository.sign(
                by: keys.signers(of: channel.name),
                renewing: [],
                now: now
            )
            try await indexer.keep(signed.files)
            var publication = IndexPublication(
                channel: channel,
                publicURL: parts.publicURL,
                timestamp: repository.timestamp
            )
            publication.add(signed.files, superseding: signed.superseded, now: now)
            let made = publication, events = FileEvents(publicURL: parts.publicURL, now: now)
            let isDone = try await parts.database.write { transaction in
                guard try outcome.isCurrent(in: channel, transaction),
                    try made.commit(in: transaction, now: now)
                else { return false }
                try outcome.yank(from: channel, by: actor, events, transaction)
                return true
            }
            if isDone { return outcome.unlisted }
        }
        throw Failure(.disk, "the index of `\(channel.name)` changes faster than it can be signed")
    }

    /// Whether just these bytes are the list in force.
    private func isInForce(_ list: [UInt8], _ role: MaintainersRole, _ editor: RepositoryEditor) async throws
        -> Bool
    {
        guard let version = editor.roles[role.name]?.version else { return false }
        let path = ChannelLayout.metadataFile("\(version).\(role.name.encoded).json")
        let scope = HostedDocument.Scope.channel(channel.id)
        return try await parts.database.read { try $0.document(path, in: scope)?.blob == Digest.of(list) }
    }
}
