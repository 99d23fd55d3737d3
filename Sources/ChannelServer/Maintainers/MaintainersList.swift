// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

public import CondaFormats
import DurableFiles
import Gatekeeper
public import SigningKeys
import TUF
public import TrustCore

/// The list of files that a package's maintainers vouch for: the metadata of their TUF role, as it travels
/// between them before the channel publishes it.
///
/// It is signed by each of them in turn, wherever they are: a channel is needed to begin one and to publish
/// it, not to sign it. Nothing about its signatures is checked here; ``SignedChannel/accept(_:of:packages:removingUnlisted:now:)`` does.
public struct MaintainersList: Sendable {
    /// One file and what is promised of it.
    public struct Entry: Sendable {
        /// The file in the channel.
        public let file: ChannelFile
        /// Its length in bytes.
        public let length: UInt64
        /// Its SHA-256; nil if another digest is given only.
        public let sha256: Digest?
    }

    /// The longest list.
    static let maximumLength = SignedChannel.metadataLimit

    private var envelope: MetadataEnvelope
    /// The files, in the order of their paths.
    public let entries: [Entry]
    /// The version, from 1 on: each list of a package that is published has a higher one.
    public let version: Int64
    /// When clients stop to believe it.
    public let expires: Timestamp

    /// Reads a list.
    ///
    /// - Throws: `channel.not-theirs` if it is no list of files of packages, or a `tuf.…` or `json.…` code.
    public init(parsing bytes: [UInt8], of subject: String) throws {
        envelope = try MetadataEnvelope(
            parsing: bytes,
            of: subject,
            limits: JSONLimits(bytes: Self.maximumLength)
        )
        let metadata = try TargetsMetadata(JSONFields(envelope.signed, of: subject))
        version = metadata.version
        expires = metadata.expires
        entries = try Self.entries(of: metadata)
    }

    init(_ metadata: TargetsMetadata) throws {
        envelope = try MetadataEnvelope(signed: metadata.encoded())
        version = metadata.version
        expires = metadata.expires
        entries = try Self.entries(of: metadata)
    }

    /// The package that all files are of; nil for a list without files.
    public var package: PackageName? { entries.first?.file.fileName.name }

    /// How many keys have signed, valid or not.
    public var signatureCount: Int { envelope.signatures.count }

    /// Adds a signature. The key's id is the one that channels of ours give it.
    public mutating func sign(by signer: any Signer) async throws {
        let id = KeyDefinition(signer.publicKey).computedID
        let bytes = try await signer.sign(envelope.signedBytes)
        envelope.add(Signature(keyID: id.text, bytes: bytes))
    }

    /// The file: TUF metadata, ready to be published once enough keys have signed.
    public func encoded() -> [UInt8] { envelope.encoded() }

    /// The files of targets metadata, which must all be packages, of one name, and not be delegated further.
    static func entries(of metadata: TargetsMetadata) throws -> [Entry] {
        guard metadata.delegations == nil else {
            throw Refusal(
                ChannelCode.notTheirs,
                "the maintainers' list",
                expected: "files",
                found: "delegations of its own"
            )
        }
        let entries = try metadata.targets.sorted { $0.key < $1.key }.map { path, file in
            do {
                let name = try ChannelFile(path.text)
                return Entry(file: name, length: file.length, sha256: file.hashes.digest(by: .sha256))
            } catch let refusal as Refusal {
                throw Refusal(
                    ChannelCode.notTheirs,
                    path.text,
                    expected: "`SUBDIR/FILE` of a package",
                    cause: refusal
                )
            }
        }
        if let package = entries.first?.file.fileName.name { try check(entries, are: package) }
        return entries
    }

    /// Refuses (`channel.not-theirs`) a list that names a file of another package: the name that is parsed from
    /// the file's decides, for no pattern of paths can.
    static func check(_ entries: [Entry], are package: PackageName) throws {
        for entry in entries where entry.file.fileName.name != package {
            throw Refusal(
                ChannelCode.notTheirs,
                entry.file.description,
                expected: "a file of the package `\(package)`",
                found: "one of `\(entry.file.fileName.name)`"
            )
        }
    }
}
