// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

public import CondaFormats
import Gatekeeper
public import SigningKeys
import TUF
public import TrustCore

extension SignedChannel {
    /// Demands that a package's maintainers sign its files from now on, or gives them other keys.
    ///
    /// Needs the targets key, for only that key says who must sign what: whoever holds the online key can
    /// neither add nor take away such a demand. Clients refuse the package's files until a list of them is
    /// accepted that enough of these keys have signed; it may come along, so that there is no such time.
    ///
    /// - Parameters:
    ///   - keys: the maintainers' keys, all of them.
    ///   - threshold: how many of them must sign.
    ///   - list: a list of the package's files that they have signed.
    ///   - removingUnlisted: takes out of the index what the list does not name; else that is refused.
    ///   - targets: targets keys that are elsewhere than in the folder of keys, such as on tokens; those in the
    ///     folder sign too.
    /// - Throws: `channel.key-not-authorised` if the targets key, or the online key, is not at hand;
    ///   `tuf.threshold-number` for a threshold that cannot be met; or whatever
    ///   ``accept(_:of:packages:removingUnlisted:now:)`` throws for the list.
    public mutating func delegate(
        _ package: PackageName,
        to keys: [PublicKey],
        threshold: Int,
        list: [UInt8]? = nil,
        removingUnlisted: Bool = false,
        signingTargetsBy targets: [any Signer] = [],
        now: Timestamp
    ) async throws -> ChannelChange {
        let role = try editor.maintainersRole(of: package)
        // What another's tool delegated by other patterns stays so.
        let scope = editor.delegation(to: role.name)?.scope ?? role.scope
        guard threshold <= Set(keys.map { KeyDefinition($0).computedID }).count else {
            throw Refusal(
                TUFCode.thresholdNumber,
                "role `\(role.name)`",
                expected: "at most \(keys.count)",
                found: "\(threshold)"
            )
        }
        let signers = try await targets + offlineSigners()
        let before = editor
        return try await edit { channel, publication, change in
            try channel.editor.delegateElsewhere(
                scope,
                to: role.name,
                keys: RoleSetup(keys, threshold: threshold),
                order: MaintainersRole.precedes
            )
            var contents: [Subdir: SubdirContents] = [:]
            if let list {
                let taking = Taking(before: before, removingUnlisted: removingUnlisted, now: now)
                try channel.take(list, of: role, taking, into: &contents, &change)
            }
            try await channel.publish(contents.ordered, &publication, &change, signers: signers, now: now)
        }
    }

    /// Takes the demand away that a package's maintainers sign it: the online key vouches for it again.
    ///
    /// Needs the targets key.
    /// - Parameter targets: targets keys that are elsewhere than in the folder of keys.
    /// - Throws: `channel.not-delegated`, `channel.key-not-authorised`.
    public mutating func removeDelegation(
        of package: PackageName,
        signingTargetsBy targets: [any Signer] = [],
        now: Timestamp
    ) async throws -> ChannelChange {
        let role = try delegated(package)
        let signers = try await targets + offlineSigners()
        return try await edit { channel, publication, change in
            try channel.editor.removeDelegation(to: role.name)
            try await channel.publish([], &publication, &change, signers: signers, now: now)
        }
    }

    /// Publishes a list of files that a package's maintainers have signed, and packages that it names.
    ///
    /// Needs the online key only. What the index lists and the new list does not name is taken out of the index,
    /// for clients would refuse it. The first list by the keys that count now must name all that the index lists,
    /// unless the owner says otherwise: it begins empty, and what it lacks was hardly withdrawn on purpose.
    ///
    /// - Parameter removingUnlisted: whether such a first list, too, takes files out of the index.
    /// - Throws: `channel.not-delegated`; `tuf.signatures`, `tuf.rollback` or `tuf.expired` for a list that clients
    ///   would not believe; `channel.not-theirs` for one that names what is not the package's;
    ///   `channel.package-exists` for other bytes than the channel's; `channel.maintainers-unsigned` for a package that it
    ///   does not name; `channel.list-awaited` for a first list without a file of the index;
    ///   `tuf.version-number` for a version so far above the last that none might follow; or whatever ``add(_:now:)`` throws.
    public mutating func accept(
        _ list: [UInt8],
        of package: PackageName,
        packages: [IncomingPackage],
        removingUnlisted: Bool = false,
        now: Timestamp
    ) async throws -> ChannelChange {
        let role = try delegated(package)
        let taking = Taking(before: editor, removingUnlisted: removingUnlisted, now: now)
        return try await edit { channel, publication, change in
            var contents: [Subdir: SubdirContents] = [:]
            try channel.take(list, of: role, taking, into: &contents, &change)
            try channel.insert(packages, into: &contents, &publication, &change, now: now)
            try await channel.publish(contents.ordered, &publication, &change, now: now)
        }
    }

