// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

public import CondaFormats
import DurableFiles
import Gatekeeper
public import TUF
public import TrustCore

extension SignedChannel {
    /// Publishes what a ceremony signed, in one step with everything that has to be signed anew because of it:
    /// readers see the channel as it was, or whole under the new root.
    ///
    /// Needs the online keys that count from now on, if a role of theirs must be signed. Subdirs that are new
    /// get empty indexes. A package that passes to maintainers, or whose maintainers change, must come with a
    /// list that enough of them have signed, if there are files of it that clients would refuse without one.
    /// Where it was published already only lists count that are newer than those in force: whoever was killed
    /// does it again.
    ///
    /// - Parameters:
    ///   - lists: lists that maintainers have signed, each of one package.
    ///   - removingUnlisted: takes out of the index what a first list by new keys does not name; else that is
    ///     refused.
    ///   - awaitingLists: publishes although clients will refuse files until such lists are accepted, as when
    ///     a maintainer's key was stolen.
    /// - Throws: `ceremony.superseded` if the channel is not what the proposal was made from,
    ///   `channel.key-not-authorised` if the keys at hand do not suffice, `channel.already-there`,
    ///   `channel.list-awaited`, or what ``accept(_:of:packages:removingUnlisted:now:)`` throws for a list. Then nothing has
    ///   changed.
    public mutating func publish(
        _ ceremony: FinishedCeremony,
        lists: [PackageName: [UInt8]] = [:],
        removingUnlisted: Bool = false,
        awaitingLists: Bool = false,
        now: Timestamp
    ) async throws -> ChannelChange {
        guard !editor.holds(ceremony) else {
            return try await publish(newer: lists, removingUnlisted: removingUnlisted, now: now)
        }
        var change = ChannelChange()
        var publication = Publication()
        let before = editor
        do {
            try editor.accept(ceremony)
            try stagePublishers(of: ceremony, replacing: before.publishersTarget, &publication)
            let subdirs = try editor.subdirs.filter { before.roles[$0.role] == nil }.map(\.subdir)
            for subdir in subdirs { try Self.refuseIndexes(of: subdir, in: directory) }
            var contents = Dictionary(uniqueKeysWithValues: subdirs.map { ($0, SubdirContents($0)) })
            let taking = Taking(before: before, removingUnlisted: removingUnlisted, now: now)
            for (package, list) in lists.sorted(by: { $0.key < $1.key }) {
                try take(list, of: delegated(package), taking, into: &contents, &change)
            }
            if !awaitingLists {
                try refuseAwaited(since: before, besides: Set(lists.keys), contents, now)
            }
            try await publish(contents.ordered, &publication, &change, replacing: before, now: now)
            change.subdirs = subdirs.map(\.text)
        } catch {
            editor = before
            throw error
        }
        guard !change.subdirs.isEmpty else { return change }
        // Only a note for the owner: what counts is the signed delegation.
        let added = try change.subdirs.map { try Subdir($0) }
        settings = ChannelSettings(subdirs: settings.subdirs + added, lifetimes: settings.lifetimes)
        try settings.write(in: keys.directory)
        return change
    }

    /// Makes a channel, with empty indexes, whose root and targets a ceremony signed. Of all keys only the
    /// online ones are needed; they must be in the folder of keys. A channel that the same ceremony made stays
    /// as it is.
    ///
    /// - Throws: `channel.already-there`, `channel.keys-served`, `channel.key-not-authorised`, or
    ///   `ceremony.superseded` if the ceremony was not about a first version.
    public static func create(
        directory: String,
        keys: KeyRing,
        ceremony: FinishedCeremony,
        passphrase: @escaping KeyRing.PassphraseSource,
        now: Timestamp
    ) async throws -> ChannelChange {
        try refuseServed(keys.directory, in: directory)
        let first = directory + "/" + ChannelLayout.metadataFile("1.root.json")
        guard !Folder.exists(first), !Publication.isPending(directory) else {
            return try resume(directory, keys, ceremony, now: now)
        }
        var editor = try RepositoryEditor(beginningWith: ceremony)
        let subdirs = try editor.subdirs.map(\.subdir)
        for subdir in subdirs { try refuseIndexes(of: subdir, in: directory) }
        let anchor = keys.directory + "/" + rootCopy
        let root = ceremony.chain.first.root.bytes
        if let other = try DurableFile.read(anchor, maximumLength: metadataLimit), other != root {
            throw Refusal(ChannelCode.alreadyThere, anchor, expected: "no root of another channel")
        }
        let online = try await keys.signers(for: .online, passphrase: passphrase)
        let settings = try ChannelSettings(in: keys.directory) ?? ChannelSettings(subdirs: subdirs)
        editor.lifetimes = settings.lifetimes.roles
        let lock = try FileLock(Publication.privateFolder(of: directory) + "/lock")
        defer { withExtendedLifetime(lock) {} }
        var publication = Publication()
        for subdir in subdirs { try editor.stageIndexes(of: SubdirContents(subdir), &publication) }
        let files: [RepositoryFile]
        do {
            files = try await editor.publish(signers: online, now: now)
        } catch let refusal as Refusal where refusal.is(TUFCode.signatures) {
            throw keysLack(refusal, in: keys.directory)
        }
        publication.write(files)
        // The owner's own anchor and settings, before anything is served.
        try settings.write(in: keys.directory)
        try DurableFile.write(root, to: anchor)
        try publication.commit(to: directory)
        var change = ChannelChange()
        change.subdirs = subdirs.map(\.text)
        change.signed = files.map { "\($0.role) version \($0.version)" }
        return change
    }

    /// What is left to do where there is a channel already: nothing, if this ceremony made it. One whose
    /// making was interrupted after the commit is whole once it was opened.
    private static func resume(
        _ directory: String,
        _ keys: KeyRing,
        _ ceremony: FinishedCeremony,
        now: Timestamp
    ) throws -> ChannelChange {
        do {
            let channel = try SignedChannel(
                directory: directory,
                keys: keys,
                passphrase: { _ in nil },
                now: now
            )
            if channel.editor.holds(ceremony) { return ChannelChange() }
        } catch let refusal as Refusal {
            throw Refusal(ChannelCode.alreadyThere, directory, cause: refusal)
        }
        throw Refusal(ChannelCode.alreadyThere, directory)
    }
}

extension RepositoryEditor {
    /// The delegated roles that are subdirs of a channel: all but those of maintainers.
    fileprivate var subdirs: [(role: RoleName, subdir: Subdir)] {
        get throws {
            try (roles[.targets]?.delegations?.names ?? [])
                .filter { MaintainersRole($0) == nil }
                .map { ($0, try Subdir($0.text)) }
        }
    }
}
