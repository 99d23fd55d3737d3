// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

import SigningKeys
import TestSupport
import Testing
import TrustCore

@testable import TUF

@Suite("Ceremonies")
struct CeremonyTests {
    private static let root = CeremonyRole.topLevel(.root)

    /// What changes, who signs it, and which online keys publish it.
    struct Rotation: Sendable, CustomTestStringConvertible {
        let testDescription: String
        let signers: [String]
        let edit: @Sendable (inout CeremonyDraft, _ new: PublicKey, _ online: PublicKey) throws -> Void
        /// Whether the new key, and the old targets key, sign what is proposed too, where they have a say.
        var newKeySigns = false
        var versions: [RoleName: Int64] = [:]
    }

    static let rotations: [Rotation] = [
        Rotation(
            testDescription: "root: two authorities removed",
            signers: ["alice", "bob", "carol"],
            edit: { draft, _, _ in
                try draft.remove(.text("dora"), from: root)
                try draft.remove(.text("erik"), from: root)
                try draft.setThreshold(2, of: root)
            },
            versions: [.root: 2, .targets: 1, .timestamp: 1]
        ),
        Rotation(
            testDescription: "root: one authority replaced",
            signers: ["alice", "bob", "dora"],
            edit: { draft, key, _ in try draft.replace(.text("carol"), by: key, named: "carol") },
            newKeySigns: true,
            versions: [.root: 2, .targets: 1, .timestamp: 1]
        ),
        Rotation(
            testDescription: "root: one more authority, and one more must sign",
            signers: ["alice", "bob", "dora"],
            edit: { draft, key, _ in
                try draft.add(key, named: "frida", to: root)
                try draft.setThreshold(4, of: root)
            },
            newKeySigns: true,
            versions: [.root: 2, .targets: 1, .timestamp: 1]
        ),
        Rotation(
            testDescription: "targets: another key",
            signers: ["alice", "bob", "carol"],
            edit: { draft, key, _ in
                try draft.add(key, named: "targets-2", to: .topLevel(.targets))
                try draft.setThreshold(2, of: .topLevel(.targets))
            },
            newKeySigns: true,
            versions: [.root: 2, .targets: 2, .snapshot: 2, .timestamp: 2, "noarch": 1]
        ),
        Rotation(
            testDescription: "snapshot: another key",
            signers: ["alice", "bob", "carol"],
            edit: { draft, key, _ in
                try draft.add(key, named: nil, to: .topLevel(.snapshot))
                try draft.setThreshold(2, of: .topLevel(.snapshot))
            },
            newKeySigns: true,
            versions: [.root: 2, .targets: 1, .snapshot: 2, .timestamp: 2, "noarch": 1]
        ),
        Rotation(
            testDescription: "timestamp: another key beside the old one, nothing to sign anew",
            signers: ["alice", "bob", "carol"],
            edit: { draft, key, _ in try draft.add(key, named: nil, to: .topLevel(.timestamp)) },
            versions: [.root: 2, .targets: 1, .snapshot: 1, .timestamp: 1]
        ),
        Rotation(
            testDescription: "online: the key replaced in every role that it signs",
            signers: ["alice", "bob", "carol", "targets"],
            edit: { draft, key, online in try draft.replace(.key(online), by: key, named: "online-2") },
            versions: [.root: 2, .targets: 2, .snapshot: 2, .timestamp: 2, "noarch": 2, "linux-64": 2]
        ),
        Rotation(
            testDescription: "a subdir: a key of its own, by the targets key alone",
            signers: ["targets"],
            edit: { draft, key, _ in
                try draft.add(key, named: nil, to: .delegated("noarch"))
                try draft.setThreshold(2, of: .delegated("noarch"))
            },
            versions: [.root: 1, .targets: 2, .snapshot: 2, .timestamp: 2, "noarch": 2, "linux-64": 1]
        ),
    ]

