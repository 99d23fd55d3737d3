// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

internal import Foundation
internal import Synchronization
public import TrustCore

/// A server of channels, as its operator runs it: `kingsnake serve` as a process of its own, on a free port.
///
/// It has the public channel `main` and the private one `secret`, both owned by `alice`; `root` administers it, and
/// `mallory` has a key and no rights. The program made all of this.
public final class ServerWorld: Sendable {
    /// The folder that everything is in; the server's own is `server` in it.
    public let folder: TemporaryFolder
    /// The program, with a home in that folder.
    public let program: Program
    /// The server's port.
    public let port: Int
    /// Users' keys, by their names.
    public let keys: [String: String]
    private let running = Mutex<RunningProgram?>(nil)

    /// Where the server is, without a slash at the end.
    public var url: String { "http://127.0.0.1:\(port)" }
    /// The server's folder.
    public var directory: String { folder.path + "/server" }
    /// What the server logged since it was started last.
    public var log: String { running.withLock { $0 }?.errors ?? "" }

    /// Makes a server and starts it.
    ///
    /// - Parameters:
    ///   - settings: members of `server.json`, beside its addresses.
    ///   - issuers: `issuers.json`; nil for none.
    public init(settings: [String: JSONValue] = [:], issuers: JSONValue? = nil) async throws {
        folder = try TemporaryFolder()
        program = Program(in: folder.path)
        port = try FreePort.take()
        var object = JSONObject()
        object["schema"] = 1
        object["port"] = .number(JSONNumber(Int64(port)))
        object["public_url"] = .string("http://127.0.0.1:\(port)")
        for (name, value) in settings { object[name] = value }
        try folder.write(JSONWriter.encode(.object(object)), to: "server/server.json")
        if let issuers { try folder.write(JSONWriter.encode(issuers), to: "server/issuers.json") }
        var keys: [String: String] = [:]
        for (name, options) in [("root", ["--role", "administrator"]), ("alice", []), ("mallory", [])] {
            try await Self.administer(program, ["user", "add", name] + options)
            let made = try await Self.administer(program, ["key", "create", "--user", name])
            keys[name] = made.output.split(separator: "\n").last.map(String.init)
        }
        self.keys = keys
        for (name, options) in [("main", ["--public"]), ("secret", [])] {
            try await Self.administer(program, ["channel", "create", name, "--owner", "alice"] + options)
        }
        try await start()
    }

    /// Starts the server again, after ``stop()``.
    public func start() async throws {
        let server = try await program.start(["serve", "server", "--log-format", "json", "--json"])
        running.withLock { $0 = server }
    }

    /// Stops the server in an orderly way; answers its exit status.
    @discardableResult
    public func stop() async -> Int32? {
        let server = running.withLock { running in
            defer { running = nil }
            return running
        }
        return await server?.stop()
    }

    /// Waits until all indexes are made, and all entries of logs published.
    public func waitUntilIdle() async throws {
        let work = ["kingsnake_stale_subdirs", "kingsnake_log_entries_unpublished"]
        while true {
            let lines = try await ask("GET", "/metrics", by: "root").text.split(separator: "\n").filter {
                line in
                work.contains { line.hasPrefix($0) }
            }
            if lines.count >= work.count, lines.allSatisfy({ $0.hasSuffix(" 0") }) { return }
            try await Task.sleep(for: .milliseconds(20))
        }
    }

    /// Runs `kingsnake server …` on the server's folder; it must succeed.
    @discardableResult
    public func administer(_ arguments: String...) async throws -> ProgramResult {
        try await administer(arguments)
    }

    /// Runs `kingsnake server …` on the server's folder; it must succeed.
    @discardableResult
    public func administer(_ arguments: [String]) async throws -> ProgramResult {
        try await Self.administer(program, arguments)
    }

    @discardableResult
    private static func administer(_ program: Program, _ arguments: [String]) async throws -> ProgramResult {
        let result = try await program.run(["server"] + arguments + ["--dir", "server"])
        try result.demandSuccess("kingsnake server \(arguments.joined(separator: " "))")
        return result
    }
}

// MARK: - Requests

extension ServerWorld {
    /// Asks the server over a connection of its own.
    ///
    /// - Parameters:
    ///   - user: whose key is shown; nil for nobody's.
    ///   - fields: further header fields.
    public func ask(
        _ method: String,
        _ target: String,
        by user: String? = nil,
        fields: [(String, String)] = [],
        body: [UInt8]? = nil
    ) async throws -> RawAnswer {
        var head = "\(method) \(target) HTTP/1.1\r\nHost: 127.0.0.1:\(port)\r\nConnection: close\r\n"
        if let key = user.flatMap({ keys[$0] }) { head += "Authorization: Bearer \(key)\r\n" }
        if let body { head += "Content-Length: \(body.count)\r\n" }
        for (name, value) in fields { head += "\(name): \(value)\r\n" }
        let bytes = Array((head + "\r\n").utf8) + (body ?? [])
        let answers = RawAnswer.all(
            in: try await RawConnection.exchangeBytes(bytes, port: port),
            headless: method == "HEAD"
        )
        guard answers.count == 1, answers[0].status != 0 else {
            throw Failure(.network, "no answer, or no good one, to \(method) \(target)")
        }
        return answers[0]
    }

    /// What a channel's plain index says of a package; nil where it is not listed.
    public func record(of fileName: String, in subdir: String, of channel: String = "main") async throws
        -> JSONObject?
    {
        let answer = try await ask("GET", "/\(channel)/\(subdir)/repodata.json", by: "alice")
        guard answer.status == 200 else { return nil }
        let index = try JSONReader.read(answer.body, of: "repodata.json").object
        let section = fileName.hasSuffix(".conda") ? "packages.conda" : "packages"
        return index?[section]?.object?[fileName]?.object
    }

    /// Waits until the index has a package, or has it no more; the test's own time is the limit.
    public func waitUntil(
        _ fileName: String,
        isListed: Bool = true,
        in subdir: String,
        of channel: String = "main"
    ) async throws {
        while try await (record(of: fileName, in: subdir, of: channel) != nil) != isListed {
            try await Task.sleep(for: .milliseconds(20))
        }
    }
}
