// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

import CondaFormats
import DurableFiles
import SigningKeys
public import Sigstore
import TUF
public import TrustCore

/// A signed channel in a folder, opened for changes by whoever holds its online keys.
///
/// Opening takes the channel's lock, finishes a publication that was interrupted, and verifies the metadata
/// from the root down as a client would. Every change is one publication: whole or not at all.
public struct SignedChannel {
    /// The folder.
    public let directory: String
    /// What the owner decided.
    public internal(set) var settings: ChannelSettings
    let keys: KeyRing
    let passphrase: KeyRing.PassphraseSource
    private let lock: FileLock
    /// Verifies attestations, where the owner demands some: opened when they are needed. The public instance's
    /// keys, as they came with the program, unless others are set.
    public var attestationVerifier: @Sendable () throws -> BundleVerifier = {
        let instance = SigstoreInstance.publicGood
        return BundleVerifier(try TrustedRoot(parsing: instance.trustedRoot, of: instance.rawValue))
    }
    /// Whether packages are published although clients refuse them for want of attestations, which are to come.
    public var awaitsAttestations = false
    var editor: RepositoryEditor
    /// Is told each step of a publication.
    var observer: Publication.Observer = { _ in }
    /// Makes mamba's form of records, where keys are named for it.
    var mambaForm: MambaFormSource = MambaRecords.form

    static let rootCopy = "root.json"
    /// How long a file of metadata may be.
    public static let metadataLimit = 64 << 20
    static let indexLimit = 2 << 30

    /// Opens a channel.
    ///
    /// - Throws: `channel.not-a-channel`, or the refusal of whatever is wrong with its metadata.
    public init(
        directory: String,
        keys: KeyRing,
        passphrase: @escaping KeyRing.PassphraseSource,
        now: Timestamp
    ) throws {
        let first = directory + "/" + ChannelLayout.metadataFile("1.root.json")
        guard Folder.exists(first) || Publication.isPending(directory) else {
            throw Refusal(ChannelCode.notAChannel, directory)
        }
        lock = try FileLock(Publication.privateFolder(of: directory) + "/lock")
        try Publication.recover(directory)
        // The copy beside the keys is the owner's own; the one in the served folder is only as good as that folder.
        let ownRoot = try DurableFile.read(
            keys.directory + "/" + Self.rootCopy,
            maximumLength: Self.metadataLimit
        )
        editor = try RepositoryEditor(channel: directory, root: ownRoot)
        settings = try ChannelSettings(in: keys.directory) ?? ChannelSettings(subdirs: [])
        editor.lifetimes = settings.lifetimes.roles
        self.directory = directory
        self.keys = keys
        self.passphrase = passphrase
    }

    /// Puts packages in, all or none. One that is there already with the same bytes is left as it is; if its
    /// file is missing or altered, it is written again. Attestations that lie beside a package take the place of
    /// those that it had.
    ///
    /// - Throws: `channel.package-exists` for a name that has other bytes, `channel.subdir-not-delegated`,
    ///   `channel.key-not-authorised`; `channel.maintainers-unsigned` for a package that its maintainers must
    ///   sign and have not, see ``accept(_:of:packages:removingUnlisted:now:)``;
    ///   `channel.package-unattested` for one that lacks what the owner demands of publishers.
    public mutating func add(_ packages: [IncomingPackage], now: Timestamp) async throws -> ChannelChange {
        var change = ChannelChange()
        var publication = Publication()
        var contents: [Subdir: SubdirContents] = [:]
        try insert(packages, into: &contents, &publication, &change, now: now)
        try await publish(contents.ordered, &publication, &change, now: now)
        return change
    }

