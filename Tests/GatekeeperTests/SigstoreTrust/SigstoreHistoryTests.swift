// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

import CondaFormats
import Sigstore
import TUF
import TestSupport
import Testing
import Transport
import TrustCore

@testable import Gatekeeper

/// The public-good instance's own repository: roots 1 to 15, targets 14, snapshot 165, timestamp 762.
/// Timestamp 762 expired on 2026-08-28 and root 15 on 2026-11-20, so the clock is pinned.
@Suite(
    "The real history of the public-good instance",
    .enabled(if: SharedData.isPresent, "\(SharedData.absence)")
)
struct SigstoreHistoryTests {
    private static let folder = "sigstore/trust/production-root-signing/"
    private static let now = Timestamp("2026-08-22T12:00:00Z") ?? Timestamp(seconds: 0)
    private static let shipped = SigstoreInstance.publicGood

    /// The repository as its server has it.
    private static func files() throws -> [String: [UInt8]] {
        var files: [String: [UInt8]] = [:]
        for version in 1...15 { files["\(version).root.json"] = try root(version) }
        files["timestamp.json"] = try SharedData.bytes(folder + "metadata/timestamp.json")
        files["165.snapshot.json"] = try SharedData.bytes(folder + "metadata/snapshot.json")
        files["14.targets.json"] = try SharedData.bytes(folder + "metadata/targets.json")
        for name in ["trusted_root.json", "signing_config.v0.2.json"] {
            let bytes = try SharedData.bytes(folder + "targets/" + name)
            files["targets/\(Digest.of(bytes).hex).\(name)"] = bytes
        }
        return files
    }

    private static func root(_ version: Int) throws -> [UInt8] {
        try SharedData.bytes(folder + "metadata/root_history/\(version).root.json")
    }

    private struct Machine {
        let home: TemporaryFolder
        let server = MemoryServer()
        var store: SigstoreTrustStore { SigstoreTrustStore(directory: home.path) }

        init() throws {
            home = try TemporaryFolder()
            server.files = try SigstoreHistoryTests.files()
        }

        func update(_ name: SigstoreInstanceName, now: Timestamp) async throws -> SigstoreKeys {
            try await store.update(
                name,
                over: server,
                from: ChannelURL(MemoryServer.url),
                retry: MirrorRetry(rounds: 1),
                uptime: { .zero },
                now: now
            )
        }
    }

    @Test("From the root in the program on it ends in the shipped keys, byte for byte")
    func endsInShippedKeys() async throws {
        let machine = try Machine()
        let trust = try await machine.update(.publicGood, now: Self.now)
        #expect(trust.trustedRootBytes == Self.shipped.trustedRoot)
        #expect(trust.signingConfigBytes == Self.shipped.signingConfig)
        guard case .updated(let update) = trust.source else {
            Issue.record("not updated")
            return
        }
        #expect(
            update.versions
                == SigstoreVersions(
                    root: 15,
                    timestamp: 762,
                    snapshot: 165,
                    targets: Self.shipped.targetsVersion
                )
        )
        #expect("\(update.horizon)" == "2026-08-28T19:25:56Z (`timestamp`)")
        #expect(try await machine.store.trust(in: .publicGood).source == trust.source)
    }

    @Test("From each root on that has dates as specified it ends in the shipped keys", arguments: 4...15)
    func fromEachRoot(version: Int) async throws {
        let machine = try Machine()
        let name = try #require(SigstoreInstanceName("history"))
        let url = try ChannelURL(MemoryServer.url)
        try machine.store.add(name, tufRoot: Self.root(version), url: url, now: Self.now)
        let trust = try await machine.update(name, now: Self.now)
        #expect(trust.trustedRootBytes == Self.shipped.trustedRoot)
        #expect(try await machine.store.trust(in: name).trustedRootBytes == Self.shipped.trustedRoot)
    }

    @Test(
        "After the timestamp's expiry, and after the root's, it is refused; the keys of before stay",
        arguments: [
            "2026-08-28T19:25:56Z", "2026-11-21T00:00:00Z",
        ]
    )
    func expired(moment: String) async throws {
        let machine = try Machine()
        let late = try #require(Timestamp(moment))
        #expect(await refusalCode { try await machine.update(.publicGood, now: late) } == "tuf.expired")
        #expect(try await machine.store.trust(in: .publicGood).source == .shipped)
        _ = try await machine.update(.publicGood, now: Self.now)
        #expect(await refusalCode { try await machine.update(.publicGood, now: late) } == "tuf.expired")
        let known = try await machine.store.trust(in: .publicGood)
        #expect(known.trustedRootBytes == Self.shipped.trustedRoot)
        #expect(refusalCode { try known.demandFresh(at: late) } == "instance.expired")
    }

    @Test("A program that came with newer keys than were stored takes its own")
    func newerProgram() async throws {
        let machine = try Machine()
        _ = try await machine.update(.publicGood, now: Self.now)
        let anchor = try machine.store.anchor(.publicGood)
        let newer = SigstoreAnchor(
            name: anchor.name,
            basis: anchor.basis,
            added: nil,
            directory: anchor.directory,
            oldestTargets: 15
        )
        #expect(try await machine.store.trust(by: newer).source == .shipped)
    }
}
