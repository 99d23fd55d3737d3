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
    ///   - targets: targets keys that are elsewhere than in the folder of keys, such as on tokens; those in the
    ///     folder sign too.
    /// - Throws: `channel.key-not-authorised` if the targets key, or the online key, is not at hand;
    ///   `tuf.threshold-number` for a threshold that cannot be met; or whatever
    ///   ``accept(_:of:packages:now:)`` throws for the list.
    public mutating func delegate(
        _ package: PackageName,
        to keys: [PublicKey],
        threshold: Int,
        list: [UInt8]? = nil,
        signingTargetsBy targets: [any Signer] = [],
        now: Timestamp
    ) async throws -> ChannelChange {
        let role = try MaintainersRole(of: package)
        guard threshold <= Set(keys.map { KeyDefinition($0).computedID }).count else {
            throw Refusal(
                TUFCode.thresholdNumber,
                "role `\(role.name)`",
                expected: "at most \(keys.count)",
                found: "\(threshold)"
            )
        }
        let signers = try await targets + offlineSigners()
        return try await edit { channel, publication, change in
            try channel.editor.delegateElsewhere(
                role.scope,
                to: role.name,
                keys: RoleSetup(keys, threshold: threshold),
                order: MaintainersRole.precedes
            )
            var contents: [Subdir: SubdirContents] = [:]
            if let list { try channel.take(list, of: role, into: &contents, &change, now) }
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
    /// for clients would refuse it.
    ///
    /// - Throws: `channel.not-delegated`; `tuf.signatures`, `tuf.rollback` or `tuf.expired` for a list that clients
    ///   would not believe; `channel.not-theirs` for one that names what is not the package's;
    ///   `channel.package-exists` for other bytes than the channel's; `channel.maintainers-unsigned` for a package that it
    ///   does not name; or whatever ``add(_:now:)`` throws.
    public mutating func accept(
        _ list: [UInt8],
        of package: PackageName,
        packages: [IncomingPackage],
        now: Timestamp
    ) async throws -> ChannelChange {
        let role = try delegated(package)
        return try await edit { channel, publication, change in
            var contents: [Subdir: SubdirContents] = [:]
            try channel.take(list, of: role, into: &contents, &change, now)
            try channel.insert(packages, into: &contents, &publication, &change)
            try await channel.publish(contents.ordered, &publication, &change, now: now)
        }
    }

    /// Takes over a signed list, and takes out of the indexes what it does not name.
    mutating func take(
        _ list: [UInt8],
        of role: MaintainersRole,
        into contents: inout [Subdir: SubdirContents],
        _ change: inout ChannelChange,
        _ now: Timestamp
    ) throws {
        try editor.adopt(list, as: role.name)
        guard let metadata = editor.roles[role.name] else { return }
        guard metadata.expires > now else {
            throw Refusal(
                TUFCode.expired,
                "\(role.name) metadata",
                expected: "an expiry after \(now)",
                found: "\(metadata.expires)",
                remedy: "let the maintainers sign a list that lives longer"
            )
        }
        let entries = try MaintainersList.entries(of: metadata)
        try MaintainersList.check(entries, are: role.package)
        for path in metadata.targets.keys.sorted() { try refuseShadowed(path, role) }
        try takeOut(role, of: &contents, &change)
    }

    /// Clients that know TUF only take the first delegation whose pattern covers a path: they must come to the
    /// same role as those that go by the package's name.
    private func refuseShadowed(_ path: TargetPath, _ role: MaintainersRole) throws {
        let first = editor.roles[.targets]?.delegations?.roles(for: path).first?.name
        guard first != role.name else { return }
        throw Refusal(
            ChannelCode.notTheirs,
            path.text,
            expected: "a path that leads to role `\(role.name)`",
            found: "`\(first?.text ?? "none")`, whose pattern covers it first",
            remedy: "build the package again with another version or build text"
        )
    }

    private func takeOut(
        _ role: MaintainersRole,
        of contents: inout [Subdir: SubdirContents],
        _ change: inout ChannelChange
    ) throws {
        for (subdir, records) in try listed(role.package, in: contents) {
            var rest = try contents[subdir] ?? read(subdir)
            for record in records {
                let file = ChannelFile(subdir: subdir, fileName: record.fileName)
                guard let promised = editor.vouching(for: file)?.target else {
                    _ = rest.remove(record.fileName)
                    change.removed.append(file)
                    contents[subdir] = rest
                    continue
                }
                guard promised.hashes.digest(by: .sha256) == record.sha256 else {
                    throw Refusal(
                        ChannelCode.packageExists,
                        file.description,
                        expected: record.sha256?.description,
                        found:
                            "\(promised.hashes.digest(by: .sha256)?.description ?? "no SHA-256") in the list"
                    )
                }
            }
        }
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
        guard let role = MaintainersRole.delegation(of: package, in: editor.roles[.targets]),
            let found = MaintainersRole(role.name)
        else {
            throw Refusal(ChannelCode.notDelegated, package.normalized)
        }
        return found
    }

    /// The offline key that says who signs what, and the online key, for the snapshot must name the new version.
    private func offlineSigners() async throws -> [any Signer] {
        try await keys.signers(for: .targets, passphrase: passphrase)
            + keys.signers(for: .online, passphrase: passphrase)
    }

    /// Makes a change that is undone in this value too if it cannot be published.
    private mutating func edit(
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
