// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

/// What a soak is to do.
public struct SoakOptions: Sendable {
    /// How many rounds.
    public var rounds = 300
    /// From what all plans are made.
    public var seed: UInt64 = 1
    /// The number of the first round, to begin where a finding was.
    public var first = 1
    /// How many tiny requests hostile clients send in one round.
    public var tinyRequests = 10_000
    /// How long an index may take, in seconds.
    public var patience = 20
    /// How many bytes of memory the server may use.
    public var memoryBound = 300 << 20
    /// How large the server's file system is, where one can be mounted, in MiB.
    public var megabytes = 768
    /// In how many rounds the same channels are used.
    public var generation = 20
    /// Where a folder goes in which something was found.
    public var keep = "soak-findings"
    /// Whether it goes on after a finding.
    public var goesOn = false

    /// The defaults.
    public init() {}
}

/// What came of a soak.
public struct SoakSummary: Sendable {
    /// How many rounds were done.
    public var rounds = 0
    /// How often the server was killed, by what it was doing.
    public var kills: [String: Int] = [:]
    /// How often it was stopped otherwise, and what was wrong below it.
    public var events: [String: Int] = [:]
    /// What requests were answered with.
    public var answers: [String: Int] = [:]
    /// What else was counted.
    public var counts: [String: Int] = [:]
    /// The longest that an index took, in seconds.
    public var longestLag = 0.0
    /// The most memory that the server used, in bytes.
    public var highestMemory = 0
    /// What could not be done here, and why.
    public var skipped: [String] = []
    /// What contradicts a promise.
    public var findings: [Finding] = []

    /// The summary as text.
    public var text: String {
        func table(_ numbers: [String: Int]) -> String {
            numbers.sorted { $0.key < $1.key }.map { "    \($0.value)  \($0.key)\n" }.joined()
        }
        let lag = (longestLag * 10).rounded() / 10
        return """
            rounds: \(rounds)
              kills by SIGKILL, by what the server was doing (seen from outside): \(kills.values.reduce(0, +))
            \(table(kills))  other events:
            \(table(events))  answers:
            \(table(answers))  also:
            \(table(counts))  an index took at most \(lag) s; memory at most \(highestMemory >> 20) MiB
            \(skipped.map { "  not done here: \($0)\n" }.joined())  not checked: loss of power
              findings: \(findings.count)
            \(findings.prefix(40).map { "    \($0)\n" }.joined())
            """
    }
}
