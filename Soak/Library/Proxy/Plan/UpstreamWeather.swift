// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

/// What goes wrong in front of channels in one round.
public struct UpstreamWeather: Sendable, Hashable, CustomStringConvertible {
    /// One thing that a bad mirror does.
    public enum Fault: String, Sendable, Hashable, CaseIterable {
        /// 503.
        case unavailable
        /// 404 for what is there.
        case missing
        /// A reset in the middle of a body.
        case reset
        /// A body that ends too early.
        case truncated
        /// One bit of a body is another.
        case altered
        /// A body that does not end.
        case endless
        /// An answer that takes some seconds, and then never comes.
        case stalled
        /// A body that takes some seconds.
        case slow
        /// No answer at all.
        case hangUp
        /// A page that says hello, instead of the file.
        case page
        /// 304, whatever was asked for.
        case unchanged
        /// The right file with a tag that nobody knows.
        case wrongTag
        /// The file as an earlier version had it.
        case old
        /// Another digest for each file, in an index.
        case disagreeing
    }

    /// Which faults there are.
    public var faults: [Fault]
    /// In how many of a hundred requests.
    public var percent: Int
    /// By how many versions the mirror is behind, in all that it serves.
    public var mirrorLag: Int

    /// Nothing goes wrong.
    public static let calm = UpstreamWeather(faults: [], percent: 0, mirrorLag: 0)
    /// Nobody answers.
    public static let down = UpstreamWeather(faults: [.unavailable, .hangUp], percent: 100, mirrorLag: 0)

    /// Makes one.
    public init(faults: [Fault], percent: Int, mirrorLag: Int) {
        self.faults = faults
        self.percent = percent
        self.mirrorLag = mirrorLag
    }

    /// Plans one.
    init(_ random: inout SeededGenerator) {
        guard !random.chance(15) else {
            self = .calm
            return
        }
        let count = Int.random(in: 1...6, using: &random)
        faults = (0..<count).map { _ in random.pick(Fault.allCases) }
        percent = random.pick([5, 15, 30, 60])
        mirrorLag = random.chance(40) ? Int.random(in: 1...4, using: &random) : 0
    }

    /// Whether nothing goes wrong.
    public var isCalm: Bool { percent == 0 && mirrorLag == 0 }

    /// A few words.
    public var description: String {
        guard !isCalm else { return "calm" }
        let names = Set(faults.map(\.rawValue)).sorted().joined(separator: "+")
        return "\(percent) % \(names)" + (mirrorLag > 0 ? ", mirror \(mirrorLag) behind" : "")
    }
}
