// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

import CondaFormats
import Foundation
import Gatekeeper
import Sigstore
import TestSupport
import Testing
import Transport
import TrustCore

/// The keys of Sigstore instances, as a user sees to them.
@Suite("Keys of Sigstore instances")
struct SigstoreInstanceTests {
    private static var now: Timestamp { Timestamp(seconds: Int64(Date().timeIntervalSince1970)) }

    /// A private instance whose repository is on a web server, and a user who knows its root.
    private struct World {
        let world: ChannelWorld
        let folder: TemporaryFolder
        var repository: InstanceRepository

        init(at moment: Timestamp = SigstoreInstanceTests.now) async throws {
            world = try ChannelWorld()
            folder = try TemporaryFolder()
            repository = try await InstanceRepository(
                keys: SigstoreInstance.staging.trustedRoot,
                signingConfig: SigstoreInstance.staging.signingConfig,
                at: moment
            )
            try publish()
            try world.write(repository.root(), to: "root.json")
        }

        func publish() throws { try repository.write(to: folder, below: "tuf") }

        /// Serves the repository, and makes it known.
        func serving(_ body: (World, String) async throws -> Void) async throws {
            let world = self
            try await LoopbackServer.serving(folder.path) { server in
                try await world.world.must(
                    "trust",
                    "sigstore",
                    "add",
                    "private",
                    "--tuf-root",
                    "root.json",
                    "--url",
                    server.url + "/tuf"
                )
                try await body(world, server.url)
            }
        }

        /// What the program says of the instance.
        func status() async throws -> JSONObject {
            let document = try await world.must("trust", "sigstore", "status", "private", "--json").json()
            return try #require(document["instances"]?.array?.first?.object)
        }
    }

    @Test("A new machine knows the public instances by the keys in the program, and says how old they may be")
    func shipped() async throws {
        let world = try ChannelWorld()
        let result = try await world.must("trust", "sigstore", "status")
        #expect(!world.exists("home"))
        for words in [
            "public-good\n", "staging\n", "those that came with this program", "never updated",
            "https://rekor.sigstore.dev", "https://fulcio.sigstage.dev",
        ] { #expect(result.output.contains(words), "\(words)") }
        let document = try await world.must("trust", "sigstore", "status", "--json").json()
        let instances = try #require(document["instances"]?.array).compactMap(\.object)
        #expect(instances.map { $0["name"]?.string } == ["public-good", "staging"])
        #expect(
            instances.allSatisfy {
                $0["freshness"]?.string == "never-updated" && $0["keys"]?.string == "shipped"
            }
        )
        let digest = Digest.of(SigstoreInstance.publicGood.trustedRoot).hex
        #expect(instances[0]["trusted_root"]?.object?["sha256"]?.string == digest)
    }

    @Test("A private instance is added, updated, shown with its horizon, and forgotten")
    func lifeOfPrivateInstance() async throws {
        try await World().serving { world, _ in
            var status = try await world.status()
            #expect(status["freshness"]?.string == "never-updated" && status["trusted_root"] == nil)
            let first = try await world.world.must("trust", "sigstore", "update", "private")
            #expect(first.output.hasPrefix("private: new keys\n") && first.output.contains("good until"))
            status = try await world.status()
            #expect(status["freshness"]?.string == "current" && status["keys"]?.string == "updated")
            #expect(status["horizon"]?.object?["role"]?.string == "timestamp")
            #expect(status["metadata"]?.object?["targets"]?.integer == 1)
            var next = world
            try await next.repository.publish(keys: SigstoreInstance.publicGood.trustedRoot, at: Self.now)
            try next.publish()
            let second = try await world.world.must("trust", "sigstore", "update", "private", "--json").json()
            #expect(second["instances"]?.array?.first?.object?["changed"]?.bool == true)
            try await world.world.must("trust", "sigstore", "remove", "private")
            let gone = try await world.world.run("trust", "sigstore", "status", "private", "--json")
            #expect(gone.status == 4 && gone.refusalCode == "instance.unknown", "\(gone.transcript)")
        }
    }

    @Test("A machine without network is updated from a copy, and goes on with what it has")
    func airGap() async throws {
        let world = try await World()
        try await world.world.must(
            "trust",
            "sigstore",
            "add",
            "private",
            "--tuf-root",
            "root.json",
            "--url",
            "https://nobody.invalid/tuf"
        )
        let copy = "file://\(world.folder.path)/tuf"
        try await world.world.must("trust", "sigstore", "update", "private", "--mirror", copy)
        #expect(try await world.status()["freshness"]?.string == "current")
        // Current keys are used without asking anybody, whatever --sigstore-update says.
        let file = try world.world.write(Array("[]".utf8), to: "empty.sigs")
        for when in ["auto", "never", "require"] {
            let result = try await world.world.run(
                "attest",
                "inspect",
                file,
                "--sigstore-instance",
                "private",
                "--sigstore-update",
                when,
                "--json"
            )
            #expect(result.refusalCode?.hasPrefix("instance.") == false, "\(result.transcript)")
            #expect(!result.errors.contains("warning"), "\(result.transcript)")
        }
    }

