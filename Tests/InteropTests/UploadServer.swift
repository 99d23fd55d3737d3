// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

import Hummingbird
import HummingbirdTesting
import Logging
import Sigstore
import TestSupport
import Testing
import TrustCore

@testable import ChannelServer

/// A server of ours with the channel `main`, to which whoever shows the right key may publish.
struct UploadServer {
    static let key = "the-key-of-alice"

    let parts: ServerParts
    let folder: TemporaryFolder
    private let settings: UploadSettings

    /// - Parameter verifier: verifies attestations; nil for the public instance's keys.
    init(verifier: BundleVerifier? = nil) async throws {
        folder = try TemporaryFolder()
        let database = try SQLiteDatabase(at: folder.path + "/server.sqlite")
        let start = Timestamp(seconds: 1_900_000_000)
        parts = ServerParts(
            database: database,
            blobs: try FileBlobStore(directory: folder.path + "/blobs"),
            access: OneKey(),
            publicURL: SigstoreScene.channel.replacing("/main", with: ""),
            now: { start },
            random: { count in (0..<count).map { _ in UInt8.random(in: 0...255) } },
            changed: {},
            logger: Logger(label: "test", factory: { _ in SwiftLogNoOpLogHandler() })
        )
        var settings = UploadSettings()
        if let verifier { settings.verifier = { verifier } }
        self.settings = settings
        let name = try ChannelName("main")
        _ = try await database.write { try $0.createChannel(name, .everybody, now: start) }
    }

    /// Serves on a free port of this machine for as long as a body runs.
    func serve(_ body: @escaping @Sendable (String) async throws -> Void) async throws {
        let server = HostedServer(parts: parts, areas: [UploadRoutes(parts, settings)])
        let application = Application(
            responder: server.responder(),
            configuration: ApplicationConfiguration(address: .hostname("127.0.0.1", port: 0))
        )
        try await application.test(.live) { client in
            try await body("http://127.0.0.1:\(#require(client.port))")
        }
    }

    /// The files that the channel has, by name.
    func files() async throws -> [HostedFile] {
        try await parts.database.read { transaction in
            let channels = try transaction.channels()
            return try channels.flatMap { channel in
                try transaction.subdirs(of: channel.id).flatMap {
                    try transaction.files(in: $0, of: channel.id, [.listed])
                }
            }.sorted { $0.fileName < $1.fileName }
        }
    }

    /// How many events the log has.
    func eventCount() async throws -> Int64 {
        try await parts.database.read { try $0.logs().map(\.size).reduce(0, +) }
    }

    /// One key, by which its bearer may do everything; others may do nothing, and are told why.
    private struct OneKey: AccessControl {
        func caller(_ credentials: Credentials?, now: Timestamp) async throws -> Caller {
            switch credentials {
            case .key(UploadServer.key), .password(_, UploadServer.key):
                Caller(holder: FilePublisher(.user, "alice"))
            default: .anonymous
            }
        }

        func demand(_ action: ServerAction, of caller: Caller, on channel: HostedChannel?, package: String?)
            async throws
        {
            guard caller.holder != nil else { throw Refusal(UploadCode.anonymous, package ?? "the channel") }
        }
    }
}
