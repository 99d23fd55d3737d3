// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

#if canImport(Glibc)
    internal import Glibc
#elseif canImport(Darwin)
    internal import Darwin
#endif

/// How a repository is used: what the number of its hash bins depends on.
public struct RepositoryLoad: Sendable, Hashable {
    /// How many targets there are, or will be before the number of bins can be changed.
    public var targets: Int
    /// The length of one target in metadata: path, SHA-256 and length. Conda paths make it about 160.
    public var bytesPerTarget: Int = 160
    /// How many updates all clients make in a day.
    public var updatesPerDay: Int
    /// How many targets one update looks up that its client does not know yet.
    public var lookUpsPerUpdate: Int
    /// How many publications there are in a day.
    public var publicationsPerDay: Int
    /// How many targets one publication changes.
    public var targetsPerPublication: Int = 1
    /// What the snapshot says about bins.
    public var promises = BinPromises.versions

    /// Describes a repository.
    public init(targets: Int, updatesPerDay: Int, lookUpsPerUpdate: Int, publicationsPerDay: Int) {
        self.targets = targets
        self.updatesPerDay = updatesPerDay
        self.lookUpsPerUpdate = lookUpsPerUpdate
        self.publicationsPerDay = publicationsPerDay
    }
}

/// What a number of hash bins costs, and which number costs least (TAP 15 leaves the choice open).
///
/// Few bins are large, and a client reads a whole one for each look-up. Many bins make a large snapshot,
/// which every client reads again after each publication, and every publication writes. In between is the
/// number that moves the fewest bytes in a day.
///
/// Assumed: paths spread evenly, which SHA-256 sees to; the repository publishes at least as often as any one
/// client updates; nothing is compressed. Not considered: that requests take time as well as bytes do, which
/// speaks for fewer and larger bins where a client asks for them one after another.
public struct HashBinAdvice: Sendable, Hashable {
    /// How many bits of a path's hash choose its bin; 0 for one role without bins.
    public let bitLength: Int
    /// The length of the snapshot.
    public let snapshotBytes: Int
    /// The average length of a bin, or of the one role.
    public let binBytes: Int
    /// What one update of a client moves, with its requests for bins.
    public let bytesPerUpdate: Int
    /// What one publication writes.
    public let bytesPerPublication: Int
    /// What all clients read and all publications write in a day.
    public let bytesPerDay: Double

    /// How many bins there are; 1 for one role without bins.
    public var binCount: Int { 1 << bitLength }

    /// The most bits that are considered: a million bins, whose snapshot alone has 32 MB.
    public static let maximumBitLength = 20

    /// What a request and the head of its answer cost beside the metadata.
    private static let requestBytes = 600.0

    /// The number of bins that moves the fewest bytes; of two that move the same, the smaller.
    ///
    /// Numbers at which a default client would refuse the snapshot or a bin as too long are left out, unless
    /// all are like that.
    public static func best(for load: RepositoryLoad, limits: TUFLimits = TUFLimits()) -> HashBinAdvice {
        let all = (0...maximumBitLength).map { HashBinAdvice(for: load, bitLength: $0) }
        let accepted = all.filter { $0.isAccepted(load.promises, limits) }
        let best = (accepted.isEmpty ? all : accepted).min { $0.bytesPerDay < $1.bytesPerDay }
        return best ?? HashBinAdvice(for: load, bitLength: 0)
    }

    /// What a number of bins costs.
    ///
    /// - Precondition: `bitLength` is from 0 to ``maximumBitLength``.
    public init(for load: RepositoryLoad, bitLength: Int) {
        precondition(
            (0...Self.maximumBitLength).contains(bitLength),
            "a number of bins that is not considered"
        )
        let bins = Double(1 << bitLength)
        // Measured: metadata without content, a bin in a snapshot by version only, and with its digest.
        let envelope = 350.0
        let promise = load.promises == .versions ? 31.0 : 132.0
        let snapshot = envelope + (bitLength == 0 ? 0 : bins * promise)
        let bin = envelope + Double(max(0, load.targets)) / bins * Double(max(0, load.bytesPerTarget))
        let update = snapshot + Self.distinct(load.lookUpsPerUpdate, bins) * (bin + Self.requestBytes)
        let publication = snapshot + Self.distinct(load.targetsPerPublication, bins) * bin
        self.bitLength = bitLength
        snapshotBytes = Self.whole(snapshot)
        binBytes = Self.whole(bin)
        bytesPerUpdate = Self.whole(update)
        bytesPerPublication = Self.whole(publication)
        bytesPerDay =
            Double(max(0, load.updatesPerDay)) * update + Double(max(0, load.publicationsPerDay))
            * publication
    }

    /// In how many bins so many targets are, on average.
    private static func distinct(_ count: Int, _ bins: Double) -> Double {
        bins <= 1 ? min(1, Double(max(0, count))) : bins * (1 - pow(1 - 1 / bins, Double(max(0, count))))
    }

    private static func whole(_ bytes: Double) -> Int { Int(min(bytes, 1e18)) }

    /// Whether a client takes files that long. Bins vary in length: twice the average is to fit.
    private func isAccepted(_ promises: BinPromises, _ limits: TUFLimits) -> Bool {
        let isPromised = bitLength == 0 || promises == .bytes
        let limit = isPromised ? limits.promisedTargets : limits.targets
        // An object and a version for each bin; with digests also a length and the digests in an object.
        let values = (1 << bitLength) * (promises == .bytes ? 6 : 2)
        return snapshotBytes <= limits.promisedSnapshot && values < limits.jsonValues
            && binBytes <= (bitLength == 0 ? limit : limit / 2)
    }
}
