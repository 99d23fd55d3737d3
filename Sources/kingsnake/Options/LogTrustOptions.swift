// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

import ArgumentParser
import ChannelServer
import CondaFormats
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

    @Option(
        help: ArgumentHelp(
            "A file with your key of the server, for a private channel. It is sent over TLS, or to this machine itself.",
            valueName: "file"
        ),
        completion: .file()
    )
    var keyFile: String?

    @Option(
        parsing: .singleValue,
        help: ArgumentHelp(
            "Another address of the same log, such as a mirror or another way to it: what it shows must be the same history. May be given several times.",
            valueName: "url"
        )
    )
    var also: [String] = []

    func validate() throws {
        try UsageCheck.path(policy, of: "--policy")
        try UsageCheck.path(keyFile, of: "--key-file")
        for url in also { try Self.check(url, of: "--also") }
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
    ///
    /// - Parameter url: an address of the log, or of a channel or server that has one.
    func following<Result>(
        _ url: String,
        _ locations: LocationOptions,
        _ console: Console,
        _ body: (LogWatch, any Fetcher) async throws -> Result
    ) async throws -> Result {
        let connections = URLFetcher()
        do {
            let fetcher = try keyFile.map {
                try KeyedFetcher(connections, key: ServerKey.obtain(file: $0), for: url) as any Fetcher
            }
            let result = try await following(url, fetcher ?? connections, locations, console, body)
            await connections.shutdown()
            return result
        } catch {
            await connections.shutdown()
            throw error
        }
    }

    private func following<Result>(
        _ url: String,
        _ fetcher: any Fetcher,
        _ locations: LocationOptions,
        _ console: Console,
        _ body: (LogWatch, any Fetcher) async throws -> Result
    ) async throws -> Result {
        let address = LogAddress(url)
        let found = try await address.find(by: fetcher)
        if address.candidates.count > 1 { console.remark("the log is \(RedactedURL(found))") }
        let source = LogSource(found, fetcher: fetcher)
        // Whatever token it was asked for with, it is the same log.
        let identity = (try? ChannelURL(found).identity) ?? RedactedURL(found).description
        let memory = LogMemory(home: locations.homeDirectory, url: identity)
        let policy = try await policy(of: source, memory, console)
        return try await body(LogWatch(source, policy: policy, memory: memory), fetcher)
    }

    /// Compares what the log shows with what it shows elsewhere; answers what it shows there.
    func compare(_ watch: LogWatch, _ here: VerifiedCheckpoint, _ fetcher: any Fetcher) async throws
        -> [(url: String, checkpoint: VerifiedCheckpoint)]
    {
        var seen: [(url: String, checkpoint: VerifiedCheckpoint)] = []
        for url in also {
            let found = try await LogAddress(url).find(by: fetcher)
            let checkpoint = try await watch.compare(here, with: LogSource(found, fetcher: fetcher))
            seen.append((RedactedURL(found).description, checkpoint))
        }
        return seen
    }

    /// The URL of a log, as an argument gives it.
    static func check(_ url: String, of argument: String = "the log") throws {
        try UsageCheck.url(url, of: argument) { _ in }
        guard ["https://", "http://", "file://"].contains(where: { url.utf8.starts(with: $0.utf8) }) else {
            throw ValidationError("\(argument): expected `https://…`")
        }
    }
}

extension [(url: String, checkpoint: VerifiedCheckpoint)] {
    /// What was seen elsewhere, for people.
    func say(on console: Console) {
        for seen in self {
            console.say(
                "  the same history at \(seen.url), of \(Counted(Int(clamping: seen.checkpoint.checkpoint.size), "entry"))"
            )
        }
    }

    /// What was seen elsewhere, for programs.
    var json: JSONValue {
        .array(map { ["url": .string($0.url), "checkpoint": .object($0.checkpoint.json)] })
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
