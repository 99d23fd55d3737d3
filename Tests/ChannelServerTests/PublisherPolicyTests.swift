// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

import CondaFormats
import Foundation
import TUF
import TestSupport
import Testing
import TrustCore
import TrustPolicy

@testable import ChannelServer

@Suite("Who may publish, as the channel's owner signs it")
struct PublisherPolicyTests {
    private static func refusal(_ body: () async throws -> Void) async -> Refusal? {
        do {
            try await body()
            return nil
        } catch { return error as? Refusal }
    }

    @Test("The policy is a target of the top-level targets role, under both its names, and can be read back")
    func signs() async throws {
        let world = try await PublisherScene.make()
        let policy = try PublisherScene.policy()
        let change = try await world.set(policy)
        #expect(change.signed == ["targets version 2", "snapshot version 2", "timestamp version 2"])
        #expect(try PublishersFile.policy(inChannelAt: world.scene.directory) == policy)
        let bytes = try world.scene.folder.read("channel/publishers.json")
        #expect(try PublisherPolicy(json: bytes, of: ChannelURL(PublisherScene.url)) == policy)
        #expect(try world.exists("\(Digest.of(bytes).hex).publishers.json"))
        #expect(try world.scene.check().entryCount == 1)
        let editor = try RepositoryEditor(channel: world.scene.directory, root: nil)
        let targets = try #require(editor.roles[.targets]).targets
        #expect(targets.count == 1 && targets[PublishersFile.path] == TargetFile(of: bytes))
        // The same once more changes nothing.
        #expect(try await world.set(policy).signed.isEmpty)
    }

    @Test("Without the offline targets key nobody changes it, and nothing has changed then")
    func needsTheOfflineKey() async throws {
        let world = try await PublisherScene.make()
        try await world.set(try PublisherScene.policy())
        let before = try world.scene.files()
        try FileManager.default.removeItem(atPath: world.scene.keys.directory + "/targets-1.key")
        for policy in [try PublisherScene.policy(of: ["evil/widget"]), nil] {
            #expect(await refusalCode { try await world.set(policy) } == "channel.key-not-authorised")
        }
        #expect(try world.scene.files() == before)
    }

    @Test("A policy that is taken away or replaced stays for seven days, for readers that began before")
    func retires() async throws {
        let world = try await PublisherScene.make()
        try await world.set(try PublisherScene.policy())
        let old = try #require(try world.scene.files().keys.first(where: PublishersFile.isImmutableName))
        let day = { PublisherScene.start.advanced(byDays: $0) }
        try await world.set(try PublisherScene.policy(of: ["example/other"]), now: day(1))
        #expect(try world.exists(old))
        try await world.set(nil, now: day(2))
        #expect(try !world.exists("publishers.json"))
        #expect(try PublishersFile.policy(inChannelAt: world.scene.directory) == nil)
        #expect(try world.scene.check(now: day(2)).entryCount == 0)
        #expect(try await !world.sign(now: day(7)).pruned.contains(old))
        #expect(try await world.sign(now: day(11)).pruned.contains(old))
        #expect(try !world.scene.files().keys.contains(where: PublishersFile.isImmutableName))
    }