    /// Plans to put packages in: into contents that were read, and are to be changed, or are read now.
    func insert(
        _ packages: [IncomingPackage],
        into contents: inout [Subdir: SubdirContents],
        _ publication: inout Publication,
        _ change: inout ChannelChange,
        now: Timestamp
    ) throws {
        let judge = try publisherJudge()
        for package in packages {
            let file = ChannelFile(subdir: package.subdir, fileName: package.fileName)
            var subdir = try contents[package.subdir] ?? read(package.subdir)
            try editor.vouching(for: file)?.check(file, sha256: package.sha256, size: package.size)
            let isNew = try plan(package, in: subdir, &publication, &change)
            let known = isNew ? nil : subdir.records[package.fileName]
            var record = try known ?? package.record.listed(since: now)
            if isNew, let built = record.builtAt, built > now {
                // CEP 47: such a package is flagged, for solvers that go by the builder's word are misled.
                change.warnings.append("`\(file)` says that it was built on \(built), which is yet to come")
            }
            if let sidecar = package.sidecar, record.attestationsSHA256 != sidecar.digest {
                record = try record.attested(by: sidecar.digest)
                publication.write(sidecar, of: file)
                change.attested.append(file)
            }
            guard isNew || record.attestationsSHA256 != known?.attestationsSHA256 else { continue }
            try refuseUnattested(file, record, package.sidecar, judge, &change)
            subdir.insert(record)
            contents[package.subdir] = subdir
        }
    }

    /// Refuses (`channel.package-unattested`) what every client would refuse, unless attestations are to come.
    private func refuseUnattested(
        _ file: ChannelFile,
        _ record: PackageRecord,
        _ sidecar: PackageSidecar?,
        _ judge: PublisherJudge?,
        _ change: inout ChannelChange
    ) throws {
        guard let objection = try judge?.objection(to: file, record, sidecar?.sidecar) else { return }
        guard awaitsAttestations else {
            throw Refusal(
                ChannelCode.packageUnattested,
                file.description,
                expected: "what the channel's owner demands of publishers",
                found: "\(objection.reason) [\(objection.code)]"
            )
        }
        change.warnings.append(
            "clients refuse `\(file)` until it is attested: \(objection.reason) [\(objection.code)]"
        )
    }

    /// Plans to write a package where it is not yet; says whether its record is new to the index.
    private func plan(
        _ package: IncomingPackage,
        in subdir: SubdirContents,
        _ publication: inout Publication,
        _ change: inout ChannelChange
    ) throws -> Bool {
        let file = ChannelFile(subdir: package.subdir, fileName: package.fileName)
        let present = try SignedFiles(directory: directory).digest(file.description)
        let record = subdir.records[package.fileName]
        // A removed package leaves its file to those who hold a lock: the name still means those bytes.
        let isRemoved = subdir.removed.contains(ByteKey(package.fileName.text))
        if let known = record.map({ $0.sha256 }) ?? (isRemoved ? present : nil), known != package.sha256 {
            throw Refusal(
                ChannelCode.packageExists,
                file.description,
                expected: known.description,
                found: package.sha256.description
            )
        }
        if present != package.sha256, !publication.paths.contains(ByteKey(file.description)) {
            publication.copy(package.path, sha256: package.sha256, to: file.description, .package)
            if record != nil { change.repaired.append(file.description) }
        }
        if record == nil { change.added.append(file) } else { change.unchanged.append(file) }
        return record == nil
    }

    /// Takes packages out of the index, all or none. Their names stay listed as removed.
    ///
    /// A package that was removed before may be named again to delete its file. One that is named twice counts once.
    ///
    /// - Throws: `channel.package-unknown`, `channel.subdir-not-delegated`, `channel.key-not-authorised`.
    public mutating func remove(
        _ files: [ChannelFile],
        deletingFiles: Bool,
        now: Timestamp
    ) async throws -> ChannelChange {
        var change = ChannelChange()
        var publication = Publication()
        var contents: [Subdir: SubdirContents] = [:]
        var seen: Set<ChannelFile> = []
        for file in files where seen.insert(file).inserted {
            var subdir = try contents[file.subdir] ?? read(file.subdir)
            let wasRemoved = subdir.removed.contains(ByteKey(file.fileName.text))
            if subdir.remove(file.fileName) {
                contents[file.subdir] = subdir
            } else if !(wasRemoved && deletingFiles) {
                throw Refusal(ChannelCode.packageUnknown, file.description)
            }
            if deletingFiles { try removeFiles(of: file, &publication) }
            change.removed.append(file)
        }
        try await publish(contents.ordered, &publication, &change, now: now)
        return change
    }

