// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

import CondaFormats
import Gatekeeper
import SigningKeys
import TUF
import TestSupport
import Testing
import Transport
import TrustCore

@testable import ChannelServer

/// A server with one channel whose index is made on demand, and a user's machine.
struct IndexScene {
    let server: ServerScene
    let channel: HostedChannel
    let keys: ChannelKeys
    let offline: PrivateKey

    init(_ name: String = "main", subdirs: [String] = ["linux-64"]) async throws {
        server = try ServerScene()
        var channel = try await server.channel(name)
        channel.settings["subdirs"] = .array(subdirs.map { .string($0) })
        let changed = channel
        try await server.database.write { try $0.update(changed) }
        self.channel = channel
        keys = ChannelKeys(directory: server.folder.path + "/keys")
        offline = try PrivateKey.generate(.ed25519)
    }

    var worker: IndexWorker { IndexWorker(parts: server.parts, keys: keys) }
    var intake: CeremonyIntake { CeremonyIntake(parts: server.parts, keys: keys, channel: channel) }

    /// Takes packages in, as if they had been uploaded.
    func publish(_ packages: [FixturePackage]) async throws {
        for package in packages {
            _ = try await server.blobs.put(package.bytes)
            let file = HostedFile(
                channel: channel.id,
                subdir: package.subdir,
                fileName: package.fileName,
                sha256: package.sha256,
                size: UInt64(package.bytes.count),
                record: JSONWriter.encode(.object(try package.record().raw)),
                publisher: FilePublisher(.user, "alice"),
                acceptedAt: UInt64(server.now.seconds) * 1000,
                logIndex: 0
            )
            try await server.database.write { try $0.insert(file) }
        }
    }

    /// Changes the state of a file.
    func set(_ package: FixturePackage, _ state: HostedFile.State) async throws {
        let channel = channel.id
        try await server.database.write { transaction in
            guard var file = try transaction.file(package.fileName, in: package.subdir, of: channel) else {
                return
            }
            file.state = state
            try transaction.update(file)
        }
    }

    /// Does all that is due.
    @discardableResult
    func index() async throws -> Timestamp? { try await worker.index(channel) }

    /// The first ceremony, signed.
    func firstCeremony(online: PublicKey? = nil, subdirs: [String] = ["linux-64"]) async throws
        -> FinishedCeremony
    {
        try keys.make(for: channel.name)
        let own = try #require(try await keys.signers(of: channel.name).first).publicKey
        let roles = CeremonyProposal.FirstRoles(
            root: RoleSetup([offline.publicKey]),
            targets: RoleSetup([offline.publicKey]),
            online: RoleSetup([online ?? own]),
            delegations: try ChannelProposal.delegations(to: subdirs.map { try Subdir($0) })
        )
        var proposal = try CeremonyProposal.first(
            roles,
            rootExpires: server.now.advanced(byDays: 365),
            targetsExpires: server.now.advanced(byDays: 365),
            now: server.now
        )
        try await proposal.merge(proposal.signatures(by: offline))
        return try FinishedCeremony(proposal, now: server.now)
    }

    /// The bytes of a document; nil if there is none at the path.
    func document(_ path: String) async throws -> [UInt8]? {
        try await DocumentFetcher(server: server, channel: channel.id).bytes(path)
    }

    /// The index of a subdir, as a client that checks nothing reads it.
    func repodata(_ subdir: String = "linux-64") async throws -> RepodataIndex {
        try RepodataIndex(try #require(try await document("\(subdir)/repodata.json")))
    }

    /// Whether a gate that has pinned the channel's first root admits a package.
    func admits(_ package: FixturePackage) async throws -> Bool {
        let home = try TemporaryFolder()
        let url = try ChannelURL("https://channels.example.org/main")
        let store = TrustStore(directory: home.path + "/home")
        let root = try #require(try await document("tuf/1.root.json"))
        try store.add(url, mirrors: [], root: root, origin: .file, now: server.now)
        var configuration = GateConfiguration(
            trustStore: store,
            cacheDirectory: home.path + "/cache",
            fetcher: DocumentFetcher(server: server, channel: channel.id),
            now: server.now
        )
        configuration.uptime = { .zero }
        let gate = try Gate(configuration)
        let admission = try await gate.admit(
            PackageRequest(PackageURL(channel: url, subdir: package.subdir, fileName: package.fileName))
        )
        guard case .admitted = admission else { return false }
        return true
    }
}

/// Answers for a channel's URL with what the database says is there.
struct DocumentFetcher: Fetcher {
    let server: ServerScene
    let channel: Int64

    func bytes(_ path: String) async throws -> [UInt8]? {
        let (blobs, channel) = (server.blobs, channel)
        let digest = try await server.database.read { transaction -> Digest? in
            if let document = try transaction.document(path, in: .channel(channel)) { return document.blob }
            guard let file = try? ChannelFile(path) else { return nil }
            return try transaction.file(file.fileName, in: file.subdir, of: channel)?.sha256
        }
        guard let digest else { return nil }
        return try await blobs.bytes(of: digest, maximumLength: 1 << 30)
    }

    func fetch(_ request: FetchRequest, receive: (UnsafeRawBufferPointer) throws -> Void) async throws
        -> FetchOutcome
    {
        let prefix = "https://channels.example.org/main/"
        guard request.url.hasPrefix(prefix),
            let bytes = try await bytes(String(request.url.dropFirst(prefix.count)))
        else { return .notFound }
        try bytes.withUnsafeBytes(receive)
        return .complete
    }
}
