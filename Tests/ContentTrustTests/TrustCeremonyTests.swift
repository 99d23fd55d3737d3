// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

import SigningKeys
import TestSupport
import Testing
import TrustCore

@testable import ContentTrust

@Suite("Ceremonies of conda content trust")
struct TrustCeremonyTests {
    typealias Scene = TrustCeremonyScene

    @Test("Three of five make a channel; two are removed, three of the old ones sign, and the chain verifies")
    func removal() async throws {
        var scene = try await Scene()
        let proposal = try scene.removal()
        #expect(proposal.root?.metadata.version == 2 && proposal.keyManager == nil)
        let finished = try await Scene.finished(proposal, by: ["alice", "bob", "dora"].map { scene[$0] })
        #expect(finished.files.map(\.name) == ["2.root.json"])
        try finished.checkFollows(scene.chain, keyManager: scene.keyManager)
        scene.accept(finished)
        var chain = try TrustChain(pinned: scene.chain.links[0].bytes)
        try chain.append(finished.files[0].bytes)
        _ = try chain.keyManager(scene.keyManager, now: Scene.now)
        let erik = scene["erik"]
        let next = try scene.propose(Scene.options { $0.renewing = [.root] }) { _ in }
        #expect(next.roles(signedBy: erik.publicKey).isEmpty)
    }

    @Test("Two of the new threshold are not enough while the old one demands three, and the progress says so")
    func oldThreshold() async throws {
        let scene = try await Scene()
        let proposal = try await Scene.signed(scene.removal(), by: [scene["alice"], scene["bob"]])
        let progress = try TrustProgress(proposal)
        #expect(progress.requirements.map(\.rootVersion) == [1, 2])
        #expect(progress.requirements.map(\.missing) == [1, 0])
        #expect(progress.requirements.map(\.waiting.count) == [3, 1])
        #expect(!progress.isComplete)
    }

