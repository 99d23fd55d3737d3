// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

public import TrustCore

/// What verifiers found out about one package: facts, with no opinion on whether they suffice.
///
/// Made by Gatekeeper's collectors out of verified values only. What could not be verified never becomes
/// evidence: it is a thrown refusal, or it is absent here, and the rules notice the absence.
public struct Evidence: Sendable, Equatable {
    /// The package the facts are about, such as `zlib-1.3.1-hb9d3cd8_2.conda`.
    public let package: String
    /// The channel it was looked for in, as the user knows it.
    public let channel: String
    /// The digest of the bytes at hand.
    public let packageDigest: Digest?
    /// The subdirectory it was looked for in; nil if that is not known.
    public var subdir: String?
    /// What the user's pin of the channel demands; nil if the channel is not pinned, and then nothing is
    /// enough.
    public var pin: ChannelPin?
    /// What signed metadata says about the channel's index, if it was verified.
    public var index: SignedIndex?
    /// The record of the package in that index, if the index has one.
    public var record: IndexRecord?
    /// When this machine first saw the package in the index, with these bytes; nil if that is not recorded.
    public var firstSeen: Timestamp?
    /// The scripts in the package that run when it is linked or unlinked, by path; nil if nobody has looked.
    public var linkScripts: [String]?
    /// What the package's maintainers say of it; nil if the channel does not demand that they sign it.
    public var maintainers: MaintainerVouching?
    /// That the channel's package keys signed the record, if that was verified.
    public var recordSignature: SignedRecord?
    /// What was seen of the file before; nil unless the channel is only observed.
    public var observed: ObservedRecord?
    /// The digests a lock file demands, if a lock file named the package.
    public var lock: LockDemand?
    /// Who may publish the package, as far as anybody said; nil if nobody says anything of the channel.
    public var publishers: PublisherDemands?
    /// What became of the package's sidecar; nil if none was asked for, or if none is promised and none is
    /// there.
    public var sidecar: Sidecar?
    /// The attestations that were verified.
    public var attestations: [Attestation] = []
    /// The entries of the sidecar that were not.
    public var unverifiedAttestations: [UnverifiedAttestation] = []

    /// Makes evidence about a package; facts are added as they are verified.
    public init(package: String, channel: String, packageDigest: Digest?) {
        self.package = package
        self.channel = channel
        self.packageDigest = packageDigest
    }
}

/// An index whose TUF metadata was verified from the pinned root down (TUF specification 1.0.34, section 5).
public struct SignedIndex: Sendable, Equatable {
    /// The role that vouches for the index file, such as `linux-64`.
    public let role: String
    /// The index file, such as `linux-64/repodata_shards.msgpack.zst`.
    public let file: String
    /// Versions of the metadata that was in force: root, timestamp, snapshot and the role itself.
    public let versions: [String: Int64]
    /// When the first of those runs out.
    public let expires: Timestamp

    /// Makes a fact.
    public init(role: String, file: String, versions: [String: Int64], expires: Timestamp) {
        self.role = role
        self.file = file
        self.versions = versions
        self.expires = expires
    }
}

/// What the index says of the package.
public struct IndexRecord: Sendable, Equatable {
    /// The digest the index promises; nil if the record has no SHA-256.
    public let sha256: Digest?
    /// The MD5 that the index gives beside it: proves nothing, and may only speak against a lock that means
    /// other bytes.
    public let md5: Digest?
    /// The length the index promises, in bytes.
    public let size: UInt64?
    /// Whether the index lists the file as removed.
    public let isRemoved: Bool
    /// When the channel's server first listed the file, `indexed_timestamp` (CEP 47). Never the `timestamp`
    /// beside it: that one comes out of the package, so that whoever made it chose it.
    public let indexed: Timestamp?
    /// When the package was built, by its own `timestamp`. It can make a package look younger, and never older.
    public let built: Timestamp?
    /// SHA-256 of the package's sidecar, `attestations_sha256` (CEP 50); nil if the record promises none.
    public let attestations: Digest?

    /// Makes a fact.
    public init(
        sha256: Digest?,
        md5: Digest? = nil,
        size: UInt64?,
        isRemoved: Bool,
        indexed: Timestamp? = nil,
        built: Timestamp? = nil,
        attestations: Digest? = nil
    ) {
        self.sha256 = sha256
        self.md5 = md5
        self.size = size
        self.isRemoved = isRemoved
        self.indexed = indexed
        self.built = built
        self.attestations = attestations
    }
}

/// What a lock file demands of the package.
public struct LockDemand: Sendable, Equatable {
    /// The digests it gives, the strongest first; empty if it gives none.
    public let digests: [Digest]

    /// Makes a fact.
    public init(digests: [Digest]) { self.digests = digests }
}
