// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

import ArgumentParser
import ChannelServer
import DurableFiles
import SigningKeys
import Transport
import TrustCore

/// Whose word about a log counts: options of every command about logs.
struct LogTrustOptions: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            "The log's key, as its operator hands it on: NAME+ID+KEY. It is kept for the next time.",
            valueName: "key"
        )
    )
    var key: String?

    @Option(
        help: ArgumentHelp(
            "A file with the log's key and the witnesses that must have cosigned (C2SP tlog-policy). It is kept.",
            valueName: "file"
        ),
        completion: .file()
    )
    var policy: String?

    @Flag(
        help: ArgumentHelp(
            "Take the key that the log itself states, and keep it.",
            discussion: "Whoever answers at that address now is believed from now on."
        )
    )
    var trustOnFirstUse = false

    func validate() throws {
        try UsageCheck.path(policy, of: "--policy")
        guard [key != nil, policy != nil, trustOnFirstUse].count(where: { $0 }) <= 1 else {
            throw ValidationError("give one of --key, --policy and --trust-on-first-use")
        }
        if let key { _ = try UsageCheck.value(key) { try NoteKey(parsing: $0) } }
    }

    /// What the user says now; nil for nothing.
    func given() throws -> (policy: LogPolicy, text: [UInt8])? {
        if let key { return Self.policy(try NoteKey(parsing: key)) }
        guard let policy else { return nil }
        guard let bytes = try DurableFile.read(policy, maximumLength: LogPolicy.maximumLength) else {
            throw Failure(.disk, "there is no such file", at: policy)
        }
        return (try LogPolicy(parsing: bytes, of: policy), bytes)
    }

    /// Whose word counts for a log: what the user says now, or what was kept.
    func policy(of source: LogSource, _ memory: LogMemory, _ console: Console) async throws -> LogPolicy {
        if let given = try given() {
            try memory.keep(policy: given.text)
            return given.policy
        }
        if let kept = try memory.policy() { return kept }
        guard trustOnFirstUse else {
            throw Failure(
                .configuration,
                "the key of this log is not known here",
                at: RedactedURL(source.url).description,
                remedy: "give --key or --policy; its operator can tell you the key"
            )
        }
        let key = try await source.statedKey()
        console.remark("trusting the key that the log states: \(key)")
        let policy = Self.policy(key)
        try memory.keep(policy: policy.text)
        return policy.policy
    }

    private static func policy(_ key: NoteKey) -> (policy: LogPolicy, text: [UInt8]) {
        (LogPolicy(log: key), Array("log \(key)\nquorum none\n".utf8))
    }

    /// Runs a body with what follows a log, and closes connections after it.
    func following<Result>(
        _ url: String,
        _ locations: LocationOptions,
        _ console: Console,
        _ body: (LogWatch, URLFetcher) async throws -> Result
    ) async throws -> Result {
        let fetcher = URLFetcher()
        do {
            let source = LogSource(url, fetcher: fetcher)
            let memory = LogMemory(home: locations.homeDirectory, url: url)
            let policy = try await policy(of: source, memory, console)
            let result = try await body(LogWatch(source, policy: policy, memory: memory), fetcher)
            await fetcher.shutdown()
            return result
        } catch {
            await fetcher.shutdown()
            throw error
        }
    }

    /// The URL of a log, as an argument gives it.
    static func check(_ url: String) throws {
        try UsageCheck.url(url, of: "the log") { _ in }
        guard ["https://", "http://", "file://"].contains(where: { url.utf8.starts(with: $0.utf8) }) else {
            throw ValidationError("the log: expected `https://…/log`")
        }
    }
}

extension VerifiedCheckpoint {
    /// The checkpoint, for programs.
    var json: JSONObject {
        var object = JSONObject()
        object["origin"] = .string(checkpoint.origin)
        object["size"] = .number(JSONNumber(checkpoint.size))
        object["root"] = .string(Hex.encode(checkpoint.root))
        object["witnesses"] = .array(
            witnesses.map { ["name": .string($0.name), "time": .string($0.time.description)] }
        )
        return object
    }

    /// The checkpoint, for people.
    func say(on console: Console) {
        console.say(
            "  \(Counted(Int(clamping: checkpoint.size), "entry")), root \(Hex.encode(checkpoint.root))"
        )
        for witness in witnesses { console.say("  cosigned by \(witness.name) at \(witness.time)") }
    }
}
