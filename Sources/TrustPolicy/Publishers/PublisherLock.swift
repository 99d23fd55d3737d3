// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

public import CondaFormats
public import TrustCore

/// Who published which package when it was first seen: trust on first use, written down.
///
/// It protects nobody the first time. From then on it notices that somebody else publishes, or that an
/// attestation is gone. Nothing here is signed: whoever can write the user's files can write this one.
public struct PublisherLock: Sendable, Equatable {
    /// What was seen of one package.
    public struct Sighting: Sendable, Equatable {
        /// The package's name.
        public let package: PackageName
        /// Who published the first file: all of them must publish the next ones.
        public let publishers: [PublisherIdentity]
        /// Whom the user accepted since: each of them is enough alone.
        public internal(set) var accepted: [PublisherIdentity]
        /// When it was first seen.
        public let firstSeen: Timestamp
        /// By which file.
        public let file: String
        /// The file's digest.
        public let digest: Digest
        /// Files that the user accepted without attestation.
        public internal(set) var acceptedWithout: [Digest]

        /// Whether somebody is one of those who published the first file, or whom the user accepted since.
        public func isKnown(_ identity: PublisherIdentity) -> Bool {
            publishers.contains { $0.isSame(as: identity) } || accepted.contains { $0.isSame(as: identity) }
        }

        /// Takes somebody who is enough alone; says whether there was room.
        mutating func accept(_ identity: PublisherIdentity) -> Bool {
            // By the numbers that were seen, where the user gives none: a name can be registered again.
            let seen = publishers.first { $0.isSame(as: identity) }
            let taken = identity.repositoryID == nil ? seen ?? identity : identity
            if accepted.contains(where: { $0.isSame(as: taken) }) { return true }
            if publishers.count == 1, seen != nil { return true }
            guard accepted.count < maximumPublishers else { return false }
            accepted.append(taken)
            return true
        }
    }

    /// What was seen of one channel's packages.
    struct Channel: Sendable, Equatable {
        let url: ChannelURL
        var sightings: [Sighting]
    }

    /// The most packages in one file.
    public static let maximumSightings = 1_000_000
    /// The most publishers that are recorded of one package.
    public static let maximumPublishers = 64

    var channels: [Channel] = []

    /// An empty lock.
    public init() {}

    /// What was seen of a package; nil if nothing ever was.
    public func sighting(of package: PackageName, in channel: ChannelURL) -> Sighting? {
        channels.first { $0.url == channel }?.sightings.first { $0.package == package }
    }

    /// All that was seen, by channel, in the order it was recorded.
    public var sightings: [(channel: ChannelURL, sighting: Sighting)] {
        channels.flatMap { channel in channel.sightings.map { (channel.url, $0) } }
    }

    /// Records who published a package that was never seen before; says whether that was so. What was seen
    /// before is never changed here: see ``accept(_:of:in:)``. For packages that were admitted only.
    public mutating func record(
        _ attestations: [Attestation],
        of file: ArchiveFileName,
        _ digest: Digest,
        in channel: ChannelURL,
        now: Timestamp
    ) -> Bool {
        let identities = attestations.filter(\.isPublication).map(PublisherIdentity.init)
            .reduce(into: [PublisherIdentity]()) { kept, identity in
                if !kept.contains(where: { $0.couldBe(identity) }) { kept.append(identity) }
            }
        guard !identities.isEmpty, sighting(of: file.name, in: channel) == nil else { return false }
        let sighting = Sighting(
            package: file.name,
            publishers: Array(identities.prefix(Self.maximumPublishers)),
            accepted: [],
            firstSeen: now,
            file: file.text,
            digest: digest,
            acceptedWithout: []
        )
        if let at = channels.firstIndex(where: { $0.url == channel }) {
            channels[at].sightings.append(sighting)
        } else {
            channels.append(Channel(url: channel, sightings: [sighting]))
        }
        return true
    }

    /// What became of somebody whom the user accepts.
    public enum Acceptance: Sendable, Equatable {
        /// It is enough alone from now on.
        case accepted
        /// Nobody was seen to publish the package.
        case neverSeen
        /// ``maximumPublishers`` are accepted already.
        case tooMany
    }

    /// Takes one more publisher of a package that was seen before, by the user's word: it is enough alone, also
    /// where it is one of several that were seen first.
    public mutating func accept(
        _ identity: PublisherIdentity,
        of package: PackageName,
        in channel: ChannelURL
    ) -> Acceptance {
        var hasRoom = true
        let wasSeen = change(package, channel) { hasRoom = $0.accept(identity) }
        return !wasSeen ? .neverSeen : hasRoom ? .accepted : .tooMany
    }

    /// Takes a file without attestation of a package that had some, by the user's word; says whether it was
    /// seen.
    public mutating func accept(
        without digest: Digest,
        of package: PackageName,
        in channel: ChannelURL
    ) -> Bool {
        change(package, channel) { sighting in
            if !sighting.acceptedWithout.contains(digest) { sighting.acceptedWithout.append(digest) }
        }
    }

    /// Forgets a package, by the user's word; says whether it was seen.
    public mutating func forget(_ package: PackageName, in channel: ChannelURL) -> Bool {
        guard let at = channels.firstIndex(where: { $0.url == channel }),
            let place = channels[at].sightings.firstIndex(where: { $0.package == package })
        else { return false }
        channels[at].sightings.remove(at: place)
        return true
    }

    private mutating func change(
        _ package: PackageName,
        _ channel: ChannelURL,
        _ body: (inout Sighting) -> Void
    ) -> Bool {
        guard let at = channels.firstIndex(where: { $0.url == channel }),
            let place = channels[at].sightings.firstIndex(where: { $0.package == package })
        else { return false }
        body(&channels[at].sightings[place])
        return true
    }
}
