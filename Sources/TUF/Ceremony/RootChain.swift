// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

internal import SigningKeys
public import TrustCore

/// Root metadata from one version to a later one, each verified by the version before and by itself.
///
/// What a client does in the steps 5.3.3 to 5.3.9 of the specification (1.0.34), with nothing but files. Who
/// gave us the first of them is not checked here, nor whether the last is expired.
public struct RootChain: Sendable {
    /// The most versions that a chain may have.
    public static let maximumCount = 1024

    /// One version of the chain.
    public struct Link: Sendable {
        /// The root.
        public let root: VerifiedMetadata<RootMetadata>
        /// The keys whose signatures counted: by the version before (by itself, in the first), then others of
        /// its own.
        public let signers: [CeremonyKey]
        /// SHA-256 of the signed part's canonical form: what the authorities compared before they signed.
        public let signedDigest: Digest
    }

    /// The first version.
    public let first: Link
    /// Every later version, in order.
    public private(set) var later: [Link] = []
    private var trusted: TrustedMetadata

    /// Verifies a chain that is given as the bytes of its files, oldest first.
    ///
    /// - Throws: a `Refusal` with `tuf.signatures`, `tuf.version-mismatch`, `tuf.root-chain-too-long`,
    ///   `tuf.metadata-missing` if there is none, or the code of what is wrong in a file.
    public init(files: [[UInt8]]) throws {
        guard let first = files.first else {
            throw Refusal(TUFCode.metadataMissing, "root metadata", expected: "at least one version")
        }
        guard files.count <= Self.maximumCount else {
            throw Refusal(
                TUFCode.rootChainTooLong,
                "root metadata",
                expected: "at most \(Self.maximumCount) versions",
                found: "\(files.count)"
            )
        }
        trusted = try TrustedMetadata(trustedRoot: first, now: Timestamp(seconds: .min), limits: TUFLimits())
        self.first = try Self.link(trusted.root, after: nil)
        for file in files.dropFirst() { try append(file) }
    }

    /// All versions, oldest first.
    public var links: [Link] { [first] + later }
    /// The newest version.
    public var last: Link { later.last ?? first }

    /// Follows the chain by one version.
    public mutating func append(_ file: [UInt8]) throws {
        let before = trusted.root
        var next = trusted
        do {
            _ = try next.updateRoot(file)
        } catch let refusal as Refusal {
            throw refusal.located(at: "the version after \(before.role.version)")
        }
        later.append(try Self.link(next.root, after: before.role))
        trusted = next
    }

    /// Demands that one version of a chain is the root that somebody knows by another way, for a chain that is
    /// consistent in itself can be made up by anybody.
    ///
    /// - Throws: a `Refusal` with `ceremony.other-root`, also if there is no chain.
    public static func check(_ chain: RootChain?, leadsThrough known: Digest) throws {
        guard let chain, chain.links.contains(where: { $0.root.digest == known }) else {
            throw Refusal(
                CeremonyCode.otherRoot,
                "root metadata",
                expected: "a chain through \(known)",
                found: chain.map { "one that begins with \($0.first.root.digest)" } ?? "no chain"
            )
        }
    }

    private static func link(
        _ root: VerifiedMetadata<RootMetadata>,
        after before: RootMetadata?
    ) throws -> Link {
        let envelope = try MetadataEnvelope(parsing: root.bytes, of: "root metadata")
        let names = root.role.keyNames.merging(before?.keyNames ?? [:]) { _, earlier in earlier }
        var signers: [CeremonyKey] = []
        for authority in [before, root.role].compactMap({ $0?.authority(for: .root) }) {
            for id in try authority.tally(envelope, of: .root).keyIDs.map({ KeyID($0) }) {
                let key = CeremonyKey(id, authority.keys[id], names)
                if !signers.contains(where: { $0.fingerprint == key.fingerprint }) { signers.append(key) }
            }
        }
        return Link(root: root, signers: signers, signedDigest: Digest.of(envelope.signedBytes))
    }
}
