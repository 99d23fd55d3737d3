// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

import CondaFormats
import DurableFiles
import Gatekeeper
import Logging
import Sigstore
import Synchronization
import TestSupport
import Testing
import Transport
import TrustCore

@testable import ChannelServer

@Suite("Keys of a Sigstore instance, while the server runs")
struct HostedSigstoreKeysTests {
    private static let start = Timestamp(seconds: 1_800_000_000)

    /// An instance's repository, and a server that has its root.
    private final class World: Sendable {
        let home: TemporaryFolder
        let server = MemoryServer()
        let name: SigstoreInstanceName
        let condition = ServerCondition()
        let metrics = ServerMetrics()
        let clock = Mutex(HostedSigstoreKeysTests.start)
        let updates = Mutex(0)

        init() async throws {
            home = try TemporaryFolder()
            name = try #require(SigstoreInstanceName("lab"))
            let repository = try await InstanceRepository(
                keys: SigstoreInstance.staging.trustedRoot,
                at: HostedSigstoreKeysTests.start
            )
            server.files = repository.files
            try store.add(
                name,
                tufRoot: repository.root(),
                url: ChannelURL(MemoryServer.url),
                now: HostedSigstoreKeysTests.start
            )
        }

        var store: SigstoreTrustStore { SigstoreTrustStore(directory: home.path) }
        func advance(_ seconds: Int64) { clock.withLock { $0 = $0.advanced(bySeconds: seconds) } }
        var count: Int { updates.withLock { $0 } }

        func keys(_ choice: HostedSigstoreKeys.Choice? = nil) -> HostedSigstoreKeys {
            HostedSigstoreKeys(
                choice ?? .instance(name, isNamed: true),
                store: store,
                now: { self.clock.withLock { $0 } },
                condition: condition,
                metrics: metrics,
                logger: Logger(label: "test", factory: { _ in SwiftLogNoOpLogHandler() }),
                update: { name in
                    self.updates.withLock { $0 += 1 }
                    return try await self.store.update(
                        name,
                        over: self.server,
                        retry: MirrorRetry(rounds: 1),
                        uptime: { .zero },
                        now: self.clock.withLock { $0 }
                    )
                }
            )
        }
    }

    @Test(
        "A named instance is updated at the start and each day, and what is fetched is told until when it holds"
    )
    func daily() async throws {
        let world = try await World()
        let keys = world.keys()
        await keys.updateIfDue()
        _ = try await keys.verifier()
        #expect(world.count == 1 && world.condition.faults.isEmpty)
        let expiry = "kingsnake_sigstore_keys_expiry_time_seconds \(Self.start.seconds + 2 * 86_400)\n"
        #expect(world.metrics.text.contains(expiry))
        world.advance(HostedSigstoreKeys.interval - 1)
        await keys.updateIfDue()
        #expect(world.count == 1)
        world.advance(1)
        await keys.updateIfDue()
        #expect(world.count == 2)
    }

    @Test(
        "A failed update keeps the last keys, warns, is tried again in an hour; when they expire they are refused"
    )
    func failed() async throws {
        let world = try await World()
        let keys = world.keys()
        await keys.updateIfDue()
        world.server.isAway = true
        world.advance(HostedSigstoreKeys.interval)
        await keys.updateIfDue()
        #expect(world.condition.faults == [.sigstoreKeys])
        #expect(world.metrics.text.contains("kingsnake_sigstore_update_failures_total 1\n"))
        _ = try await keys.verifier()
        world.advance(HostedSigstoreKeys.retryInterval)
        await keys.updateIfDue()
        #expect(world.count == 3)
        world.advance(HostedSigstoreKeys.interval)
        await #expect { _ = try await keys.verifier() } throws: { error in
            (error as? Refusal)?.codeName == "instance.expired"
        }
        // A server that was started meanwhile refuses them as well: age is in the state, not in memory.
        await #expect { _ = try await world.keys().verifier() } throws: { error in
            (error as? Refusal)?.codeName == "instance.expired"
        }
    }

    @Test("An instance that nobody named is asked when the first attestation comes, and not before")
    func lazy() async throws {
        let world = try await World()
        let keys = world.keys(.instance(world.name, isNamed: false))
        await keys.updateIfDue()
        #expect(world.count == 0)
        _ = try await keys.verifier()
        _ = try await keys.verifier()
        #expect(world.count == 1)
    }

    @Test("The public instance that cannot be reached counts by the keys of the program, with a warning")
    func shipped() async throws {
        let world = try await World()
        world.server.isAway = true
        let keys = world.keys(.instance(.publicGood, isNamed: true))
        _ = try await keys.verifier()
        #expect(world.condition.faults == [.sigstoreKeys])
    }

    @Test("A file is read again when it changed; one that became unreadable changes nothing, and warns")
    func file() async throws {
        let world = try await World()
        let path = world.home.path + "/root.json"
        let keys = world.keys(.file(path))
        await #expect(throws: Failure.self) { _ = try await keys.verifier() }
        try DurableFile.write(SigstoreInstance.staging.trustedRoot, to: path)
        _ = try await keys.verifier()
        try DurableFile.write(Array("{}".utf8), to: path)
        _ = try await keys.verifier()
        #expect(world.condition.faults == [.sigstoreKeys])
        try DurableFile.write(SigstoreInstance.publicGood.trustedRoot, to: path)
        _ = try await keys.verifier()
        #expect(world.condition.faults.isEmpty && world.count == 0)
    }

    @Test("Settings name an instance that is known, or a file that is there")
    func settings() async throws {
        let world = try await World()
        func choice(_ text: String?) throws -> HostedSigstoreKeys.Choice {
            var settings = ServerSettings()
            settings.trustedRoot = text.map { ServerSettings.trustedRoot($0, in: world.home.path) }
            return try settings.sigstoreKeys(in: world.store)
        }
        guard case .instance(.publicGood, isNamed: false) = try choice(nil),
            case .instance(.staging, isNamed: true) = try choice("staging"),
            case .instance(world.name, isNamed: true) = try choice("lab")
        else {
            Issue.record("not the instance that was named")
            return
        }
        for bad in ["nowhere", "absent.json", "/absent"] {
            #expect(throws: Failure.self, "\(bad)") { _ = try choice(bad) }
        }
        try DurableFile.write([], to: world.home.path + "/root.json")
        guard case .file = try choice("root.json") else {
            Issue.record("not a file")
            return
        }
    }
}
