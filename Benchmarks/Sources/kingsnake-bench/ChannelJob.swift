// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

import ChannelServer
import CondaFormats
import DurableFiles
import Logging
import SigningKeys
import TUF
import TrustCore

/// A hosted channel with many files in one subdir, and one publication into it: from the row of a file to the
/// signed index. Uploading is not measured here: ``ServeJob`` serves the same folder, and `Benchmarks/server.py`
/// uploads to it.
struct ChannelJob {
    private static let start = Timestamp(seconds: 1_790_000_000)
    private static let filesOfPackage = 10
    /// The file in the server's folder that holds the key of its user `bench`, who owns the channel.
    private static let keyFile = "bench-key"

    let folder: String
    let parts: ServerParts
    let worker: IndexWorker

    /// Opens a server's folder; makes it where there is none.
    init(folder: String) throws {
        try Folder.create(folder, mode: 0o755)
        let places = ServerFolder(folder)
        self.folder = folder
        parts = ServerParts(
            database: try SQLiteDatabase(at: places.database),
            blobs: try FileBlobStore(directory: places.blobs),
            access: NoAccess(),
            publicURL: "http://localhost",
            now: { ServeJob.now },
            random: { ServeJob.random($0) },
            changed: {},
            logger: Logger(label: "bench", factory: { _ in SwiftLogNoOpLogHandler() })
        )
        worker = IndexWorker(parts: parts, keys: ChannelKeys(directory: places.keys))
    }

    /// Makes a signed channel of so many files.
    func build(count: Int) async throws -> String {
        let now = ServeJob.now
        let channel = try await parts.database.write { transaction -> HostedChannel in
            var channel = try transaction.createChannel(ChannelName("main"), .everybody, now: now)
            channel.settings["subdirs"] = .array([.string("linux-64"), .string("noarch")])
            try transaction.update(channel)
            for number in 0..<count {
                let file = try Self.file(number, of: channel.id)
                try transaction.insert(file)
                // There are no archives to be read.
                try transaction.keep(
                    PackageFacts(runExports: Array("{}".utf8), about: nil),
                    of: file.sha256
                )
            }
            return channel
        }
        try await addUser()
        let clock = ContinuousClock()
        let indexing = try await clock.measure { _ = try await worker.index(channel) }
        let offline = try PrivateKey.generate(.ed25519)
        var proposal = try CeremonyProposal.first(
            CeremonyProposal.FirstRoles(
                root: RoleSetup([offline.publicKey]),
                targets: RoleSetup([offline.publicKey]),
                online: RoleSetup(try await worker.onlineKeys(of: channel)),
                delegations: try ChannelProposal.delegations(to: [Subdir("linux-64"), .noarch])
            ),
            rootExpires: now.advanced(byDays: 365),
            targetsExpires: now.advanced(byDays: 365),
            now: now
        )
        try await proposal.merge(proposal.signatures(by: offline))
        try await worker.accept(FinishedCeremony(proposal, now: now), into: channel)
        return "\(count) files indexed in \(indexing)"
    }

    private func addUser() async throws {
        let administration = Administration(parts: parts, recorded: { _ in })
        func ask(_ method: AdministrationRequest.Method, _ path: [String], _ body: [String: String])
            async throws
            -> JSONObject
        {
            var object = JSONObject()
            for (name, value) in body { object[name] = .string(value) }
            return try await administration.answer(
                AdministrationRequest(method, path, body: object),
                by: .ownerOfFolder
            )
        }
        _ = try await ask(.post, ["users"], ["name": "bench"])
        _ = try await ask(.put, ["channels", "main", "members", "bench"], ["role": "owner"])
        let key = try await ask(.post, ["keys"], ["user": "bench"])
        try DurableFile.write(Array((key["secret"]?.string ?? "").utf8), to: folder + "/" + Self.keyFile)
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
            try await parts.database.write { transaction in
                let file = try Self.file(number, of: channel.id)
                try transaction.insert(file)
                try transaction.keep(PackageFacts(runExports: Array("{}".utf8), about: nil), of: file.sha256)
            }
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
