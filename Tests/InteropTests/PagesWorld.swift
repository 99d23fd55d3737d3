// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

import CondaFormats
import DurableFiles
import Foundation
import HTTPTypes
import Hummingbird
import HummingbirdTesting
import Logging
import NIOCore
import SigningKeys
import Sigstore
import TUF
import TestSupport
import Testing
import TrustCore

@testable import ChannelServer

/// A whole server with everything that pages can show: a signed channel with attested packages of several versions, yanked
/// and removed ones, a private channel, a log, and things that need an operator.
struct PagesWorld {
    static let privatePath = "/lab/"
    /// The pages to be looked at.
    static let paths = [
        "/", "/channels/", "/search?q=w", "/search?q=nothing-of-the-kind", "/main/", "/lab/",
        "/main/packages/widget", "/main/packages/widget/linux-64/widget-2.1.0-h1a2b3c4_0.conda",
        "/main/packages/widget/linux-64/widget-2.0.0-h1a2b3c4_0.conda",
        "/main/packages/gadget/noarch/gadget-0.9-py_0.conda", "/operations/", "/login",
    ]

    let server: HostedServer
    let parts: ServerParts
    /// An administrator’s key.
    let key: String
    private let keys: ChannelKeys
    private let folder: TemporaryFolder
    private var instance: SimulatedInstance

    init() async throws {
        let folder = try TemporaryFolder()
        self.folder = folder
        let start = Timestamp(seconds: Int64(Date().timeIntervalSince1970))
        let instance = try SimulatedInstance(at: start.advanced(bySeconds: -600))
        self.instance = instance
        let database = try SQLiteDatabase(at: folder.path + "/server.sqlite")
        parts = ServerParts(
            database: database,
            blobs: try FileBlobStore(directory: folder.path + "/blobs"),
            access: DatabaseAccess(database: database),
            publicURL: "https://channels.example.org",
            now: { start },
            random: { count in (0..<count).map { _ in UInt8.random(in: 0...255) } },
            changed: {},
            logger: Logger(label: "test", factory: { _ in SwiftLogNoOpLogHandler() })
        )
        keys = ChannelKeys(directory: folder.path + "/keys")
        var settings = UploadSettings()
        let verifier = BundleVerifier(try instance.trustedRoot())
        settings.verifier = { verifier }
        server = HostedServer(
            parts: parts,
            areas: [
                UploadRoutes(parts, settings), AdministrationRoutes(parts: parts),
                PageRoutes(parts, keys: keys, verifier: settings.verifier),
            ]
        )
        let secret = AccessKeySecret(random: parts.random)
        key = secret.text
        let names = try ["main", "lab"].map { try ChannelName($0) }
        try await database.write { transaction in
            _ = try transaction.createUser(try UserName("ada"), .administrator, now: start)
            _ = try transaction.insertKey(
                hash: secret.hash,
                holder: FilePublisher(.user, "ada"),
                scopes: [.everything],
                label: "",
                created: start,
                expires: nil
            )
            for (name, visibility) in zip(names, HostedChannel.Visibility.allCases) {
                var channel = try transaction.createChannel(name, visibility, now: start)
                channel.settings["subdirs"] = ["noarch", "linux-64"]
                channel.settings["description"] =
                    "Tools for widgets, built from source by the people who write them."
                try transaction.update(channel)
                try transaction.put(
                    Membership(user: "ada", channel: channel.id, role: .channel(.owner), since: start)
                )
            }
        }
        try await fill()
    }

    private mutating func fill() async throws {
        try await publish("widget", "2.0.0", "h1a2b3c4_0", "linux-64", to: "main", isAttested: false)
        try await publish("widget", "2.1.0", "h1a2b3c4_0", "linux-64", to: "main", isAttested: true)
        try await publish("gadget", "0.9", "py_0", "noarch", to: "main", isAttested: true)
        for name in ["lib-wobble", "winch", "wrench-data"] {
            try await publish(name, "1.4", "0", "noarch", to: "main", isAttested: false)
        }
        try await publish("prototype", "0.1", "0", "linux-64", to: "lab", isAttested: false)
        let yank = "/api/v1/channels/main/files/linux-64/widget-2.0.0-h1a2b3c4_0.conda/yank"
        let reason = JSONWriter.encode(["reason": "Loses data where a widget has no name."])
        _ = try await ask(.post, yank, reason)
        _ = try await ask(.put, "/main/linux-64/widget-2.2.0-0.conda", Array("no package".utf8))
        let worker = IndexWorker(parts: parts, keys: keys)
        _ = await worker.pass()
        try await sign(worker)
        _ = await worker.pass()
        let log = LogPublisher(
            database: parts.database,
            blobs: parts.blobs,
            signer: try CheckpointSigner(folder: folder.path + "/log"),
            witnesses: nil,
            now: parts.now,
            logger: parts.logger
        )
        try await log.publish()
        let lab = try #require(try await channel("lab"))
        parts.condition.countIndex(of: lab.id, trouble: "the disk is full", now: parts.now())
    }

