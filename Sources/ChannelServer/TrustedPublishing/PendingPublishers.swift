// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

public import CondaFormats
public import TrustCore

extension WriteTransaction {
    /// Says that a file of a package is about to be taken in. If it is the package's first one, the pending publisher that
    /// it is published by becomes a real one, and the package's other pending publishers are gone, with the keys that
    /// they were given.
    ///
    /// To be called before the file is inserted, in the same transaction. It costs one look-up where nobody waits.
    ///
    /// - Parameters:
    ///   - package: the package.
    ///   - channel: the channel.
    ///   - caller: who publishes: the number of the key says which publisher it was minted for.
    ///   - now: the time.
    ///   - publicURL: where the server is, for the name of its log.
    public func willPublish(
        _ package: PackageName,
        in channel: HostedChannel,
        by caller: Caller,
        now: Timestamp,
        publicURL: String
    ) throws {
        let waiting = try pendingPublishers(of: channel.id, for: package)
        guard !waiting.isEmpty, try files(named: package, of: channel.id).isEmpty else { return }
        let minted = try caller.key.map { try publishers(ofKey: $0) } ?? []
        for publisher in waiting {
            let isPublishing = minted.contains(publisher.id)
            if isPublishing { try settlePublisher(id: publisher.id) } else { try remove(publisher) }
            try append(
                PublisherChange(isPublishing ? .settle : .overtake, publisher, by: caller.holder, at: now),
                of: channel,
                publicURL: publicURL
            )
        }
    }

    /// Takes a publisher away, and the keys that were minted for it.
    func remove(_ publisher: TrustedPublisher) throws {
        for key in try keys(mintedFor: publisher.id) { _ = try removeKey(id: key) }
        try removePublisher(id: publisher.id)
    }
}