    @Test("A policy that the folder has otherwise than it is signed is refused", arguments: [false, true])
    func altered(_ isPlain: Bool) async throws {
        let world = try await PublisherScene.make()
        try await world.set(try PublisherScene.policy())
        let immutable = try #require(
            try world.scene.files().keys.first(where: PublishersFile.isImmutableName)
        )
        try world.scene.folder.write([], to: "channel/" + (isPlain ? "publishers.json" : immutable))
        #expect(refusalCode { try world.scene.check() } == "channel.policy-altered")
        // One good copy is enough to go on, and to put the other right.
        #expect(try PublishersFile.policy(inChannelAt: world.scene.directory) != nil)
        try world.scene.folder.write([], to: "channel/publishers.json")
        try world.scene.folder.write([], to: "channel/" + immutable)
        let code = refusalCode { try PublishersFile.policy(inChannelAt: world.scene.directory) }
        #expect(code == "channel.policy-altered")
        #expect(await refusalCode { try await world.add(.other()) } == "channel.policy-altered")
    }

    @Test("A policy that nobody signed is refused, wherever it comes from")
    func unsigned() async throws {
        let world = try await PublisherScene.make()
        try world.scene.folder.write([], to: "channel/publishers.json")
        #expect(refusalCode { try world.scene.check() } == "channel.policy-altered")
        #expect(try PublishersFile.policy(inChannelAt: world.scene.directory) == nil)
    }

    @Test("A package that the owner's policy speaks of is published only with the right attestation")
    func refusesUnattested() async throws {
        let world = try await PublisherScene.make()
        try await world.set(try PublisherScene.policy())
        let zlib = try FixturePackage.sample()
        let before = try world.scene.files()
        let wrong: [(sidecar: [UInt8]?, code: String)] = [
            (nil, "attested.missing"),
            (try world.sidecar(of: zlib, by: "evil/widget"), "publisher.other-identity"),
            (try world.sidecar(of: zlib, by: "example/widget-evil"), "publisher.other-identity"),
            (try world.sidecar(of: zlib, for: "https://conda.example.org/other"), "publisher.other-channel"),
            // Of another instance, whose keys do not count.
            (try await PublisherScene.make().sidecar(of: zlib), "attested.invalid"),
        ]
        for (sidecar, code) in wrong {
            let refusal = await Self.refusal { try await world.add(zlib, sidecar) }
            #expect(refusal?.codeName == "channel.package-unattested")
            #expect(refusal?.found?.hasSuffix("[\(code)]") == true, "\(refusal?.found ?? "none") for \(code)")
        }
        #expect(try world.scene.files() == before)
        let sidecar = try world.sidecar(of: zlib)
        let change = try await world.add(zlib, sidecar)
        #expect(change.attested == change.added && change.warnings.isEmpty)
        #expect(try world.record(of: zlib).attestationsSHA256 == Digest.of(sidecar))
        let report = try world.scene.check()
        #expect(report.attestedCount == 1 && report.packageCount == 1)
        // Of what the policy does not speak, nothing is demanded.
        try await world.add(.other())
    }

    @Test("Packages whose attestations are to come may be published, and that is said")
    func awaits() async throws {
        let world = try await PublisherScene.make()
        try await world.set(try PublisherScene.policy())
        let zlib = try FixturePackage.sample()
        let change = try await world.add(zlib, awaiting: true)
        #expect(change.warnings.count == 1 && change.warnings[0].contains("[attested.missing]"))
        // They come with the package once more, which is there already.
        let second = try await world.add(zlib, try world.sidecar(of: zlib))
        #expect(second.added.isEmpty && second.attested.count == 1 && second.warnings.isEmpty)
        #expect(try world.scene.check().attestedCount == 1)
    }

    @Test("What a policy would refuse is known before it is signed, with what is refused already")
    func tries() async throws {
        let world = try await PublisherScene.make()
        let zlib = try FixturePackage.sample(), old = try FixturePackage("zlib-1.2-h0_0.conda")
        try await world.add(zlib, try world.sidecar(of: zlib))
        try await world.add(old)
        try await world.add(.other())
        func trial(_ policy: PublisherPolicy?) throws -> PublisherTrial {
            try PublisherTrial(of: policy, inChannelAt: world.scene.directory, verifier: world.verifier)
        }
        let first = try trial(PublisherScene.policy())
        #expect(first.judgedCount == 2 && first.refused.map(\.file.fileName) == [old.fileName])
        #expect(first.refused == first.lockedOut && first.refused[0].code == "attested.missing")
        let stranger = try trial(PublisherScene.policy(of: ["evil/widget"]))
        #expect(Set(stranger.refused.map(\.code)) == ["attested.missing", "publisher.other-identity"])
        try await world.set(try PublisherScene.policy())
        let all = try trial(PublisherScene.policy("*"))
        #expect(all.judgedCount == 3 && all.refused.count == 2)
        #expect(all.lockedOut.map(\.file.fileName.name.raw) == ["xz"])
        #expect(try trial(nil).judgedCount == 0)
        // Old files can be excepted, by the date in the index or by their digests.
        let unattested = try PublisherTrial.unattested(
            #require(PackagePattern("zlib")),
            inChannelAt: world.scene.directory
        )
        let digests = unattested.map(\.sha256)
        #expect(digests == [old.sha256] && unattested[0].file.fileName == old.fileName)
        let later = PublisherScene.start.advanced(byDays: 1)
        for exemption in [PublisherEntry.Exemption.digests(digests), .listed(before: later)] {
            #expect(try trial(PublisherScene.policy("zlib", exemption)).refused.isEmpty)
        }
        let now = PublisherEntry.Exemption.listed(before: PublisherScene.start)
        #expect(try trial(PublisherScene.policy("zlib", now)).refused.count == 1)
    }

    @Test("What is in force is told in counts, with the files that clients refuse, and locks nobody out")
    func status() async throws {
        let world = try await PublisherScene.make()
        try await world.add(.sample())
        let moment = PublisherScene.start.advanced(byDays: -1)
        let entries = [
            ("*", PublisherEntry.Exemption.none), ("a-*", .listed(before: moment)),
            ("b", .digests([Digest.of([1])])),
        ]
        .compactMap { text, exemption in
            try? PublisherScene.policy(text, exemption).entries.first
        }
        let policy = try PublisherPolicy(channel: ChannelURL(PublisherScene.url), entries: entries)
        try await world.set(policy)
        let status = try PublisherStatus(
            policy,
            inChannelAt: world.scene.directory,
            verifier: world.verifier
        )
        #expect(status.unconditionalCount == 1 && status.exceptions == (1, 1))
        #expect(status.requiredSince.map(\.moment) == [moment] && status.requiredSince.map(\.count) == [1])
        #expect(status.trial.judgedCount == 1 && status.trial.refused.map(\.code) == ["attested.missing"])
        #expect(status.trial.lockedOut.isEmpty)
        #expect(status.json["rules"]?.integer == 3 && status.json["refused"]?.array?.count == 1)
    }

    @Test("Everything that changes in a policy is said")
    func words() throws {
        let old = try PublisherScene.policy(of: ["example/widget", "example/old"], threshold: 2)
        let first = PublisherPolicyChange(from: nil, to: old).lines
        #expect(first.first?.contains("for the first time") == true)
        #expect(first.contains("  new: `zlib` must be attested by 2 of 2 publishers"))
        #expect(first.contains("    github example/old"))
        let moment = Timestamp(seconds: 1_790_000_000)
        let new = try PublisherScene.policy(of: ["example/widget", "example/new"], .listed(before: moment))
        let change = PublisherPolicyChange(from: old, to: new).lines
        #expect(
            change.dropFirst() == [
                "  changed: `zlib` must be attested by 1 of 2 publishers",
                "    before: must be attested by 2 of 2 publishers",
                "    may not publish any more: github example/old", "    may publish: github example/new",
                "    but for files that the index lists since before \(moment)",
            ]
        )
        #expect(PublisherPolicyChange(from: old, to: old).isNone)
        #expect(PublisherPolicyChange(from: old, to: nil).lines.first?.contains("any more") == true)
        let other = PublisherPolicyChange(from: old, to: try PublisherScene.policy("xz")).lines
        #expect(
            other.contains { $0.hasPrefix("  gone: `zlib`") }
                && other.contains { $0.hasPrefix("  new: `xz`") }
        )
    }

    @Test("A ceremony signs a policy that travels with its proposal, and publishes it in one step")
    func ceremony() async throws {
        let world = try await PublisherScene.make()
        let policy = try PublisherScene.policy()
        let finished = try await world.scene.ceremony { draft, _, _ in try draft.setPublishers(policy) }
        var tampered = try world.scene.proposal { draft, _, _ in try draft.setPublishers(policy) }
        #expect(try PublisherPolicyChange.lines(in: tampered)?.contains("    github example/widget") == true)
        let text = String(decoding: tampered.encoded(), as: UTF8.self)
            .replacing("example/widget", with: "evilone/widget")
        tampered = try CeremonyProposal(parsing: Array(text.utf8))
        #expect(refusalCode { try tampered.check(now: PublisherScene.start) } == "ceremony.other-bytes")
        #expect(try PublisherPolicyChange.lines(in: tampered)?.first?.contains("do not sign") == true)
        #expect(try await world.scene.publish(finished).signed.first == "targets version 2")
        #expect(try PublishersFile.policy(inChannelAt: world.scene.directory) == policy)
        #expect(try world.scene.check().entryCount == 1)
        #expect(try await world.scene.publish(finished).signed.isEmpty)
        // A proposal about something else leaves it alone, and one can take it away.
        let subdir = try Subdir("win-64")
        try await world.scene.publish(
            try await world.scene.ceremony { draft, _, _ in
                try draft.delegate(ChannelProposal.scope(of: subdir), to: ChannelProposal.role(of: subdir))
            }
        )
        #expect(try world.scene.check().entryCount == 1)
        try await world.scene.publish(
            try await world.scene.ceremony { draft, _, _ in try draft.setPublishers(nil) }
        )
        #expect(try world.scene.check().entryCount == 0 && !world.exists("publishers.json"))
    }
}