    private func channel(_ name: String) async throws -> HostedChannel? {
        let name = try ChannelName(name)
        return try await parts.database.read { try $0.channel(name) }
    }

    private mutating func publish(
        _ name: String,
        _ version: String,
        _ build: String,
        _ subdir: String,
        to channel: String,
        isAttested: Bool
    ) async throws {
        var package = PackageBuilder(name: name, version: version, build: build, subdir: subdir)
        if subdir == "noarch" { package.noarch = .generic }
        package.add(file: "share/\(name)", "\(name) \(version)")
        package.depends = [
            "libgcc >=13", "libstdcxx >=13", "openssl >=3.3.1,<4.0a0", "python >=3.11,<3.12.0a0",
        ]
        package.about["summary"] = .string("Turns \(name)s around until they fit, without a tool")
        package.about["description"] =
            "A longer text about what it does, how it does it, and why nobody did it before."
        package.about["license"] = "BSD-3-Clause"
        package.about["home"] = "https://example.org/widget"
        package.about["dev_url"] = "https://example.org/widget/source"
        let bytes = try package.build(.conda), fileName = package.fileName(.conda)
        let path = "/\(channel)/\(subdir)/\(fileName)"
        _ = try await ask(.put, path, bytes)
        guard isAttested else { return }
        let statement = try PublishAttestation(
            fileName: fileName,
            sha256: Digest.of(bytes),
            targetChannel: "https://channels.example.org/\(channel)"
        )
        let bundle = try instance.bundle(
            stating: statement.encoded(),
            by: .workflow(of: "example/widget"),
            .v1
        )
        let sidecar = try Sidecar(bundles: [bundle.encoded()], of: fileName).bytes
        _ = try await ask(.put, path + ".sigs", sidecar)
    }

    /// The first ceremony of the channel `main`.
    private func sign(_ worker: IndexWorker) async throws {
        let channel = try #require(try await channel("main"))
        let offline = try PrivateKey.generate(.ed25519), now = parts.now()
        let online = try await worker.onlineKeys(of: channel)
        let roles = CeremonyProposal.FirstRoles(
            root: RoleSetup([offline.publicKey]),
            targets: RoleSetup([offline.publicKey]),
            online: RoleSetup(online),
            delegations: try ChannelProposal.delegations(to: [.noarch, try Subdir("linux-64")])
        )
        var proposal = try CeremonyProposal.first(
            roles,
            rootExpires: now.advanced(byDays: 365),
            targetsExpires: now.advanced(byDays: 90),
            now: now
        )
        try await proposal.merge(proposal.signatures(by: offline))
        try await worker.accept(try FinishedCeremony(proposal, now: now), into: channel)
    }

    private func ask(_ method: HTTPRequest.Method, _ path: String, _ body: [UInt8]) async throws
        -> TestResponse
    {
        let headers: HTTPFields = [.authorization: "Bearer \(key)"]
        return try await Application(responder: server.responder()).test(.router) { client in
            try await client.execute(
                uri: path,
                method: method,
                headers: headers,
                body: ByteBuffer(bytes: body)
            )
        }
    }

    /// Serves on a free port of this machine for as long as a body runs.
    func serve(_ body: @escaping @Sendable (String) async throws -> Void) async throws {
        let application = Application(
            responder: server.responder(),
            configuration: ApplicationConfiguration(address: .hostname("127.0.0.1", port: 0))
        )
        try await application.test(.live) { client in
            try await body("http://127.0.0.1:\(#require(client.port))")
        }
    }
}
