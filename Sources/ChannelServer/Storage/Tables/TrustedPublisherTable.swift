// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

public import CondaFormats
public import TrustCore
public import TrustPolicy

/// Reads who may publish by tokens of build services.
public protocol TrustedPublisherReading {
    /// A channel's publishers, by number.
    func trustedPublishers(of channel: Int64) throws -> [TrustedPublisher]
    /// The publishers, of all channels, that could fit a job, by number: those with the issuer, and one of the anchors (see
    /// ``WorkloadDemand``).
    func trustedPublishers(issuer: String, anchors: [String]) throws -> [TrustedPublisher]
    /// A channel's publishers that wait for a package's first file, by number.
    func pendingPublishers(of channel: Int64, for package: PackageName) throws -> [TrustedPublisher]
    /// The numbers of the publishers that a key was minted for; none for any other key.
    func publishers(ofKey key: Int64) throws -> Set<Int64>
    /// The numbers of the keys that were minted for a publisher, as far as they are remembered.
    func keys(mintedFor publisher: Int64) throws -> [Int64]
}

/// Changes who may publish by tokens of build services, and remembers which tokens were used.
public protocol TrustedPublisherWriting: TrustedPublisherReading {
    /// Keeps a publisher; answers it with its number, which is never used again.
    func insertPublisher(
        of channel: Int64,
        _ packages: [PackagePattern],
        _ demand: WorkloadDemand,
        isPending: Bool,
        created: Timestamp
    ) throws -> TrustedPublisher
    /// Takes away that a publisher is pending.
    func settlePublisher(id: Int64) throws
    /// Takes a publisher away.
    func removePublisher(id: Int64) throws

    /// Remembers that a token was used, until a moment; says false if it was remembered already.
    func useToken(_ id: String, of issuer: String, until: Timestamp) throws -> Bool
    /// Says for which publishers a key was minted.
    func mintedKey(_ key: Int64, for publishers: [Int64]) throws
    /// Forgets tokens that were to be remembered until before a moment; and takes away keys that were minted, and expired
    /// before another.
    func forgetMinted(tokensBefore: Timestamp, keysBefore: Timestamp) throws
}