    @Test("The keys of every role are rotated, and clients of version 1 follow", arguments: rotations)
    func rotates(_ rotation: Rotation) async throws {
        var scene = try await CeremonyScene()
        let store = InMemoryMetadataStore()
        try await scene.client(store).refresh()
        let new = PrivateKey.fresh
        let online = scene.online.publicKey
        let proposal = try scene.propose { try rotation.edit(&$0, new.publicKey, online) }
        var signers: [any Signer] = rotation.signers.map { scene[$0] }
        if rotation.newKeySigns { signers += [scene.targetsKey, new] }
        var collected = proposal
        for signer in signers where !proposal.roles(signedBy: signer.publicKey).isEmpty {
            try await collected.merge(collected.signatures(by: signer))
        }
        // What travels is the file.
        collected = try CeremonyProposal(parsing: collected.encoded())
        #expect(try CeremonyProgress(collected).isComplete)
        try await scene.publish(collected, online: [scene.online, new])
        for (role, version) in rotation.versions {
            #expect(scene.editor.status.first { $0.role == role }?.version == version, "\(role)")
        }
        for store in [store, InMemoryMetadataStore()] {
            let client = try scene.client(store)
            try await client.refresh()
            #expect(try await client.target("noarch/none") == nil)
        }
    }

    @Test("Too few of the old keys, or too few of the new, are not enough, and that is said for each")
    func countsBoth() async throws {
        let scene = try await CeremonyScene()
        let new = PrivateKey.fresh
        let proposal = try scene.propose { draft in
            try draft.replace(.text("erik"), by: new.publicKey, named: "erik")
            try draft.setThreshold(4, of: Self.root)
        }
        let cases: [(signers: [any Signer], old: Int, new: Int)] = [
            ([], 3, 4), ([scene["alice"]], 2, 3), ([new], 3, 3), ([scene["erik"]], 2, 4),
            ([scene["alice"], scene["bob"], scene["carol"]], 0, 1),
            ([scene["alice"], scene["bob"], scene["dora"], new], 0, 0),
            ([scene["alice"], scene["bob"], scene["erik"], new], 0, 1),
        ]
        for (signers, old, new) in cases {
            let signed = try await scene.signed(proposal, by: signers)
            let progress = try CeremonyProgress(signed)
            #expect(progress.requirements.map(\.missing) == [old, new], "\(signers.count) signers")
            #expect(progress.requirements.map(\.rootVersion) == [1, 2])
            let code = refusalCode { try FinishedCeremony(signed, now: CeremonyScene.now) }
            #expect(code == (old + new == 0 ? nil : "ceremony.incomplete"))
        }
    }