    @Test(
        "Another key manager is a new root and metadata that the new one signs; the old one has no say in it"
    )
    func keyManagerReplaced() async throws {
        let scene = try await Scene()
        let new = PrivateKey.fresh
        let proposal = try scene.propose { try $0.replace(.key(scene.manager.publicKey), by: new.publicKey) }
        #expect(proposal.root?.metadata.version == 2 && proposal.keyManager?.metadata.version == 2)
        #expect(proposal.roles(signedBy: scene.manager.publicKey).isEmpty)
        #expect(proposal.roles(signedBy: new.publicKey) == [.keyManager])
        let signers = ["alice", "bob", "carol"].map { scene[$0] }
        #expect(
            await refusalCode { try await Scene.finished(proposal, by: signers) }
                == "trust-ceremony.incomplete"
        )
        let finished = try await Scene.finished(proposal, by: signers + [new])
        #expect(finished.files.map(\.name) == ["2.root.json", "key_mgr.json"])
        #expect(refusalCode { try scene.chain.keyManager(finished.keyManager.bytes, now: Scene.now) } != nil)
    }

    @Test("Other package keys, or how many must sign, are the key manager's business alone")
    func packageKeys() async throws {
        let scene = try await Scene()
        let proposal = try scene.propose {
            try $0.add(PrivateKey.fresh.publicKey, to: .packageManager)
            try $0.setThreshold(2, of: .packageManager)
        }
        let finished = try await Scene.finished(proposal, by: [scene.manager])
        #expect(finished.files.map(\.name) == ["key_mgr.json"])
        let delegation = finished.keyManager.metadata.delegations[.packageManager]
        #expect(delegation?.keys.count == 2 && delegation?.threshold == 2)
    }

    @Test("A renewal is a later version that says the same; its date goes on though the clock stands still")
    func renewal() async throws {
        let scene = try await Scene()
        let proposal = try scene.propose(Scene.options { $0.renewing = [.keyManager] }) { _ in }
        let (new, old) = (proposal.keyManager?.metadata, proposal.keyManagerInForce?.metadata)
        #expect(new?.delegations == old?.delegations && new?.version == 2)
        #expect(new?.timestamp == Scene.now.advanced(bySeconds: 1) && proposal.root == nil)
    }

    @Test("With a new root comes a new version of a key manager's metadata that has expired")
    func expiredKeyManager() async throws {
        let scene = try await Scene()
        let late = Scene.later.advanced(byDays: 1)
        let options = Scene.options(expires: late.advanced(byDays: 9)) { $0.renewing = [.root] }
        let both = try scene.propose(options, now: late) { _ in }
        #expect(both.root?.metadata.version == 2 && both.keyManager?.metadata.version == 2)
        let alone = try Scene.altered(both) { file in
            var proposed = try #require(file["proposed"]?.object)
            proposed["key_mgr"] = nil
            file["proposed"] = .object(proposed)
        }
        #expect(refusalCode { try alone.check(now: late) } == "trust-ceremony.expiry-past")
    }

    @Test(
        "New metadata of the key manager alone is refused under a root that has expired, and said to need a root"
    )
    func expiredRoot() async throws {
        let scene = try await Scene()
        let late = Scene.later.advanced(byDays: 1)
        var options = Scene.options(expires: late.advanced(byDays: 9)) { $0.renewing = [.keyManager] }
        do {
            _ = try scene.propose(options, now: late) { _ in }
            Issue.record("it was proposed")
        } catch let refusal as Refusal {
            #expect(refusal.is(TrustCeremonyCode.rootExpired) && refusal.remedy.contains("--renew root"))
        }
        // One that was made in time is not signed, nor published, later.
        let inTime = try scene.propose(options) { _ in }
        try inTime.check(now: Scene.later.advanced(bySeconds: -1))
        #expect(refusalCode { try inTime.check(now: Scene.later) } == "trust-ceremony.root-expired")
        options.renewing = [.root, .keyManager]
        #expect(try scene.propose(options, now: late) { _ in }.root?.metadata.version == 2)
    }

    @Test("A proposal reads back as it was written, with its signatures and its digest")
    func roundTrip() async throws {
        let scene = try await Scene()
        let proposal = try await Scene.signed(scene.removal(), by: [scene["alice"]])
        let read = try TrustProposal(parsing: proposal.encoded())
        #expect(read.encoded() == proposal.encoded() && read.digest == proposal.digest)
        #expect(try TrustProgress(read).requirements.map(\.signed.count) == [1, 1])
        try read.check(leadsThrough: scene.chain.links[0].digest)
    }

    @Test("Signatures come together in any order, from files and from copies, and once")
    func merging() async throws {
        let scene = try await Scene()
        var proposal = try scene.removal()
        let alice = try await proposal.signatures(by: scene["alice"], now: Scene.now)
        let bob = try await proposal.signatures(by: scene["bob"], now: Scene.later)
        let copy = try await Scene.signed(proposal, by: [scene["carol"], scene["alice"]])
        #expect(try proposal.merge(TrustCeremonySignatures(parsing: bob.encoded())) == 1)
        #expect(try proposal.merge(TrustCeremonySignatures(parsing: alice.encoded())) == 1)
        #expect(try proposal.merge(TrustCeremonySignatures(parsing: copy.encoded())) == 1)
        #expect(try proposal.merge(bob) == 0)
        #expect(try TrustProgress(proposal).isComplete)
    }

    @Test("If one signature of a file is refused, none is taken")
    func allOrNothing() async throws {
        let scene = try await Scene()
        var proposal = try scene.removal()
        let good = try await proposal.signatures(by: scene["alice"], now: Scene.now).entries
        let other = try scene.propose { try $0.setThreshold(4, of: .root) }
        let wrong = try await other.signatures(by: scene["bob"], now: Scene.now).entries
        #expect(
            refusalCode { try proposal.merge(TrustCeremonySignatures(good + wrong)) }
                == "trust-ceremony.other-bytes"
        )
        #expect(try TrustProgress(proposal).requirements[0].signed.isEmpty)
    }

    @Test("A bare signature of a root, which conda would refuse, counts for nothing, and is not published")
    func rawRoot() async throws {
        let scene = try await Scene()
        let proposal = try await Scene.signed(scene.removal(), by: [scene["alice"], scene["bob"]])
        let root = try #require(proposal.root)
        let name = try TrustKey(scene["carol"].publicKey).hex
        let bare = try scene["carol"].sign(root.signedBytes)
        let altered = try Scene.altered(proposal) { file in
            var proposed = try #require(file["proposed"]?.object)
            var document = try #require(proposed["root"]?.object)
            var signatures = try #require(document["signatures"]?.object)
            signatures[name] = ["signature": .string(Hex.encode(bare))]
            document["signatures"] = .object(signatures)
            proposed["root"] = .object(document)
            file["proposed"] = .object(proposed)
        }
        #expect(try TrustProgress(altered).requirements[0].missing == 1)
        #expect(
            refusalCode { try FinishedTrustCeremony(altered, now: Scene.now) } == "trust-ceremony.incomplete"
        )
        // Her right one takes its place.
        let whole = try await Scene.signed(altered, by: [scene["carol"]])
        let finished = try FinishedTrustCeremony(whole, now: Scene.now)
        let published = try TrustEnvelope(parsing: finished.files[0].bytes, as: .root)
        #expect(published.signatures.count == 3 && published.signatures.allSatisfy { $0.headers != nil })
    }

    @Test("Signatures by strangers that somebody put into a proposal are not published")
    func strangers() async throws {
        let scene = try await Scene()
        let proposal = try await Scene.signed(
            scene.removal(),
            by: ["alice", "bob", "carol"].map { scene[$0] }
        )
        var root = try #require(proposal.root)
        try await root.sign(with: PrivateKey.fresh, now: Scene.now)
        let altered = try Scene.altered(proposal) { file in
            file["proposed"] = .object(
                { () -> JSONObject in
                    var proposed = JSONObject()
                    proposed["root"] = root.json
                    return proposed
                }()
            )
        }
        let finished = try FinishedTrustCeremony(altered, now: Scene.now)
        #expect(try TrustEnvelope(parsing: finished.files[0].bytes, as: .root).signatures.count == 3)
    }

    @Test("What is in force is verified when a proposal is read")
    func verifiedWhenRead() async throws {
        let scene = try await Scene()
        let other = try await Scene()
        let proposal = try scene.removal()
        let foreign = JSONValue.string(String(decoding: other.keyManager, as: UTF8.self))
        #expect(
            refusalCode { try Scene.altered(proposal) { $0["key_mgr"] = foreign } }
                == "content-trust.signatures"
        )
        let root = String(decoding: scene.chain.root.bytes, as: UTF8.self)
        let changed = JSONValue.string(root.replacing("\"threshold\": 3", with: "\"threshold\": 1"))
        #expect(
            refusalCode { try Scene.altered(proposal) { $0["chain"] = .array([changed]) } }
                == "content-trust.signatures"
        )
        #expect(
            refusalCode { try Scene.altered(proposal) { $0["key_mgr"] = nil } }
                == "trust-ceremony.file-format"
        )
    }

    @Test("The keys of each form must be able to meet the threshold by themselves")
    func formsAndThreshold() async throws {
        let scene = try await Scene(mamba: .fresh)
        #expect(
            refusalCode { try scene.propose { try $0.setThreshold(2, of: .packageManager) } }
                == "trust-ceremony.threshold"
        )
        _ = try scene.propose {
            try $0.setThreshold(2, of: .packageManager)
            try $0.add(PrivateKey.fresh.publicKey, to: .packageManager)
            try $0.add(PrivateKey.fresh.publicKey, to: .packageManager, signing: .mamba)
        }
    }

    @Test("A key that takes another's place signs the same form of records")
    func formStays() async throws {
        let mamba = PrivateKey.fresh, next = PrivateKey.fresh
        let scene = try await Scene(mamba: mamba)
        let proposal = try scene.propose { try $0.replace(.key(mamba.publicKey), by: next.publicKey) }
        #expect(proposal.keyManager?.metadata.recordForms == [try TrustKey(next.publicKey): .mamba])
        let words = TrustWords(proposal, now: Scene.now).lines.joined(separator: "\n")
        #expect(words.contains("signs mamba's form of records only"))
    }

    @Test(
        "A key that would sign records, and is the root's or the key manager's, is refused before anybody signs"
    )
    func sharedKey() async throws {
        let scene = try await Scene()
        let shared: [(TrustRole, PrivateKey)] = [
            (.packageManager, scene["alice"]), (.packageManager, scene.manager), (.root, scene.package),
            (.keyManager, scene.package),
        ]
        for (role, key) in shared {
            let code = refusalCode { try scene.propose { try $0.add(key.publicKey, to: role) } }
            #expect(code == "content-trust.shared-key", "\(role)")
        }
        // A root alone, beside the key manager's metadata in force.
        let other = try scene.propose { try $0.setThreshold(4, of: .root) }
        #expect(other.keyManager == nil)
        let keys = JSONValue.array((Scene.names.map { scene[$0] } + [scene.package]).map(Self.name))
        let altered = try Scene.altered(
            other,
            .root,
            "delegations",
            [
                "root": ["pubkeys": keys, "threshold": 4],
                "key_mgr": ["pubkeys": [Self.name(scene.manager)], "threshold": 1],
            ]
        )
        #expect(refusalCode { try altered.check(now: Scene.now) } == "content-trust.shared-key")
    }

    private static func name(_ key: PrivateKey) -> JSONValue {
        .string(Hex.encode(Array(key.publicKey.subjectPublicKeyInfo.suffix(32))))
    }

    @Test(
        "A date in the future is refused before anybody signs, and shown",
        arguments: [TrustRole.root, .keyManager]
    )
    func future(role: TrustRole) async throws {
        let scene = try await Scene()
        let renewal = try scene.propose(Scene.options { $0.renewing = [.root, .keyManager] }) { _ in }
        let soon = Scene.now.advanced(bySeconds: 86_400), late = Scene.now.advanced(bySeconds: 86_401)
        try Scene.altered(renewal, role, "timestamp", .string(soon.description)).check(now: Scene.now)
        for date in [late.description, "9999-12-31T23:59:59Z"] {
            let altered = try Scene.altered(renewal, role, "timestamp", .string(date))
            #expect(refusalCode { try altered.check(now: Scene.now) } == "content-trust.future")
            #expect(
                refusalCode { try FinishedTrustCeremony(altered, now: Scene.now) } == "content-trust.future"
            )
            #expect(TrustWords(altered, now: Scene.now).lines.contains("  made on \(date)"))
        }
    }

    @Test(
        "What clients would not read is refused before anybody signs: too long with its signatures, or too deep"
    )
    func size() async throws {
        let scene = try await Scene()
        let renewal = try scene.propose(Scene.options { $0.renewing = [.root] }) { _ in }
        let room = TrustEnvelope.maximumLength - (try #require(renewal.root).encoded().count)
        for (length, isRead) in [(room - 6 * 512 - 20, true), (room - 20, false)] {
            let text = JSONValue.string(String(repeating: "x", count: length))
            let altered = try Scene.altered(renewal, .root, "x", text)
            #expect(refusalCode { try altered.check(now: Scene.now) } == (isRead ? nil : "limit.too-large"))
        }
        let deep: JSONValue = [[[[[[[1]]]]]]]
        let altered = try Scene.altered(renewal, .root, "x", deep)
        #expect(refusalCode { try altered.check(now: Scene.now) } == "json.too-deep")
    }

    @Test("A form for a key that the key manager does not name is refused")
    func strayForm() async throws {
        let scene = try await Scene()
        let proposal = try scene.propose(Scene.options { $0.renewing = [.keyManager] }) { _ in }
        let stray: JSONValue = .object(
            { () -> JSONObject in
                var forms = JSONObject()
                forms[(try? TrustKey(scene["alice"].publicKey).hex) ?? ""] = "mamba"
                return forms
            }()
        )
        let code = refusalCode { try Scene.altered(proposal, .keyManager, "record_forms", stray) }
        #expect(code == "content-trust.record-forms")
    }

    @Test("The words name who gains and who loses power, and fields that nobody knows")
    func words() async throws {
        let scene = try await Scene()
        let altered = try Scene.altered(scene.removal(), .root, "x-new", true)
        let words = TrustWords(altered, now: Scene.now).lines
        let dora = try TrustKey(scene["dora"].publicKey)
        #expect(words.contains { $0.contains("loses power: ed25519 \(dora.hex) ") })
        #expect(words.contains { $0.contains("root: 2 of 3 must sign; before, 3 of 5") })
        #expect(words.contains { $0.contains("does not know changes in root: `x-new`") })
        let finished = try await Scene.finished(altered, by: ["alice", "bob", "carol"].map { scene[$0] })
        #expect(String(decoding: finished.files[0].bytes, as: UTF8.self).contains("x-new"))
    }

    @Test("Keys of other kinds have no say, and cannot be named")
    func otherKinds() async throws {
        let ecdsa = try PrivateKey.generate(.ecdsaP256)
        let scene = try await Scene()
        #expect(
            refusalCode { try scene.propose { try $0.add(ecdsa.publicKey, to: .root) } }
                == "content-trust.key-type"
        )
        #expect(try scene.removal().roles(signedBy: ecdsa.publicKey).isEmpty)
    }

    @Test("A key is meant by the beginning of itself or of its fingerprint, and by no less than eight digits")
    func references() async throws {
        let scene = try await Scene()
        let dora = try TrustKey(scene["dora"].publicKey)
        for text in [String(dora.hex.prefix(12)), String(dora.publicKey.fingerprint.hex.prefix(8))] {
            let proposal = try scene.propose { try $0.remove(.text(text), from: .root) }
            #expect(proposal.root?.metadata.delegations[.root]?.keys.contains(dora) == false)
        }
        #expect(
            refusalCode {
                try scene.propose { try $0.remove(.text(String(dora.hex.prefix(7))), from: .root) }
            }
                == "trust-ceremony.key-unknown"
        )
    }

    @Test("A publication may have ended after the root; anything else that is in force supersedes a proposal")
    func following() async throws {
        var scene = try await Scene()
        let proposal = try scene.propose {
            try $0.replace(.key(scene.manager.publicKey), by: scene["alice"].publicKey)
        }
        let signers = ["alice", "bob", "carol"].map { scene[$0] }
        let finished = try await Scene.finished(proposal, by: signers)
        try finished.checkFollows(scene.chain, keyManager: scene.keyManager)
        try finished.checkFollows(finished.chain, keyManager: scene.keyManager)
        try finished.checkFollows(finished.chain, keyManager: finished.keyManager.bytes)
        #expect(
            refusalCode { try finished.checkFollows(nil, keyManager: nil) } == "trust-ceremony.superseded"
        )
        let other = try await Scene.finished(scene.removal(), by: signers)
        scene.accept(other)
        #expect(
            refusalCode { try finished.checkFollows(scene.chain, keyManager: scene.keyManager) }
                == "trust-ceremony.superseded"
        )
    }

    @Test("pkg_mgr.json is signed by package keys of either form, as many as the threshold says, and goes on")
    func packageManager() async throws {
        let mamba = PrivateKey.fresh
        let scene = try await Scene(mamba: mamba)
        let manager = try scene.chain.keyManager(scene.keyManager, now: Scene.now)
        func made(_ signers: [any Signer], after previous: TrustMetadata?) async throws -> [UInt8] {
            try await PackageManagerDocument.signed(
                by: signers,
                keyManager: manager,
                after: previous,
                expires: Scene.later,
                now: Scene.now
            )
        }
        let first = try scene.chain.packageManager(
            await made([mamba, PrivateKey.fresh], after: nil),
            by: manager,
            now: Scene.now
        )
        #expect(try first.keyIDs == [TrustKey(mamba.publicKey).hex])
        let second = try scene.chain.packageManager(
            await made([scene.package, mamba], after: first.metadata),
            by: manager,
            now: Scene.now
        )
        #expect(second.metadata.version == 2)
        #expect(
            await refusalCode { try await made([PrivateKey.fresh], after: nil) }
                == "trust-ceremony.incomplete"
        )
    }
}
