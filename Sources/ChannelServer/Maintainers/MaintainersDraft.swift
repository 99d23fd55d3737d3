// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

public import CondaFormats
import DurableFiles
import Gatekeeper
import TUF
public import TrustCore

/// The next list of files of a package, being made from the one that is in force in a channel.
///
/// Reads only the channel's `tuf/` folder, so that a copy of that is enough; it is verified from the root down.
/// No key is needed.
public struct MaintainersDraft {
    /// A root that whoever makes the list knows by another way than the folder.
    public enum KnownRoot: Sendable {
        /// The bytes of the root; the folder need not have it.
        case file([UInt8])
        /// SHA-256 of a root that is in the folder.
        case digest(Digest)
    }

    /// The package.
    public let package: PackageName
    /// The version that the list will have.
    public let version: Int64
    /// Whether there is no list yet that enough of the keys that count now have signed.
    public let isFirst: Bool
    private let before: MemberTable<TargetFile>
    private var targets: MemberTable<TargetFile>

    /// Begins with the files that are vouched for now; with none if there is no list yet, or other keys count
    /// since.
    ///
    /// - Parameter root: a root that the folder's metadata must come from. Without one the folder only agrees with
    ///   itself, as one that a stranger made up does too; then no file is taken from it.
    /// - Throws: a `Failure` if there are files to begin with, and no root is given; `ceremony.other-root` if no
    ///   root in the folder has the digest; or the refusal of whatever is wrong with the metadata.
    public init(of package: PackageName, in directory: String, root: KnownRoot? = nil) throws {
        let editor = try RepositoryEditor(channel: directory, root: root?.bytes(in: directory))
        let role = try editor.maintainersRole(of: package)
        self.package = package
        let (next, overflow) = editor.lastVersion(of: role.name).addingReportingOverflow(1)
        version = overflow ? .max : next
        isFirst = editor.roles[role.name] == nil
        before = editor.roles[role.name]?.targets ?? [:]
        targets = before
        guard root != nil || before.isEmpty else {
            throw Failure(
                .configuration,
                "nothing shows that the list in force, which the next one begins with, is the channel's own",
                at: directory,
                remedy: "give a root of the channel that you know, with `--root FILE` or `--root-sha256 HEX`"
            )
        }
    }

    /// How many files the list will name.
    public var fileCount: Int { targets.count }

    /// Puts a file of the package on the list.
    ///
    /// - Throws: `channel.not-theirs` for a file of another package, `channel.package-exists` if other bytes are
    ///   promised under its name.
    public mutating func vouch(for incoming: IncomingPackage) throws {
        let file = ChannelFile(subdir: incoming.subdir, fileName: incoming.fileName)
        guard incoming.fileName.name == package,
            let path = MaintainersRole.target(incoming.fileName, in: incoming.subdir)
        else {
            throw Refusal(
                ChannelCode.notTheirs,
                file.description,
                expected: "a file of the package `\(package)`",
                found: "one of `\(incoming.fileName.name)`"
            )
        }
        let target = TargetFile(length: incoming.size, hashes: FileHashes([incoming.sha256]))
        if let known = targets[path], known.hashes.digest(by: .sha256) != incoming.sha256 {
            throw Refusal(
                ChannelCode.packageExists,
                file.description,
                expected: known.hashes.digest(by: .sha256)?.description,
                found: incoming.sha256.description
            )
        }
        targets[path] = target
    }

    /// Takes a file off the list (`channel.package-unknown` if it is not on it).
    public mutating func withdraw(_ file: ChannelFile) throws {
        guard let path = MaintainersRole.target(file.fileName, in: file.subdir),
            targets.removeValue(forKey: path) != nil
        else {
            throw Refusal(ChannelCode.packageUnknown, file.description, expected: "a file on the list")
        }
    }

    /// Whether a file of the list is not on the one in force.
    public func isNew(_ file: ChannelFile) -> Bool {
        MaintainersRole.target(file.fileName, in: file.subdir).flatMap { before[$0] } == nil
    }

    /// The files that were taken off the list in force.
    public var withdrawn: [ChannelFile] {
        before.keys.sorted().filter { targets[$0] == nil }.compactMap { try? ChannelFile($0.text) }
    }

    /// The files of the package that an index has and the list does not name.
    public func unlisted(in listing: ChannelListing) -> [ChannelFile] {
        listing.packages.filter { !$0.isRemoved && $0.file.fileName.name == package }.map(\.file).filter {
            MaintainersRole.target($0.fileName, in: $0.subdir).flatMap { targets[$0] } == nil
        }
    }

    /// The list, not signed yet.
    public func list(expires: Timestamp) throws -> MaintainersList {
        try MaintainersList(
            TargetsMetadata(header: MetadataHeader(version: version, expires: expires), targets: targets)
        )
    }
}

extension MaintainersDraft.KnownRoot {
    /// The root to start from.
    fileprivate func bytes(in directory: String) throws -> [UInt8] {
        switch self {
        case .file(let bytes): return bytes
        case .digest(let digest):
            for version in 1...RootChain.maximumCount {
                let path = directory + "/" + ChannelLayout.metadataFile("\(version).root.json")
                let limit = SignedChannel.metadataLimit
                guard let bytes = try DurableFile.read(path, maximumLength: limit) else { break }
                if Digest.of(bytes) == digest { return bytes }
            }
            throw Refusal(
                CeremonyCode.otherRoot,
                "root metadata",
                at: directory,
                expected: "a root with \(digest)",
                found: "others"
            )
        }
    }
}

extension RepositoryEditor {
    /// Reads and verifies the metadata in a channel's folder.
    ///
    /// Lists of maintainers may be missing, or not signed by the keys that count now: they are awaited then, and
    /// clients refuse the package's files.
    init(channel directory: String, root: [UInt8]?) throws {
        let limit = SignedChannel.metadataLimit
        let read = { (name: String) in
            try DurableFile.read(directory + "/" + ChannelLayout.metadataFile(name), maximumLength: limit)
        }
        try self.init(
            trustedRoot: root ?? Self.firstRoot(in: directory),
            isSignedElsewhere: { MaintainersRole($0) != nil },
            read: read
        )
    }

    /// The packages that their maintainers must sign, in the order of their names.
    var maintained: [MaintainersRole] {
        (roles[.targets]?.delegations?.names ?? []).compactMap { MaintainersRole($0) }.sorted()
    }

    /// The role by which a package's maintainers sign: of the delegation that is there, which another's tool may
    /// have spelled otherwise, or of one to come.
    func maintainersRole(of package: PackageName) throws -> MaintainersRole {
        try MaintainersRole.delegation(of: package, in: roles[.targets]).flatMap { MaintainersRole($0.name) }
            ?? MaintainersRole(of: package)
    }

    /// What the maintainers of a package say of a file: nil if they need not sign it.
    func vouching(for file: ChannelFile) -> MaintainersWord? {
        guard let role = MaintainersRole.delegation(of: file.fileName.name, in: roles[.targets]) else {
            return nil
        }
        let path = MaintainersRole.target(file.fileName, in: file.subdir)
        let target = path.flatMap { role.scope.covers($0) ? roles[role.name]?.targets[$0] : nil }
        return MaintainersWord(role: role, target: target)
    }
}
