// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

import CondaFormats
import Sigstore
import TestSupport
import Testing
import Transport
import TrustCore

@testable import Gatekeeper

/// A private instance of Sigstore with its repository and server, and a machine that knows its root.
struct InstanceScene {
    static let start = ChannelFixture.start
    /// Two states of an instance's keys; whose they are does not matter here.
    static let firstKeys = SigstoreInstance.staging.trustedRoot
    static let secondKeys = SigstoreInstance.publicGood.trustedRoot
    static let signingConfig = SigstoreInstance.publicGood.signingConfig

    var repository: InstanceRepository
    let server = MemoryServer()
    let home: TemporaryFolder
    let name: SigstoreInstanceName
    var now = Self.start

    init(keys: [UInt8] = firstKeys, signingConfig: [UInt8]? = signingConfig) async throws {
        repository = try await InstanceRepository(keys: keys, signingConfig: signingConfig, at: Self.start)
        home = try TemporaryFolder()
        name = try #require(SigstoreInstanceName("private"))
        server.files = repository.files
        try store.add(name, tufRoot: repository.root(), url: ChannelURL(MemoryServer.url), now: now)
    }

    var store: SigstoreTrustStore { SigstoreTrustStore(directory: home.path + "/home") }
    var statePath: String { "home/sigstore/private/state.json" }

    /// Updates from what the repository has now.
    @discardableResult
    func update() async throws -> SigstoreKeys {
        server.files = repository.files
        return try await updateAsServed()
    }

    /// Updates from what the server has, whatever the repository has.
    @discardableResult
    func updateAsServed() async throws -> SigstoreKeys {
        try await store.update(
            name,
            over: server,
            retry: MirrorRetry(rounds: 1),
            uptime: { .zero },
            now: now
        )
    }

    /// The keys that are known without the network.
    func known() async throws -> SigstoreKeys { try await store.trust(in: name) }

    func source(_ refresh: SigstoreTrustSource.Refresh) -> SigstoreTrustSource {
        SigstoreTrustSource(
            store,
            instance: name,
            refresh: refresh,
            fetcher: server,
            uptime: { .zero },
            now: now
        )
    }

    /// What stands in the state's file, changed.
    func alterState(_ change: (String) -> String) throws {
        let text = String(decoding: try home.read(statePath), as: UTF8.self)
        let changed = change(text)
        try #require(changed != text)
        try home.write(Array(changed.utf8), to: statePath)
    }
}
