// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

internal import Foundation
internal import SigningKeys
internal import TUF
internal import TestSupport
internal import TrustCore

/// A server's folder, the program, an issuer of tokens, keys and channels: what stays over all rounds.
final class SoakWorld: Sendable {
    static let publicURL = "https://soak.example.org"
    static let audience = "soak.example.org"

    let folder: String
    let program: Program
    let issuer: SimulatedIssuer
    let disk: LimitedDisk?
    let faults: FaultInjection?
    let offline: PrivateKey
    let keys: SoakKeys

    var server: String { folder + "/server" }
    var serverLog: String { folder + "/server.log" }

    /// - Parameters:
    ///   - folder: an empty folder.
    ///   - megabytes: how much room the server has, where a file system can be mounted.
    init(in folder: String, megabytes: Int) async throws {
        self.folder = folder
        try FileManager.default.createDirectory(atPath: folder + "/server", withIntermediateDirectories: true)
        program = Program(in: folder)
        disk = await LimitedDisk.mount(at: folder + "/server", megabytes: megabytes, by: program)
        faults = FaultInjection(in: folder, by: program)
        offline = try PrivateKey.generate(.ed25519)
        issuer = try await SimulatedIssuer.start(now: Timestamp(seconds: Int64(Date().timeIntervalSince1970)))
        // While the folder is empty: only such a one becomes a server.
        keys = try await Self.makeKeys(program)
        // Without a reserve, so that a full disk is met where it hurts.
        let settings = """
            {"schema": 1, "limits": {
                "stall_seconds": 4, "idle_seconds": 4, "drain_seconds": 5, "disk_reserve_bytes": 0
            }}
            """
        let issuers = """
            {"schema": 1, "audiences": ["\(Self.audience)"],
             "issuers": [{"issuer": "\(issuer.issuer)", "kind": "github"}]}
            """
        try TemporaryFolder.write(Array(settings.utf8), to: folder + "/server/server.json")
        try TemporaryFolder.write(Array(issuers.utf8), to: folder + "/server/issuers.json")
    }

    private static func makeKeys(_ program: Program) async throws -> SoakKeys {
        func must(_ arguments: String...) async throws -> String {
            let result = try await program.run(["server"] + arguments + ["--dir", "server"])
            try result.demandSuccess("kingsnake server \(arguments.joined(separator: " "))")
            return result.output.trimmingCharacters(in: .whitespacesAndNewlines)
        }
        _ = try await must("user", "add", "root", "--role", "administrator")
        _ = try await must("user", "add", "alice")
        var keys = SoakKeys()
        keys.administrator = try await must("key", "create", "--user", "root")
        keys.owner = try await must("key", "create", "--user", "alice")
        keys.publisher = try await must("key", "create", "--user", "alice", "--only", "publish")
        keys.reader = try await must("key", "create", "--user", "alice", "--only", "read")
        return keys
    }

    /// Makes a channel on the running server, with a signed root, and a trusted publisher of packages named
    /// `job-…`.
    func makeChannel(_ name: String, isPrivate: Bool, generation: Int, _ client: SoakClient) async throws
        -> SoakChannel
    {
        var channel = SoakChannel(name: name, isPrivate: isPrivate, generation: generation)
        func ask(_ key: String, _ path: String, _ body: [UInt8]) async throws -> [UInt8] {
            let fields = [("Authorization", "Bearer \(key)"), ("Content-Type", "application/json")]
            let reply = await client.ask("POST", path, fields: fields, body: .bytes(body))
            guard reply.fate.isSuccess else {
                throw Failure(
                    .configuration,
                    "\(path): \(reply.fate) \(reply.trouble) \(String(decoding: reply.body, as: UTF8.self))"
                )
            }
            return reply.body
        }
        func json(_ text: String) -> [UInt8] { Array(text.utf8) }
        _ = try await ask(
            keys.administrator,
            "/api/v1/channels",
            json(#"{"name":"\#(name)","visibility":"\#(isPrivate ? "private" : "public")","owner":"alice"}"#)
        )
        let path = "/api/v1/channels/\(name)"
        let demand = JSONWriter.encode([
            "authorities": [.string(offline.publicKey.pem)], "threshold": 1,
            "subdirs": .array(SoakChannel.subdirs.map { .string($0) }),
        ])
        var proposal = try CeremonyProposal(
            parsing: try await ask(keys.owner, path + "/tuf/proposal", demand)
        )
        try await proposal.merge(proposal.signatures(by: offline))
        _ = try await ask(keys.owner, path + "/tuf/ceremony", proposal.encoded())
        let jobs = PublisherClient.names.map { "\"job-\($0)\"" }.joined(separator: ",")
        _ = try await ask(
            keys.owner,
            path + "/publishers",
            json(
                """
                {"packages":[\(jobs)],"issuer":"\(issuer.issuer)","repository":"example/widget",\
                "repository_id":"1001","owner_id":"2002","workflow":"release.yml"}
                """
            )
        )
        let root = await client.get("/\(name)/tuf/1.root.json", key: keys.reader)
        guard let bytes = root.content else {
            throw Failure(.configuration, "no root of \(name): \(root.fate)")
        }
        channel.root = bytes
        return channel
    }

    /// The environment of a server; with libfiu in it where calls are to fail.
    func environment(withFaults: Bool) -> [String: String] {
        var environment = program.environment
        environment["SWIFT_BACKTRACE"] = "enable=no"
        if withFaults, let faults { environment.merge(faults.environment) { $1 } }
        return environment
    }

    func end() async { await disk?.unmount(by: program) }
}
