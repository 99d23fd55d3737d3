// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

internal import CondaFormats
internal import Gatekeeper
internal import TUF
internal import TrustCore

/// Lists of files that maintainers of a hosted channel's packages have signed, as they are taken into the channel's
/// metadata.
///
/// The rules are those of channels in folders (decision 0010): the online key alone lists no file of a package that
/// maintainers sign.
struct HostedLists: Sendable {
    /// The lists, by package.
    var lists: [PackageName: [UInt8]] = [:]
    /// Whether a first list by the keys that count now may take files out of the index.
    var removingUnlisted = false
    /// Whether files may stay in the index for which no list speaks yet: clients refuse them until one does.
    var awaitingLists = false

    /// What came of it: files of the packages, as they were found, and those among them that leave the index.
    struct Outcome: Sendable {
        /// By package: whoever commits compares them with what is there then.
        var known: [PackageName: [HostedFile]] = [:]
        /// To be yanked.
        var unlisted: [HostedFile] = []
    }

    /// Takes the lists over, to be signed with the rest.
    ///
    /// - Parameters:
    ///   - repository: what the channel is about to publish.
    ///   - before: what is in force.
    /// - Throws: `channel.not-delegated`; what ``RepositoryEditor/adopt(list:of:now:)`` throws; `channel.package-exists` for a
    ///   list that promises other bytes than the channel has; `channel.list-awaited` where files of the index would be left
    ///   without a word of those who must sign them.
    func take(
        into repository: inout HostedRepository,
        replacing before: RepositoryEditor,
        _ parts: ServerParts
    ) async throws -> Outcome {
        var outcome = Outcome()
        let now = parts.now(), channel = repository.channel.id
        for (package, list) in lists.sorted(by: { $0.key < $1.key }) {
            let role = try repository.editor.delegatedRole(of: package)
            try repository.editor.adopt(list: list, of: role, now: now)
            let files = try await parts.database.read { try $0.files(named: package, of: channel) }
            outcome.known[package] = files
            let mayRemove = removingUnlisted || !repository.editor.isFirstList(of: role, since: before)
            for file in files where file.state == .listed {
                guard let word = repository.editor.vouching(for: file.place), let promised = word.promised
                else {
                    guard mayRemove else { throw Self.unlisted(file, repository.editor.roles[role.name]) }
                    outcome.unlisted.append(file)
                    continue
                }
                guard word.vouches(sha256: file.sha256, size: file.size) else {
                    throw Refusal(
                        ChannelCode.packageExists,
                        file.place.description,
                        expected: MaintainersWord.words(file.sha256.description, file.size),
                        found: promised
                    )
                }
            }
        }
        if !awaitingLists { try await refuseAwaited(in: repository, since: before, parts) }
        return outcome
    }

    /// Refuses (`channel.list-awaited`) to leave files in the index that clients would refuse because other keys of
    /// maintainers count from now on, and no list by these is there.
    private func refuseAwaited(
        in repository: HostedRepository,
        since before: RepositoryEditor,
        _ parts: ServerParts
    ) async throws {
        let channel = repository.channel.id
        let old = before.roles[.targets]?.delegations, new = repository.editor.roles[.targets]?.delegations
        for role in repository.editor.maintained where lists[role.package] == nil {
            guard
                new?.authority(for: role.name) != old?.authority(for: role.name)
                    || new?.role(named: role.name)?.scope != old?.role(named: role.name)?.scope
            else { continue }
            let demand = MaintainersDemand(parts: parts, channel: repository.channel)
            let list = try await demand.list(of: role, under: repository.editor)
            let files = try await parts.database.read { try $0.files(named: role.package, of: channel) }
            for file in files where file.state == .listed {
                guard list?.word(on: file.place)?.vouches(sha256: file.sha256, size: file.size) != true else {
                    continue
                }
                throw Self.unlisted(file, list?.metadata)
            }
        }
    }

    private static func unlisted(_ file: HostedFile, _ list: TargetsMetadata?) -> Refusal {
        Refusal(
            ChannelCode.listAwaited,
            file.place.description,
            expected: "a list by the keys that count from now on that names it",
            found: list.map { "version \($0.version) of their list, without it" } ?? "no list",
            remedy:
                "let the maintainers put the file on the list, with `kingsnake channel delegate propose`; or give "
                + "`--remove-unlisted` to take out of the index what the list does not name"
        )
    }
}

extension HostedLists.Outcome {
    /// Whether the files are still those that were looked at.
    func isCurrent(in channel: HostedChannel, _ transaction: any ReadTransaction) throws -> Bool {
        try known.allSatisfy { package, files in
            try transaction.files(named: package, of: channel.id) == files
        }
    }

    /// Yanks what no list names any more, and says so in the publish log.
    func yank(
        from channel: HostedChannel,
        by actor: FilePublisher?,
        _ events: FileEvents,
        _ transaction: any WriteTransaction
    ) throws {
        for file in unlisted {
            var entry = events.entry(.yank, of: channel, file.subdir, file.fileName, by: actor)
            entry.sha256 = file.sha256
            entry.details["reason"] = "its maintainers' list does not name it"
            _ = try events.append(entry, of: channel, to: transaction)
            var yanked = file
            yanked.state = .yanked
            try transaction.update(yanked)
        }
    }
}

extension HostedFile {
    /// Where it is in the channel.
    var place: ChannelFile { ChannelFile(subdir: subdir, fileName: fileName) }
}
