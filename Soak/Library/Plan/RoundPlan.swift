// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

/// What happens in one round: made from the seed and the round's number alone, so that it can be made again.
///
/// The order in which concurrent requests meet is not part of it.
public struct RoundPlan: Sendable, Hashable, CustomStringConvertible {
    /// When the server is killed by SIGKILL.
    public enum Moment: Sendable, Hashable {
        /// While it starts, after so many milliseconds.
        case starting(Int)
        /// After so many milliseconds of load.
        case after(Int)
        /// As soon as so many uploads were answered with success.
        case accepted(Int)
        /// As soon as so many uploads were sent to their last byte.
        case sent(Int)
        /// As soon as so many tokens were sent.
        case minting(Int)
        /// As soon as so many changes of files were sent.
        case changing(Int)
        /// As soon as a file appears where blobs are written.
        case staging
        /// As soon as what the log's signer remembers changes.
        case signing
        /// So many milliseconds after it was told to stop.
        case stopping(Int)
    }

    /// How the round ends.
    public enum End: Sendable, Hashable {
        /// By SIGKILL.
        case kill(Moment)
        /// By SIGTERM: it must end by itself.
        case terminate(Int)
        /// Stopped for a time by SIGSTOP, continued, then killed.
        case freeze(after: Int, milliseconds: Int, killed: Bool)
    }

    /// What goes wrong below the server.
    public enum Fault: String, Sendable, Hashable, CaseIterable {
        /// Nothing.
        case none
        /// `fsync` and `fdatasync` fail now and then.
        case sync
        /// Writing to files fails now and then, with an error of the disk.
        case write
        /// The disk is full.
        case full
        /// Files cannot be renamed or removed now and then.
        case names
    }

    /// The round's number, from 1.
    public let number: Int
    /// How it ends.
    public var end: End
    /// What goes wrong.
    public var fault: Fault
    /// How many publish at once.
    public var publishers: Int
    /// How many uploads each of them sends.
    public var uploads: Int
    /// Whether hostile clients come along.
    public var isHostile: Bool
    /// Whether what lies in the folder seems to be old when the server starts again, so that it is swept.
    public var isSwept: Bool
    /// Whether the server is stopped at the end, and its folder looked at.
    public var isAudited: Bool
    /// Whether a fault ends while the server runs, and the same process must recover: then it is not killed.
    public var isKept = false
    /// For everything that is random in the round.
    public let seed: UInt64

    /// Plans a round.
    public init(_ number: Int, seed: UInt64) {
        var random = SeededGenerator(seed: seed, stream: UInt64(number))
        self.number = number
        self.seed = random.next()
        publishers = Int.random(in: 3...8, using: &random)
        uploads = Int.random(in: 2...6, using: &random)
        fault = random.chance(25) ? random.pick([.sync, .write, .full, .names]) : .none
        isHostile = number % 9 == 5
        isSwept = random.chance(40)
        isAudited = number % 5 == 0
        end = Self.end(&random)
        if fault != .none {
            isKept = random.chance(35)
            // A server that is not killed would go on with what is wrong below it.
            if case .freeze(let after, let milliseconds, _) = end {
                end = .freeze(after: after, milliseconds: milliseconds, killed: true)
            }
        }
        if isHostile {
            // All of them shall come to their ends.
            (fault, isKept) = (.none, false)
            end = .kill(.after(120_000))
        }
    }

    private static func end(_ random: inout SeededGenerator) -> End {
        let kind = Int.random(in: 0..<100, using: &random)
        switch kind {
        case ..<10: return .terminate(Int.random(in: 50...1500, using: &random))
        case ..<20:
            return .freeze(
                after: Int.random(in: 50...800, using: &random),
                milliseconds: Int.random(in: 100...1500, using: &random),
                killed: random.chance(50)
            )
        case ..<28: return .kill(.starting(Int.random(in: 5...400, using: &random)))
        case ..<36: return .kill(.stopping(Int.random(in: 0...300, using: &random)))
        case ..<48: return .kill(.after(Int.random(in: 20...2500, using: &random)))
        case ..<60: return .kill(.accepted(Int.random(in: 1...12, using: &random)))
        case ..<72: return .kill(.sent(Int.random(in: 1...16, using: &random)))
        case ..<79: return .kill(.minting(Int.random(in: 1...4, using: &random)))
        case ..<86: return .kill(.changing(Int.random(in: 1...6, using: &random)))
        case ..<93: return .kill(.staging)
        default: return .kill(.signing)
        }
    }

    /// One line.
    public var description: String {
        "round \(number): \(publishers)x\(uploads) uploads, end \(end), fault \(fault.rawValue)"
            + (isKept ? " that ends" : "") + (isHostile ? ", hostile" : "") + (isSwept ? ", swept" : "")
            + (isAudited ? ", audited" : "")
    }
}