    @Test(
        "Keys that have run out are used with a warning, and refused with 5 where current ones are demanded"
    )
    func expired() async throws {
        let world = try await World(at: Self.now.advanced(byDays: -30))
        try await world.serving { world, _ in
            let update = try await world.world.run("trust", "sigstore", "update", "private", "--json")
            #expect(update.status == 5 && update.refusalCode == "tuf.expired", "\(update.transcript)")
        }
        // A month ago they were good.
        let store = SigstoreTrustStore(directory: world.world.path + "/home")
        let name = try #require(SigstoreInstanceName("private"))
        try await store.update(
            name,
            over: FileFetcher(),
            from: ChannelURL("file://\(world.folder.path)/tuf"),
            now: Self.now.advanced(byDays: -30)
        )
        #expect(try await world.status()["freshness"]?.string == "expired")
        let file = try world.world.write(Array("{}".utf8), to: "bundle.json")
        let inspect = ["attest", "inspect", file, "--sigstore-instance", "private"]
        let used = try await world.world.program.run(inspect)
        #expect(
            used.errors.contains("warning: the keys of `private` were confirmed until"),
            "\(used.transcript)"
        )
        #expect(used.errors.contains("[instance.expired]") && used.output.contains("code        bundle."))
        let missed = try await world.world.program.run(inspect + ["--sigstore-update", "auto"])
        #expect(
            missed.errors.contains("warning: the keys of `private` could not be updated"),
            "\(missed.transcript)"
        )
        #expect(missed.output.contains("code        bundle."))
        let demanded = try await world.world.program.run(
            inspect + ["--sigstore-update", "require", "--json"]
        )
        #expect(demanded.status == 5 && demanded.refusalCode == "instance.expired", "\(demanded.transcript)")
    }

    @Test("--trusted-root means exactly those keys: those of another instance verify nothing")
    func exactly() async throws {
        let world = try ChannelWorld()
        let keys = try world.write(SigstoreInstance.staging.trustedRoot, to: "keys.json")
        let file = try world.write(Array("{}".utf8), to: "bundle.json")
        let result = try await world.run("attest", "inspect", file, "--trusted-root", keys, "--json")
        #expect(try result.json()["instance"]?.string == keys)
        let none = try await world.run("attest", "inspect", file, "--trusted-root", "none.json", "--json")
        #expect(none.status == 6, "\(none.transcript)")
        let damaged = try world.write(Array("{}".utf8), to: "damaged.json")
        let refused = try await world.run("attest", "inspect", file, "--trusted-root", damaged, "--json")
        #expect(
            refused.status == 3 && refused.refusalCode == "trust-root.missing-field",
            "\(refused.transcript)"
        )
        #expect(!world.exists("home"))
    }

    @Test("A stored state that somebody altered is told with its code, and an update makes it whole")
    func damaged() async throws {
        try await World().serving { world, _ in
            try await world.world.must("trust", "sigstore", "update", "private")
            try world.world.write(Array("{}".utf8), to: "home/sigstore/private/state.json")
            let status = try await world.world.run("trust", "sigstore", "status", "--json")
            #expect(status.status == 3, "\(status.transcript)")
            let damaged = try status.json()["damaged"]?.array?.first?.object
            #expect(
                damaged?["code"]?.string == "instance.cache-damaged" && damaged?["name"]?.string == "private"
            )
            // The others are shown.
            #expect(try status.json()["instances"]?.array?.count == 2)
            let update = try await world.world.must("trust", "sigstore", "update", "private")
            #expect(update.errors.contains("[instance.cache-damaged]: they are fetched anew"))
            #expect(try await world.status()["freshness"]?.string == "current")
        }
    }

    @Test("Many processes at once, some of them killed, leave one whole state, and never go back")
    func manyProcesses() async throws {
        try await World().serving { start, _ in
            var world = start
            try await world.world.must("trust", "sigstore", "update", "private")
            for round in 2...6 as ClosedRange<Int64> {
                try await world.repository.publish(
                    keys: round % 2 == 0
                        ? SigstoreInstance.publicGood.trustedRoot : SigstoreInstance.staging.trustedRoot,
                    at: Self.now
                )
                try world.publish()
                let program = world.world.program
                let results = try await withThrowingTaskGroup(of: ProgramResult.self) { group in
                    for index in 0..<8 {
                        let kill: Kill? = index % 2 == 1 ? .after(microseconds: UInt64(index) * 12_000) : nil
                        group.addTask {
                            try await program.run(["trust", "sigstore", "update", "private"], killed: kill)
                        }
                    }
                    return try await group.reduce(into: []) { $0.append($1) }
                }
                #expect(results.filter { !$0.wasKilled }.allSatisfy { $0.status == 0 }, "round \(round)")
                let status = try await world.status()
                #expect(status["metadata"]?.object?["targets"]?.integer == round)
            }
            let left = try FileManager.default.contentsOfDirectory(
                atPath: world.world.path + "/home/sigstore/private"
            )
            #expect(left.filter { $0.contains(".tmp-") }.isEmpty)
        }
    }

    @Test("A channel that is bound to an instance takes no other one's word, whatever the command is told")
    func boundChannel() async throws {
        var scene = try await AttestationWorld()
        try await scene.demand("--github", "lab/hello")
        try await scene.attest()
        let verify = ["verify", AttestationWorld.package("1.0")]
        let world = scene.world
        // The public instance did not certify it.
        let unbound = try await world.program.run(verify + ["--sigstore-update", "never"])
        #expect(unbound.status == 3, "\(unbound.transcript)")
        let add = ["trust", "sigstore", "add", "lab", "--trusted-root", "trusted_root.json"]
        let added = try await world.must(add + ["--channel", AttestationWorld.url])
        #expect(
            added.output.contains("`lab` counts for \(AttestationWorld.url), and no other"),
            "\(added.output)"
        )
        #expect(try await world.program.run(verify).status == 0)
        let shown = try await world.must("trust", "sigstore", "status", "lab", "--json").json()
        let instance = try #require(shown["instances"]?.array?.first?.object)
        #expect(instance["channels"]?.array == [.string(AttestationWorld.url)])
        // Somebody else's instance certifies the same workflow of the same repository.
        var evil = try SimulatedInstance(at: scene.instance.time)
        try world.write(evil.trustedRoot().encoded(), to: "evil.json")
        let forged = try evil.bundle(
            stating: AttestationWorld.Statement("1.0").encoded(),
            by: AttestationWorld.workflow,
            .v1
        )
        try await scene.publish([forged])
        try await world.must("trust", "sigstore", "add", "evil", "--trusted-root", "evil.json")
        for options in [[], ["--trusted-root", "evil.json"], ["--sigstore-instance", "evil"]] {
            let result = try await world.program.run(verify + options + ["--json"])
            #expect(result.status == 3, "\(result.transcript)")
            let attestation = try result.json()["attestations"]?.array?.first?.object
            #expect(attestation?["code"]?.string == "log.unknown-log", "\(result.transcript)")
        }
        let bind = ["trust", "sigstore", "add", "evil", "--channel", AttestationWorld.url]
        let refused = try await world.program.run(bind + ["--json"])
        #expect(
            refused.status == 1 && refused.refusalCode == "instance.channel-bound",
            "\(refused.transcript)"
        )
        // The user undoes it, and only then the other one counts.
        let remove = ["trust", "sigstore", "remove", "lab", "--channel", AttestationWorld.url]
        let undone = try await world.must(remove)
        #expect(undone.output.contains("does not count for \(AttestationWorld.url) any more"))
        #expect(try await world.program.run(remove).status == 6)
        try await world.must(bind)
        #expect(try await world.program.run(verify).status == 0)
        let gone = try await world.must("trust", "sigstore", "remove", "evil", "--json").json()
        #expect(gone["channels"]?.array == [.string(AttestationWorld.url)])
    }

    /// Arguments that are wrong by themselves, and what the message must name.
    private static let wrong: [(command: [String], names: String)] = [
        (["status", "A"], "`A` is not the name"), (["update", "../x"], "`../x` is not the name"),
        (["update", "--mirror", "file:///x"], "--mirror goes with one instance"),
        (["add", "staging", "--trusted-root", "x"], "`staging` is known already"),
        (["add", "x"], "give one of --tuf-root FILE"),
        (["add", "x", "--tuf-root", "r"], "--tuf-root and --url"),
        (["add", "x", "--tuf-root", "r", "--url", "h"], "--url: `h` is not a URL"),
        (
            ["add", "x", "--tuf-root", "r", "--url", "file:///x", "--signing-config", "c"],
            "--signing-config goes with"
        ),
        (["add", "x", "--channel", "h"], "--channel: `h` is not a URL"),
        (["remove", "x", "--channel", "h"], "--channel: `h` is not a URL"),
        (["add", "x", "--trusted-root", ""], "--trusted-root is empty"),
    ]

    @Test("Slips of the fingers are usage errors", arguments: wrong)
    func mistakes(_ wrong: (command: [String], names: String)) async throws {
        let world = try ChannelWorld()
        let result = try await world.program.run(["trust", "sigstore"] + wrong.command)
        #expect(!world.exists("home"))
        #expect(
            result.status == 2 && result.errors.hasPrefix("error: \(wrong.names)"),
            "\(result.transcript)"
        )
    }

    @Test(
        "--trusted-root goes with no other choice of keys",
        arguments: [
            ["--staging"], ["--sigstore-instance", "x"], ["--sigstore-update", "never"],
        ]
    )
    func contradictions(_ other: [String]) async throws {
        let world = try ChannelWorld()
        let result = try await world.program.run(
            ["attest", "inspect", "x", "--trusted-root", "y"] + other
        )
        #expect(result.status == 2 && result.errors.contains("--trusted-root means exactly its keys"))
    }
}