    /// Plans to remove a package's file and its attestations, which are kept as long as the package is.
    private func removeFiles(of file: ChannelFile, _ publication: inout Publication) throws {
        publication.remove(file.description)
        for name in try Folder.names(in: directory + "/" + file.subdir.text)
        where PackageSidecar.isSidecar(name, of: file.fileName) {
            publication.remove(ChannelLayout.file(name, in: file.subdir))
        }
    }

    /// What the signed index of a subdir says.
    func read(_ subdir: Subdir) throws -> SubdirContents {
        guard let role = RoleName(subdir.text), let metadata = editor.roles[role] else {
            throw Refusal(
                ChannelCode.subdirNotDelegated,
                subdir.text,
                expected: editor.roles.keys.sorted().compactMap { try? Subdir($0.text).text }
                    .joined(separator: ", ")
            )
        }
        return try SignedFiles(directory: directory).contents(of: role, metadata) ?? SubdirContents(subdir)
    }

    /// Writes the indexes of what changed, signs, removes what nothing has led to for long, and commits.
    ///
    /// Nothing changes in this value either if it throws.
    /// - Parameters:
    ///   - old: what is published now, if what a ceremony signed was taken in already.
    ///   - signers: who signs; the online keys if nil.
    mutating func publish(
        _ contents: [SubdirContents],
        _ publication: inout Publication,
        _ change: inout ChannelChange,
        replacing old: RepositoryEditor? = nil,
        signers: [any Signer]? = nil,
        now: Timestamp
    ) async throws {
        let before = editor, superseded = old ?? before
        do {
            for subdir in try await signingRecords(of: contents, now: now) {
                try editor.stageIndexes(of: subdir, &publication)
            }
            let files = try await signed(by: signers, now)
            publication.write(files)
            change.signed += files.map { "\($0.role) version \($0.version)" }
            let planned = publication.paths
            let retention = Retention(
                directory: directory,
                roles: superseded.roles,
                status: superseded.status,
                lifetimes: superseded.lifetimes
            )
            change.pruned = try retention.unneeded(besides: planned, now: now)
            change.pruned.forEach { publication.remove($0) }
            try publication.omitUnchanged(in: directory)
            guard !publication.isEmpty else { return }
            try retention.markSuperseded(
                in: contents.map(\.subdir),
                besides: planned,
                signing: files,
                now: now
            )
            try publication.commit(to: directory, observer: observer)
        } catch {
            editor = before
            throw error
        }
    }

    /// Signs what was edited. Keys are unlocked only if there is something to sign.
    private mutating func signed(by signers: [any Signer]?, _ now: Timestamp) async throws -> [RepositoryFile]
    {
        guard editor.hasChanges else { return [] }
        let online = signers == nil ? try await keys.signers(for: .online, passphrase: passphrase) : []
        do {
            return try await editor.publish(signers: signers ?? online, now: now)
        } catch let refusal as Refusal where refusal.is(TUFCode.signatures) {
            throw Self.keysLack(refusal, in: keys.directory)
        }
    }

    /// What the metadata editor finds about its signers, said about the folder they came from.
    static func keysLack(_ refusal: Refusal, in folder: String) -> Refusal {
        Refusal(
            ChannelCode.keyNotAuthorised,
            refusal.subject,
            at: folder,
            expected: refusal.expected,
            found: refusal.found,
            cause: refusal
        )
    }
}

extension ChannelSettings.Lifetimes {
    /// The same for the metadata editor.
    var roles: RoleLifetimes {
        var lifetimes = RoleLifetimes()
        lifetimes.root = root
        lifetimes.targets = targets
        lifetimes.delegated = subdir
        lifetimes.snapshot = snapshot
        lifetimes.timestamp = timestamp
        return lifetimes
    }
}