    /// Publishes those lists that are newer than the ones in force, each of one package.
    mutating func publish(
        newer lists: [PackageName: [UInt8]],
        removingUnlisted: Bool,
        now: Timestamp
    ) async throws -> ChannelChange {
        var newer: [(list: [UInt8], role: MaintainersRole)] = []
        for (package, list) in lists.sorted(by: { $0.key < $1.key }) {
            let role = try delegated(package)
            let version = try MaintainersList(parsing: list, of: "the list of `\(package)`").version
            if version > editor.lastVersion(of: role.name) { newer.append((list, role)) }
        }
        guard !newer.isEmpty else { return ChannelChange() }
        let taking = Taking(before: editor, removingUnlisted: removingUnlisted, now: now)
        return try await edit { channel, publication, change in
            var contents: [Subdir: SubdirContents] = [:]
            for (list, role) in newer { try channel.take(list, of: role, taking, into: &contents, &change) }
            try await channel.publish(contents.ordered, &publication, &change, now: now)
        }
    }

    /// How a list is taken over.
    struct Taking {
        /// What was in force.
        let before: RepositoryEditor
        /// Whether a first list may take files out of the index.
        let removingUnlisted: Bool
        let now: Timestamp
    }

    /// Takes over a signed list, and takes out of the indexes what it does not name.
    mutating func take(
        _ list: [UInt8],
        of role: MaintainersRole,
        _ taking: Taking,
        into contents: inout [Subdir: SubdirContents],
        _ change: inout ChannelChange
    ) throws {
        try editor.adopt(list: list, of: role, now: taking.now)
        guard let metadata = editor.roles[role.name] else { return }
        let mayRemove = taking.removingUnlisted || !editor.isFirstList(of: role, since: taking.before)
        try takeOut(role, version: metadata.version, mayRemove, of: &contents, &change)
    }

    private func takeOut(
        _ role: MaintainersRole,
        version: Int64,
        _ mayRemove: Bool,
        of contents: inout [Subdir: SubdirContents],
        _ change: inout ChannelChange
    ) throws {
        for (subdir, records) in try listed(role.package, in: contents) {
            var rest = try contents[subdir] ?? read(subdir)
            for record in records {
                let file = ChannelFile(subdir: subdir, fileName: record.fileName)
                guard let word = editor.vouching(for: file), let promised = word.promised else {
                    guard mayRemove else { throw unlisted(file, version) }
                    _ = rest.remove(record.fileName)
                    change.removed.append(file)
                    contents[subdir] = rest
                    continue
                }
                guard word.vouches(sha256: record.sha256, size: record.size) else {
                    throw Refusal(
                        ChannelCode.packageExists,
                        file.description,
                        expected: MaintainersWord.words(
                            record.sha256?.description ?? "no SHA-256",
                            record.size
                        ),
                        found: promised
                    )
                }
            }
        }
    }

    private func unlisted(_ file: ChannelFile, _ version: Int64) -> Refusal {
        Refusal(
            ChannelCode.listAwaited,
            file.description,
            expected: "a first list by the keys that count now that names it",
            found: "version \(version) of their list, without it",
            remedy:
                "let the maintainers put the file on the list, with `kingsnake channel delegate propose`; or give "
                + "`--remove-unlisted` to take out of the index what the list does not name"
        )
    }

    /// The records of a package in each subdir, as they are or as they shall become, in the order of the subdirs.
    func listed(_ package: PackageName, in contents: [Subdir: SubdirContents]) throws
        -> [(subdir: Subdir, records: [PackageRecord])]
    {
        try editor.roles.keys.compactMap { try? Subdir($0.text) }.sorted().map { subdir in
            let records = try (contents[subdir] ?? read(subdir)).records.values
            return (
                subdir, records.filter { $0.name == package }.sorted { $0.fileName < $1.fileName }
            )
        }
    }

    func delegated(_ package: PackageName) throws -> MaintainersRole {
        try editor.delegatedRole(of: package)
    }

    /// The offline key that says who signs what, and the online key, for the snapshot must name the new version.
    func offlineSigners() async throws -> [any Signer] {
        try await keys.signers(for: .targets, passphrase: passphrase)
            + keys.signers(for: .online, passphrase: passphrase)
    }

    /// Makes a change that is undone in this value too if it cannot be published.
    mutating func edit(
        _ body: (inout SignedChannel, inout Publication, inout ChannelChange) async throws -> Void
    ) async throws -> ChannelChange {
        var change = ChannelChange()
        var publication = Publication()
        let before = editor
        do {
            try await body(&self, &publication, &change)
        } catch {
            editor = before
            throw error
        }
        return change
    }
}

extension [Subdir: SubdirContents] {
    /// In the order of the subdirs' names.
    var ordered: [SubdirContents] { values.sorted { $0.subdir < $1.subdir } }
}
