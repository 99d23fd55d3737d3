// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

import DurableFiles
import HTTPTypes
import Hummingbird
import HummingbirdTesting
import Logging
import NIOCore
import Synchronization
import TestSupport
import TrustCore

@testable import ChannelServer

/// A server in a temporary folder, whose clock is set by hand and whose callers are who they say.
final class ServerScene: Sendable {
    let folder: TemporaryFolder
    let database: SQLiteDatabase
    let blobs: FileBlobStore
    let parts: ServerParts
    private let box = SceneBox()

    /// - Parameter access: who callers are; by default a key is taken as a user's name, who may do everything.
    convenience init(access: any AccessControl = TrustingAccess()) throws {
        try self.init(accessTo: { _ in access })
    }

    /// - Parameter accessTo: who callers are, by what is in the scene's database.
    init(
        rates: RequestAllowances = .unlimited,
        quota: ChannelQuota = .unlimited,
        accessTo access: (any ServerDatabase) -> any AccessControl
    ) throws {
        folder = try TemporaryFolder()
        database = try SQLiteDatabase(at: folder.path + "/server.sqlite")
        blobs = try FileBlobStore(directory: folder.path + "/blobs")
        parts = ServerParts(
            database: database,
            blobs: blobs,
            access: access(database),
            publicURL: "https://channels.example.org",
            now: { [box] in box.now() },
            random: { count in (0..<count).map { _ in UInt8.random(in: 0...255) } },
            changed: { [box] in box.raise() },
            logger: Logger(label: "test", factory: { _ in SwiftLogNoOpLogHandler() }),
            quotas: ChannelQuotas(standard: quota),
            limiter: RequestLimiter(rates)
        )
    }

    /// The time on the server's clock.
    var now: Timestamp { box.now() }
    /// How often something changed that leaves work to do.
    var changes: Int { box.changes() }
    /// Sets the server's clock forward.
    func advance(seconds: Int64) { box.advance(seconds) }

    /// Makes a channel.
    func channel(_ name: String, _ visibility: HostedChannel.Visibility = .everybody) async throws
        -> HostedChannel
    {
        let name = try ChannelName(name), now = now
        return try await database.write { try $0.createChannel(name, visibility, now: now) }
    }

    /// Asks areas of the server, without a network in between.
    func ask(
        _ areas: [any ServerRoutes],
        _ method: HTTPRequest.Method,
        _ path: String,
        headers: HTTPFields = [:],
        body: [UInt8]? = nil
    ) async throws -> TestResponse {
        let application = Application(responder: HostedServer(parts: parts, areas: areas).responder())
        return try await application.test(.router) { client in
            try await client.execute(
                uri: path,
                method: method,
                headers: headers,
                body: body.map { ByteBuffer(bytes: $0) }
            )
        }
    }
}

/// What the scene's closures share.
private final class SceneBox: Sendable {
    private let state = Mutex((now: Timestamp(seconds: 1_800_000_000), changes: 0))

    func now() -> Timestamp { state.withLock { $0.now } }
    func changes() -> Int { state.withLock { $0.changes } }
    func raise() { state.withLock { $0.changes += 1 } }
    func advance(_ seconds: Int64) { state.withLock { $0.now = $0.now.advanced(bySeconds: seconds) } }
}

/// Takes every key as a user's name, and lets everybody who shows one do everything; others may read what is public.
struct TrustingAccess: AccessControl {
    func caller(_ credentials: Credentials?, now: Timestamp) async throws -> Caller {
        switch credentials {
        case .none: .anonymous
        case .key(let name), .password(_, let name): Caller(holder: FilePublisher(.user, name))
        }
    }

    func demand(_ action: ServerAction, of caller: Caller, on channel: HostedChannel?, package: String?)
        async throws
    {
        if caller.holder != nil || (action == .read && channel?.visibility == .everybody) { return }
        let subject = channel?.name.text ?? "the server"
        if action == .read { throw unknownChannel(subject, to: caller) }
        throw Refusal(ServerCode.channelUnknown, subject)
    }
}
