// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

import CondaFormats
import Foundation
import Gatekeeper
import Sigstore
import TUF
import TestSupport
import Testing
import Transport
import TrustCore

/// A Sigstore instance's TUF repository, read by python-tuf's client and by ours: what is refused here is
/// refused there.
@Suite(
    "python-tuf's client and the repositories of Sigstore",
    .enabled(if: Peers.arePresent, "\(Peers.absence)")
)
struct SigstoreRepositoryTests {
    private static let names = ["trusted_root.json", "signing_config.v0.2.json"]

    /// Has python-tuf's client fetch an instance's files, and answers their bytes.
    private static func byPeer(
        _ server: LoopbackServer,
        _ folder: TemporaryFolder,
        now: Timestamp,
        names: [String] = names
    ) async throws -> [[UInt8]] {
        let url = server.url + "/tuf/"
        let moment = now.description.dropLast() + "+00:00"
        _ = try await Peers.run(
            "tuf_client",
            [
                "--now", String(moment), "--metadata-dir", folder.path + "/peer", url,
                folder.path + "/root.json",
            ]
                + [url + "targets/"] + names + [folder.path + "/out"]
        )
        return try names.map { try folder.read("out/" + $0) }
    }

    @Test("Both find the same files, again after new keys, and both refuse what has expired or goes back")
    func simulated() async throws {
        let now = Timestamp(seconds: Int64(Date().timeIntervalSince1970))
        var repository = try await InstanceRepository(
            keys: SigstoreInstance.staging.trustedRoot,
            signingConfig: SigstoreInstance.staging.signingConfig,
            at: now
        )
        let folder = try TemporaryFolder()
        try folder.write(repository.root(), to: "root.json")
        let store = SigstoreTrustStore(directory: folder.path + "/home")
        let name = try #require(SigstoreInstanceName("private"))
        let fetcher = FileFetcher()
        let copy = try ChannelURL("file://\(folder.path)/tuf")
        try store.add(name, tufRoot: repository.root(), url: copy, now: now)
        func ours(at moment: Timestamp) async throws -> [[UInt8]] {
            let keys = try await store.update(name, over: fetcher, now: moment)
            return [keys.trustedRootBytes, keys.signingConfigBytes ?? []]
        }
        try await LoopbackServer.serving(folder.path) { server in
            try repository.write(to: folder, below: "tuf")
            let old = try folder.read("tuf/timestamp.json")
            let first = try await ours(at: now)
            #expect(first == [SigstoreInstance.staging.trustedRoot, SigstoreInstance.staging.signingConfig])
            #expect(try await Self.byPeer(server, folder, now: now) == first)
            try await repository.rotate(.root, at: now)
            try await repository.rotate(.targets, at: now)
            try await repository.publish(
                keys: SigstoreInstance.publicGood.trustedRoot,
                signingConfig: SigstoreInstance.publicGood.signingConfig,
                at: now
            )
            try repository.write(to: folder, below: "tuf")
            let second = try await ours(at: now)
            #expect(
                second == [
                    SigstoreInstance.publicGood.trustedRoot, SigstoreInstance.publicGood.signingConfig,
                ]
            )
            #expect(try await Self.byPeer(server, folder, now: now) == second)
            let late = now.advanced(byDays: 10)
            #expect(await refusalCode { try await ours(at: late) } == "tuf.expired")
            await #expect(throws: PeerRefusal.self) { _ = try await Self.byPeer(server, folder, now: late) }
            try folder.write(old, to: "tuf/timestamp.json")
            #expect(await refusalCode { try await ours(at: now) } == "tuf.rollback")
            await #expect(throws: PeerRefusal.self) { _ = try await Self.byPeer(server, folder, now: now) }
        }
    }

    @Test(
        "python-tuf follows the real history of the public-good instance to the keys in the program, as we do",
        .enabled(if: SharedData.isPresent, "\(SharedData.absence)")
    )
    func history() async throws {
        let source = "sigstore/trust/production-root-signing/"
        let folder = try TemporaryFolder()
        for version in 1...15 {
            let bytes = try SharedData.bytes("\(source)metadata/root_history/\(version).root.json")
            try folder.write(bytes, to: "tuf/\(version).root.json")
            // The first that python-tuf reads: see SigstoreChainTests.
            if version == 5 { try folder.write(bytes, to: "root.json") }
        }
        for (role, name) in [
            ("timestamp", "timestamp"), ("snapshot", "165.snapshot"), ("targets", "14.targets"),
        ] {
            try folder.write(SharedData.bytes("\(source)metadata/\(role).json"), to: "tuf/\(name).json")
        }
        for name in Self.names {
            let bytes = try SharedData.bytes("\(source)targets/\(name)")
            try folder.write(bytes, to: "tuf/targets/\(Digest.of(bytes).hex).\(name)")
        }
        let now = try #require(Timestamp("2026-08-22T12:00:00Z"))
        let shipped = SigstoreInstance.publicGood
        try await LoopbackServer.serving(folder.path) { server in
            let found = try await Self.byPeer(server, folder, now: now)
            #expect(found == [shipped.trustedRoot, shipped.signingConfig])
        }
    }
}
