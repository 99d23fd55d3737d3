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
    /// The package.
    public let package: PackageName
    /// The version that the list will have.
    public let version: Int64
    private var targets: MemberTable<TargetFile>

    /// Begins with the files that are vouched for now; with none if there is no list yet.
    ///
    /// - Parameter root: the root to start from; the folder's own first root if nil, which only shows that the
    ///   folder agrees with itself.
    public init(of package: PackageName, in directory: String, root: [UInt8]? = nil) throws {
        let role = try MaintainersRole(of: package)
        let editor = try RepositoryEditor(channel: directory, root: root)
        self.package = package
        let (next, overflow) = editor.lastVersion(of: role.name).addingReportingOverflow(1)
        version = overflow ? .max : next
        targets = editor.roles[role.name]?.targets ?? [:]
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

    /// The list, not signed yet.
    public func list(expires: Timestamp) throws -> MaintainersList {
        try MaintainersList(
            TargetsMetadata(header: MetadataHeader(version: version, expires: expires), targets: targets)
        )
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

/// What maintainers who must sign a file say of it.
struct MaintainersWord {
    let role: DelegatedRole
    /// What they promise; nil if nothing.
    let target: TargetFile?

    /// Refuses (`channel.maintainers-unsigned`) a file that they do not vouch for, or with other bytes.
    func check(_ file: ChannelFile, sha256: Digest?, size: UInt64?) throws {
        guard let target, let sha256, target.hashes.digest(by: .sha256) == sha256,
            size.map({ $0 == target.length }) ?? true
        else {
            let promised = target.map {
                "\($0.hashes.digest(by: .sha256)?.description ?? "no SHA-256") in their list"
            }
            throw Refusal(
                ChannelCode.maintainersUnsigned,
                file.description,
                expected: "\(sha256?.description ?? "a SHA-256"), signed by \(role.keys.threshold) of "
                    + "\(role.keys.keyIDs.count) keys of role `\(role.name)`",
                found: promised ?? "nothing about it in their list"
            )
        }
    }
}
