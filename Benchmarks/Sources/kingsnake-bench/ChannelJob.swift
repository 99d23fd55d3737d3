// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

import ChannelServer
import CondaFormats
import DurableFiles
import Logging
import SigningKeys
import TUF
import TrustCore

/// A hosted channel with many files in one subdir, and one publication into it: from the row of a file to the signed
/// index. Uploading is not measured.
struct ChannelJob {
    private static let start = Timestamp(seconds: 1_790_000_000)
    private static let filesOfPackage = 10

    let parts: ServerParts
    let worker: IndexWorker

    /// Opens a server's folder; makes it where there is none.
    init(folder: String) throws {
        try Folder.create(folder, mode: 0o755)
        parts = ServerParts(
            database: try SQLiteDatabase(at: folder + "/server.sqlite"),
            blobs: try FileBlobStore(directory: folder + "/blobs"),
            access: NoAccess(),
            publicURL: "http://localhost",
            now: { Self.start },
            random: { [UInt8](repeating: 0, count: $0) },
            changed: {},
            logger: Logger(label: "bench", factory: { _ in SwiftLogNoOpLogHandler() })
        )
        worker = IndexWorker(parts: parts, keys: ChannelKeys(directory: folder + "/keys"))
    }

    /// Makes a signed channel of so many files.
    func build(count: Int) async throws -> String {
        let channel = try await parts.database.write { transaction -> HostedChannel in
            var channel = try transaction.createChannel(ChannelName("main"), .everybody, now: Self.start)
            channel.settings["subdirs"] = .array([.string("linux-64")])
            try transaction.update(channel)
            for number in 0..<count { try transaction.insert(try Self.file(number, of: channel.id)) }
            return channel
        }
        let clock = ContinuousClock()
        let indexing = try await clock.measure { _ = try await worker.index(channel) }
        let offline = try PrivateKey.generate(.ed25519)
        var proposal = try CeremonyProposal.first(
            CeremonyProposal.FirstRoles(
                root: RoleSetup([offline.publicKey]),
                targets: RoleSetup([offline.publicKey]),
                online: RoleSetup(try await worker.onlineKeys(of: channel)),
                delegations: try ChannelProposal.delegations(to: [Subdir("linux-64")])
            ),
            rootExpires: Self.start.advanced(byDays: 365),
            targetsExpires: Self.start.advanced(byDays: 365),
            now: Self.start
        )
        try await proposal.merge(proposal.signatures(by: offline))
        try await worker.accept(FinishedCeremony(proposal, now: Self.start), into: channel)
        return "\(count) files indexed in \(indexing)"
    }

    /// Publishes so many files, one after another.
    func publish(count: Int) async throws -> String {
        guard let channel = try await parts.database.read({ try $0.channels() }).first else {
            throw Failure(.configuration, "no channel was built")
        }
        let clock = ContinuousClock()
        var times: [Duration] = []
        for _ in 0..<count {
            let number = Int.random(in: 10_000_000..<1_000_000_000)
            try await parts.database.write { try $0.insert(try Self.file(number, of: channel.id)) }
            times.append(try await clock.measure { _ = try await worker.index(channel) })
        }
        let words = times.map { "\($0)" }.joined(separator: ", ")
        return "signed index after \(words)"
    }

    /// A file with a record of about 600 bytes, as on a large channel.
    private static func file(_ number: Int, of channel: Int64) throws -> HostedFile {
        let name = "package-\(number / filesOfPackage)"
        let version = "1.\(number % filesOfPackage)"
        let digest = Digest.of(Array("\(number)".utf8))
        let depends = (0..<8).map {
            "dependency-\((number &* 31 + $0) % 997) >=\($0).\(number % 7),<\($0 + 1).0a0"
        }
        var record = JSONObject()
        record["name"] = .string(name)
        record["version"] = .string(version)
        record["build"] = "h0_0"
        record["build_number"] = 0
        record["depends"] = .array(depends.map { .string($0) })
        record["license"] = "BSD-3-Clause"
        record["md5"] = .string(Digest.of(Array("\(number)".utf8), by: .md5).hex)
        record["sha256"] = .string(digest.hex)
        record["size"] = .number(JSONNumber(Int64(number % 10_000_000)))
        record["subdir"] = "linux-64"
        record["timestamp"] = .number(JSONNumber(1_700_000_000_000 + Int64(number)))
        return HostedFile(
            channel: channel,
            subdir: try Subdir("linux-64"),
            fileName: try ArchiveFileName("\(name)-\(version)-h0_0.conda"),
            sha256: digest,
            size: UInt64(number % 10_000_000),
            record: JSONWriter.encode(.object(record)),
            publisher: FilePublisher(.user, "bench"),
            acceptedAt: UInt64(start.seconds) * 1000,
            logIndex: Int64(number)
        )
    }
}

/// Nobody asks.
private struct NoAccess: AccessControl {
    func caller(_ credentials: Credentials?, now: Timestamp) async throws -> Caller { .anonymous }
    func demand(_ action: ServerAction, of caller: Caller, on channel: HostedChannel?, package: String?)
        async throws
    {}
}