    @Test("Signatures are merged in any order and as often as one likes, from files and from copies")
    func mergesAnyhow() async throws {
        let scene = try await CeremonyScene()
        let proposal = try scene.removal()
        var files: [[UInt8]] = []
        for name in ["alice", "bob", "carol"] {
            files.append(try await proposal.signatures(by: scene[name]).encoded())
        }
        var once = proposal, other = proposal
        for file in files { #expect(try once.merge(CeremonySignatures(parsing: file)) == 1) }
        for file in (files + files).reversed() { try other.merge(CeremonySignatures(parsing: file)) }
        #expect(try once.merge(CeremonySignatures(parsing: other.encoded())) == 0)
        #expect(Set(once.root?.envelope.signatures.map(\.keyID) ?? []).count == 3)
        #expect(once.digest == proposal.digest && other.digest == proposal.digest)
        #expect(try CeremonyProgress(other).isComplete)
    }

    @Test("One bad signature in a file leaves the proposal as it was")
    func mergesAllOrNone() async throws {
        let scene = try await CeremonyScene()
        var proposal = try scene.removal()
        let good = try await proposal.signatures(by: scene["alice"]).entries
        let bad = try await proposal.signatures(by: scene["bob"]).entries.map { entry in
            CeremonySignatures.Entry(
                role: entry.role,
                version: entry.version,
                digest: entry.digest,
                signature: Signature(keyID: entry.signature.keyID, bytes: good[0].signature.bytes)
            )
        }
        let code = refusalCode { try proposal.merge(CeremonySignatures(good + bad)) }
        #expect(code == "ceremony.signature-invalid")
        #expect(proposal.root?.envelope.signatures.isEmpty == true)
    }

    @Test("A signature whose file names a stranger's key id is refused, and so is one for another role")
    func refusesStrangers() async throws {
        let scene = try await CeremonyScene()
        var proposal = try scene.removal()
        let entry = try #require(try await proposal.signatures(by: scene["alice"]).entries.first)
        let changes: [(RoleName, String, String)] = [
            (.root, "no such id", "ceremony.stranger"),
            (.targets, entry.signature.keyID, "ceremony.other-bytes"),
        ]
        for (role, id, code) in changes {
            let changed = CeremonySignatures.Entry(
                role: role,
                version: 2,
                digest: entry.digest,
                signature: Signature(keyID: id, bytes: entry.signature.bytes)
            )
            #expect(refusalCode { try proposal.merge(CeremonySignatures([changed])) } == code)
        }
    }

    @Test("The words name everybody who loses, gains or keeps power, and every other change")
    func saysEverything() async throws {
        let scene = try await CeremonyScene()
        let new = PrivateKey.fresh
        let proposal = try scene.propose { draft in
            try draft.replace(.text("dora"), by: new.publicKey, named: "frida")
            try draft.remove(.text("erik"), from: Self.root)
            try draft.add(scene["erik"].publicKey, named: nil, to: .topLevel(.targets))
            try draft.setThreshold(2, of: Self.root)
            try draft.delegate(.paths("osx-64/*"), to: "osx-64")
        }
        let words = CeremonyWords(proposal, now: CeremonyScene.now)
        let text = words.lines.joined(separator: "\n")
        let frida = new.publicKey.fingerprint.hex, erik = scene["erik"].publicKey.fingerprint.hex
        for line in [
            "root version 2, the version after 1", "good until 2027-11-21T12:00:00Z, 365 days from now",
            "root: 2 of 4 must sign; before, 3 of 5", "loses power: `erik`, ed25519 \(erik)",
            "gains power: `frida`, ed25519 \(frida)",
            "keeps power: `bob`, ed25519 \(scene["bob"].publicKey.fingerprint.hex.prefix(16))",
            "note: `erik`, ed25519 \(erik.prefix(16)) still has power over targets",
            "timestamp: as before, 1 of 1 must sign", "targets: 1 of 2 must sign; before, 1 of 1",
            "targets version 2, the version after 1", "osx-64: 1 of 1 must sign, a new role",
            "for osx-64/*, and nobody after it",
            "sha256 of what is signed: \(proposal.root?.digest.hex ?? "")",
        ] { #expect(text.contains(line), "\(line) is not in\n\(text)") }
    }

    @Test("A change that is hidden in a field, a name, an order or a file is said as well")
    func saysHiddenChanges() throws {
        let key = PrivateKey.fresh.publicKey, other = PrivateKey.fresh.publicKey
        let setup = RoleSetup([key])
        let before = try RootMetadata(
            header: SimulatedRepository.header(1),
            root: setup,
            timestamp: setup,
            snapshot: setup,
            targets: setup
        ).naming([KeyDefinition(key).computedID: "alice"])
        var object = try before.naming([KeyDefinition(key).computedID: "mallory"]).encoded()
        object["x-odd"] = 1
        object["consistent_snapshot"] = false
        let after = try RootMetadata(JSONFields(object, of: "root metadata"))
        var text = CeremonyWords(after, after: before, now: CeremonyScene.now).lines.joined(separator: "\n")
        #expect(text.contains("the key `alice` is called `mallory`") && text.contains("`x-odd`"))
        #expect(text.contains("`consistent_snapshot` changes to false"))

        var delegations = Delegations()
        for name in ["a", "b"] as [RoleName] {
            try delegations.set(name, to: setup, scope: .paths("\(name)/*"), terminating: true)
        }
        let targets = TargetsMetadata(
            header: SimulatedRepository.header(1),
            targets: ["old": TargetFile(of: [])],
            delegations: delegations
        )
        var changed = Delegations()
        for name in ["b", "a"] as [RoleName] {
            try changed.set(name, to: RoleSetup([key, other]), scope: .paths("*"), terminating: false)
        }
        let file = try MetadataEnvelope(signed: targets.encoded()).encoded()
        let proposal = try CeremonyProposal(
            chain: nil,
            currentTargets: VerifiedMetadata(verified: SignedMetadata(parsing: file, as: .targets)),
            root: nil,
            targets: TargetsMetadata(
                header: SimulatedRepository.header(2),
                targets: ["new": TargetFile(of: [])],
                delegations: changed
            )
        )
        text = CeremonyWords(proposal, now: CeremonyScene.now).lines.joined(separator: "\n")
        for line in [
            "the order in which roles are asked changes", "before: for a/*, and nobody after it",
            "    for *\n", "vouches for the new file `new`", "does not vouch for `old` any more",
        ] { #expect(text.contains(line), "\(line) is not in\n\(text)") }
    }

    @Test("A chain is followed step by step; one that leaves a version out, or was made up, is refused")
    func followsChains() async throws {
        var scene = try await CeremonyScene()
        let proposal = try await scene.signed(
            scene.removal(),
            by: ["alice", "bob", "carol"].map { scene[$0] }
        )
        try await scene.publish(proposal, online: [scene.online])
        let renewal = try scene.propose(options: { $0.renewing = [.root] }) { _ in }
        let renewed = try await scene.signed(renewal, by: [scene["bob"], scene["carol"]])
        try await scene.publish(renewed, online: [])
        let files = try (1...3).map { try #require(scene.files["\($0).root.json"]) }
        let chain = try RootChain(files: files)
        #expect(
            chain.links.map { $0.signers.compactMap(\.name).sorted() } == [
                ["alice", "carol", "erik"], ["alice", "bob", "carol"], ["bob", "carol"],
            ]
        )
        #expect(refusalCode { try RootChain(files: []) } == "tuf.metadata-missing")
        #expect(refusalCode { try RootChain(files: [files[0], files[2]]) } == "tuf.signatures")
        #expect(refusalCode { try RootChain(files: [files[1], files[1]]) } == "tuf.version-mismatch")
        let many = Array(repeating: files[0], count: RootChain.maximumCount + 1)
        #expect(refusalCode { try RootChain(files: many) } == "tuf.root-chain-too-long")
        #expect(
            refusalCode { try RootChain.check(nil, leadsThrough: Digest.of(files[0])) }
                == "ceremony.other-root"
        )
        try RootChain.check(chain, leadsThrough: Digest.of(files[1]))
    }

    @Test("A proposal whose chain, or targets in force, are not signed is refused when it is read")
    func refusesForgedBeginnings() async throws {
        let scene = try await CeremonyScene()
        let text = String(decoding: try scene.removal().encoded(), as: UTF8.self)
        let forged = text.replacing("\\\"expires\\\":\\\"2027", with: "\\\"expires\\\":\\\"2029")
        #expect(forged != text)
        #expect(refusalCode { try CeremonyProposal(parsing: Array(forged.utf8)) } == "tuf.signatures")
    }

    @Test(
        "Bad files of a ceremony are refused before anything is done with them",
        arguments: [
            ("[]", "ceremony.file-format"),
            (#"{"format":"kingsnake-ceremony","version":2}"#, "ceremony.file-format"),
            (#"{"format":"kingsnake-ceremony","version":1}"#, "json.shape"),
            (
                #"{"format":"kingsnake-ceremony","version":1,"chain":[],"targets":"{}","proposed":{}}"#,
                "ceremony.file-format"
            ),
            (#"{"format":"kingsnake-ceremony","version":1,"chain":["{}"],"proposed":{}}"#, "json.shape"),
            (#"{"format":"kingsnake-ceremony","version":1,"chain":[],"proposed":{"root":{}}}"#, "json.shape"),
            (#"{"format":"kingsnake-ceremony","version":1,"chain":[],"chain":[]}"#, "json.duplicate-key"),
        ]
    )
    func refusesBadFiles(text: String, code: String) {
        #expect(refusalCode { try CeremonyProposal(parsing: Array(text.utf8)) } == code)
    }

    @Test(
        "Bad files of signatures are refused",
        arguments: [
            ("{}", "ceremony.file-format"),
            (#"{"format":"kingsnake-ceremony-signatures","version":1,"signatures":[{}]}"#, "json.shape"),
            (
                #"{"format":"kingsnake-ceremony-signatures","version":1,"signatures":[{"role":"snapshot"}]}"#,
                "json.shape"
            ),
        ]
    )
    func refusesBadSignatures(text: String, code: String) {
        #expect(refusalCode { try CeremonySignatures(parsing: Array(text.utf8)) } == code)
    }

    /// With a digest of all lines before each line, made anew for each, this would take minutes.
    @Test("A transcript may have many lines")
    func longTranscript() throws {
        var transcript: [UInt8] = []
        var digest = StreamingDigest()
        for number in 0..<30_000 {
            let line = #"{"before_sha256":"\#(digest.finish().hex)","words":["\#(number)"]}"# + "\n"
            digest.update(Array(line.utf8))
            transcript += line.utf8
        }
        #expect(try CeremonyTranscript.check(transcript) == 30_000)
    }

    @Test("One key signs a file of signatures once for a role")
    func duplicateSignatures() async throws {
        let scene = try await CeremonyScene()
        let proposal = try scene.removal()
        let signatures = try await proposal.signatures(by: scene["alice"])
        var file = try #require(try JSONReader.read(signatures.encoded(), of: "file").object)
        let list = try #require(file["signatures"]?.array)
        file["signatures"] = .array(list + list)
        let bytes = JSONWriter.encode(.object(file))
        #expect(refusalCode { try CeremonySignatures(parsing: bytes) } == "tuf.duplicate-signature")
    }

    @Test("A proposed root that no client would read is refused when it is read")
    func longRoot() async throws {
        let proposal = try await CeremonyScene().removal()
        var file = try #require(try JSONReader.read(proposal.encoded(), of: "file").object)
        var proposed = try #require(file["proposed"]?.object)
        var root = try #require(proposed["root"]?.object)
        var signed = try #require(root["signed"]?.object)
        signed["x"] = .string(String(repeating: "x", count: TUFLimits().root))
        root["signed"] = .object(signed)
        proposed["root"] = .object(root)
        file["proposed"] = .object(proposed)
        let bytes = JSONWriter.encode(.object(file))
        #expect(refusalCode { try CeremonyProposal(parsing: bytes) } == "limit.too-large")
    }

    @Test("A line of a transcript that was changed is noticed")
    func watchesTranscript() throws {
        var transcript: [UInt8] = []
        for action in ["propose", "sign", "merge"] {
            transcript = CeremonyTranscript.adding(
                action,
                of: Digest.of([]),
                words: ["a\nb"],
                to: transcript,
                now: CeremonyScene.now
            )
        }
        #expect(try CeremonyTranscript.check(transcript) == 3)
        #expect(try CeremonyTranscript.check([]) == 0)
        let text = String(decoding: transcript, as: UTF8.self).replacing("propose", with: "suppose")
        #expect(refusalCode { try CeremonyTranscript.check(Array(text.utf8)) } == "ceremony.file-format")
    }
}
