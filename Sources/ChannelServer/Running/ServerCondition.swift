// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

internal import Synchronization
internal import TrustCore

/// What keeps a server from doing all of its work, as its workers found it at this moment.
///
/// ``faults`` are for readiness and metrics. They have words of the program's own, and never a channel's name: whoever
/// asks for readiness may not know of private channels. ``troubles`` say the same to operators, with what exactly it is.
/// All is in memory: a worker that is started again meets its trouble again, and a server's log tells of what was.
public final class ServerCondition: Sendable {
    /// What may be wrong.
    enum Fault: String, Sendable, CaseIterable {
        case database
        case logStopped = "log-stopped"
        case diskReserve = "disk-reserve"
        case indexFailing = "index-failing"
        case sigstoreKeys = "sigstore-keys"
        case witnesses

        /// The same for people.
        var text: String {
            switch self {
            case .database: "the database cannot be read"
            case .logStopped: "a publish log is stopped"
            case .diskReserve: "less of the disk is free than is held in reserve; uploads are refused"
            case .indexFailing: "an index could not be made or signed several times"
            case .sigstoreKeys: "the keys of the Sigstore instance could not be updated"
            case .witnesses: "a checkpoint waits for witnesses"
            }
        }

        /// Whether the server does its work all the same.
        var isWarning: Bool { self == .sigstoreKeys || self == .witnesses }
    }

    /// Whose work does not succeed.
    enum Area: Sendable, Hashable {
        /// The index of a channel, by its number.
        case index(Int64)
        /// A publish log, by its number.
        case log(Int64)
    }

    /// What does not succeed, for those who operate the server.
    struct Trouble: Sendable, Hashable {
        /// What is wrong, in words; made safe to show.
        let text: String
        /// Since when it is so.
        let since: Timestamp
        /// How often in a row it was met.
        let count: Int
    }

    private struct State {
        var subjects: [Fault: Set<String>] = [:]
        var troubles: [Area: Trouble] = [:]

        /// Notes that something does not succeed, or nil that nothing is wrong any more; answers how often in a row.
        mutating func note(_ text: String?, of area: Area, now: Timestamp) -> Int {
            guard let text else {
                troubles[area] = nil
                return 0
            }
            let before = troubles[area]
            let count = (before?.count ?? 0) + 1
            troubles[area] = Trouble(
                text: ForeignText.readable(text),
                since: before?.since ?? now,
                count: count
            )
            return count
        }

        mutating func set(_ fault: Fault, _ subject: String, to isPresent: Bool) {
            if isPresent {
                subjects[fault, default: []].insert(subject)
            } else {
                subjects[fault]?.remove(subject)
            }
        }
    }

    /// How often in a row an index may fail before the server is not ready: a disk or a token may be away for a moment.
    static let toleratedIndexFailures = 2

    private let state = Mutex(State())

    /// Starts with nothing wrong.
    public init() {}

    /// What is wrong now.
    var faults: [Fault] {
        state.withLock { state in Fault.allCases.filter { state.subjects[$0]?.isEmpty == false } }
    }

    /// What does not succeed now.
    var troubles: [Area: Trouble] { state.withLock { $0.troubles } }

    /// Says whether something is wrong with a subject.
    func set(_ fault: Fault, _ subject: String = "", to isPresent: Bool) {
        state.withLock { $0.set(fault, subject, to: isPresent) }
    }

    /// Takes how making a channel's index ended: with what trouble, if any.
    func countIndex(of channel: Int64, trouble: String?, now: Timestamp) {
        state.withLock { state in
            let count = state.note(trouble, of: .index(channel), now: now)
            state.set(.indexFailing, "\(channel)", to: count > Self.toleratedIndexFailures)
        }
    }

    /// Takes what came of publishing the logs.
    func take(_ outcomes: [LogOutcome], now: Timestamp) {
        state.withLock { state in
            for outcome in outcomes {
                var isStopped = false, isWaiting = false
                var text: String?
                switch outcome.state {
                case .published: break
                case .failed(let reason): text = reason
                case .waitingForWitnesses(let size):
                    isWaiting = true
                    text = "the checkpoint of \(size) entries waits for witnesses"
                case .stopped(let refusal):
                    isStopped = true
                    text = "the log is stopped: \(refusal)"
                }
                state.set(.logStopped, outcome.log.origin, to: isStopped)
                state.set(.witnesses, outcome.log.origin, to: isWaiting)
                _ = state.note(text, of: .log(outcome.log.id), now: now)
            }
        }
    }
}
