// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

/// What a proxy's soak is to do.
public struct ProxySoakOptions: Sendable {
    /// How many rounds.
    public var rounds = 60
    /// From what all plans are made.
    public var seed: UInt64 = 1
    /// The number of the first round, to begin where a finding was.
    public var first = 1
    /// How many clients there are at once.
    public var clients = 50
    /// How many installations each round has; nil for what its plan says.
    public var installations: Int?
    /// How long a request may take, in seconds.
    public var bound = 150
    /// How long proxies may take until they show and pass on everything again, in seconds.
    public var patience = 120
    /// How many bytes of memory a proxy may use.
    public var memoryBound = 400 << 20
    /// How many bytes its idle memory may grow.
    public var memorySlack = 48 << 20
    /// How large the file system of homes and caches is, where one can be mounted, in MiB.
    public var megabytes = 1024
    /// Where a folder goes in which something was found.
    public var keep = "soak-findings"
    /// Whether it goes on after a finding.
    public var goesOn = false

    /// The defaults.
    public init() {}
}

/// What came of a proxy's soak.
public struct ProxySoakSummary: Sendable {
    /// How many rounds were done.
    public var rounds = 0
    /// How often the first proxy was killed, by the moment.
    public var kills: [String: Int] = [:]
    /// What else happened.
    public var events: [String: Int] = [:]
    /// What was wrong in front of the channels, and how often.
    public var injected: [String: Int] = [:]
    /// What requests were answered with.
    public var answers: [String: Int] = [:]
    /// What else was counted.
    public var counts: [String: Int] = [:]
    /// The longest that a request took, in seconds.
    public var longestRequest = 0.0
    /// The longest until everything was well again, in seconds.
    public var longestHealing = 0.0
    /// The most memory that each proxy used, in bytes.
    public var memory: [(proxy: String, bytes: Int)] = []
    /// The memory of the one that ran through, after each round.
    public var idleMemory: [Int] = []
    /// What could not be done here, and why.
    public var skipped: [String] = []
    /// What contradicts a promise.
    public var findings: [Finding] = []

    /// The summary as text.
    public var text: String {
        func table(_ numbers: [String: Int]) -> String {
            numbers.sorted { $0.key < $1.key }.map { "    \($0.value)  \($0.key)\n" }.joined()
        }
        let memory = memory.map { "\($0.proxy) \($0.bytes >> 20) MiB" }.joined(separator: ", ")
        let idle = idleMemory.map { "\($0 >> 20)" }.joined(separator: " ")
        return """
            proxy rounds: \(rounds)
              kills by SIGKILL, by the moment: \(kills.values.reduce(0, +))
            \(table(kills))  other events:
            \(table(events))  faults in front of the channels: \(injected.values.reduce(0, +))
            \(table(injected))  answers:
            \(table(answers))  also:
            \(table(counts))  a request took at most \(Int(longestRequest.rounded(.up))) s, healing at most             \(Int(longestHealing.rounded(.up))) s; memory at most: \(memory)
              memory after each round, MiB: \(idle)
            \(skipped.map { "  not done here: \($0)\n" }.joined())  findings: \(findings.count)
            \(findings.prefix(40).map { "    \($0)\n" }.joined())
            """
    }
}
