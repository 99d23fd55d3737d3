// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

internal import Synchronization

/// What the clients of one round share.
final class Load: Sendable {
    let client: SoakClient
    let history: SoakHistory
    let world: SoakWorld
    let channels: [SoakChannel]
    let state = LoadState()
    let round: Int
    /// Whether the server cannot be blamed for failing.
    let mayFail: Bool
    private let unanswered = Mutex<[UploadClient.Package]>([])
    private let keys = Mutex<[String]>([])
    private let minted = Mutex<[(token: String, jti: String)]>([])

    init(
        _ client: SoakClient,
        _ history: SoakHistory,
        _ world: SoakWorld,
        _ channels: [SoakChannel],
        round: Int,
        mayFail: Bool
    ) {
        self.client = client
        self.history = history
        self.world = world
        self.channels = channels
        self.round = round
        self.mayFail = mayFail
    }

    /// Remembers an upload whose sender does not know what became of it.
    func addUnanswered(_ package: UploadClient.Package) { unanswered.withLock { $0.append(package) } }
    var allUnanswered: [UploadClient.Package] { unanswered.withLock { $0 } }

    /// Remembers a token that was sent.
    func addMinted(_ token: String, _ jti: String) { minted.withLock { $0.append((token, jti)) } }
    var allMinted: [(token: String, jti: String)] { minted.withLock { $0 } }

    /// Remembers a key that a token was exchanged for.
    func addMintedKey(_ key: String) { keys.withLock { $0.append(key) } }
    var mintedKeys: [String] { keys.withLock { $0 } }

    /// An answer that no valid request may get from a healthy server.
    func judge(_ reply: SoakClient.Reply, _ what: String) {
        guard let status = reply.status, status >= 500, !mayFail, !state.isOver else { return }
        let text = String(decoding: reply.body.prefix(300), as: UTF8.self)
        history.find(Finding(.staysUp, what, "was answered with \(status): \(text)"))
    }
}
