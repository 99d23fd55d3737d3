// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

/// What happens in one round of a proxy's soak: made from the seed and the round's number alone.
public struct ProxyPlan: Sendable, Hashable, CustomStringConvertible {
    /// When a proxy is killed by SIGKILL, to be started again at once.
    public enum Moment: Sendable, Hashable {
        /// After so many milliseconds of load.
        case after(Int)
        /// As soon as clients received so many packages more.
        case received(Int)
        /// As soon as so many requests more came to the channels.
        case fetching(Int)
        /// As soon as a download is being written.
        case writing
        /// As soon as something is written down in the user's folder: a ledger, a view, metadata.
        case recording
        /// So many milliseconds after it was told to stop.
        case stopping(Int)
        /// So many milliseconds after its start; it is killed once before, to be started.
        case starting(Int)
    }

    /// The round's number, from 1.
    public let number: Int
    /// What goes wrong in front of the channels.
    public var weather: UpstreamWeather
    /// When the first proxy is killed, one after the other.
    public var kills: [Moment]
    /// What goes wrong below the first proxy.
    public var fault: RoundPlan.Fault
    /// How many versions are published meanwhile.
    public var publications: Int
    /// How many installations there are, by all clients together.
    public var installations: Int
    /// Whether all downloads are thrown out of the cache before the load, so that everything is fetched in that weather.
    public var isCold: Bool
    /// Whether a proxy with a home of its own comes along, which shares the cache only.
    public var isShared: Bool
    /// Whether the first proxy is killed at the end, and started again while the channels are down.
    public var isDown: Bool
    /// Whether a proxy is started on a copy of the cache in which every file was altered.
    public var isAltered: Bool
    /// For everything that is random in the round.
    public let seed: UInt64

    /// Plans a round.
    public init(_ number: Int, seed: UInt64) {
        var random = SeededGenerator(seed: seed, stream: 70_000 + UInt64(number))
        self.number = number
        self.seed = random.next()
        weather = UpstreamWeather(&random)
        kills = (0..<Int.random(in: 0...3, using: &random)).map { _ in Self.moment(&random) }
        fault = random.chance(20) ? random.pick([.sync, .write, .full, .names]) : .none
        publications = Int.random(in: 0...4, using: &random)
        // Every tenth round is the large one.
        installations = number % 10 == 1 ? 500 : Int.random(in: 60...160, using: &random)
        isCold = random.chance(50)
        isShared = random.chance(35)
        isDown = random.chance(60)
        isAltered = random.chance(40)
        // Where its disk fails, nobody can tell what it could not keep.
        if fault != .none { isDown = false }
    }

    private static func moment(_ random: inout SeededGenerator) -> Moment {
        switch Int.random(in: 0..<100, using: &random) {
        case ..<20: .after(Int.random(in: 20...3000, using: &random))
        case ..<40: .received(Int.random(in: 1...60, using: &random))
        case ..<60: .fetching(Int.random(in: 1...60, using: &random))
        case ..<72: .writing
        case ..<84: .recording
        case ..<92: .stopping(Int.random(in: 0...200, using: &random))
        default: .starting(Int.random(in: 5...400, using: &random))
        }
    }

    /// One line.
    public var description: String {
        "round \(number): \(installations) installations, \(publications) publications, \(weather), "
            + "kills [\(kills.map { "\($0)" }.joined(separator: ", "))], fault \(fault.rawValue)"
            + (isCold ? ", cold" : "") + (isShared ? ", shared" : "") + (isDown ? ", down" : "")
            + (isAltered ? ", altered" : "")
    }
}
