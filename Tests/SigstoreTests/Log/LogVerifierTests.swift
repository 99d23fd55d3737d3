// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

import SigningKeys
import Sigstore
import TestSupport
import Testing
import TrustCore

@Suite("Entries in transparency logs")
struct LogVerifierTests {
    @Test("A good entry of each kind is verified", arguments: LogEntryKind.allCases)
    func good(_ kind: LogEntryKind) throws {
        var world = try LogWorld()
        let signed = world.signed(for: kind)
        let entry = try world.add(signed, as: kind)
        let verified = try world.verify(entry, signed: signed, timestamps: [LogWorld.moment]).entries[0]
        #expect(verified.kind == kind)
        #expect(verified.logIndex == entry.logIndex)
        #expect(verified.integratedTime == (kind.generation == .v1 ? LogWorld.moment : nil))
        #expect(verified.checkpoint?.size == 6)
        #expect(verified.log.logID == entry.logID)
        #expect(verified.cosignatures.isEmpty)
    }

    @Test("Keys are logged as certificates are", arguments: LogEntryKind.allCases)
    func keys(_ kind: LogEntryKind) throws {
        var world = try LogWorld()
        let signed = world.changed(world.signed(for: kind), signer: .key(world.key))
        let entry = try world.add(signed, as: kind)
        #expect(throws: Never.self) {
            try world.verify(entry, signed: signed, timestamps: [LogWorld.moment])
        }
        let other = try LogWorld().key
        let stranger = world.changed(signed, signer: .key(other))
        #expect(
            refusalCode { try world.verify(entry, signed: stranger, timestamps: [LogWorld.moment]) }
                == "log.signer"
        )
    }

    @Test("Rekor v2 logs an envelope as the digest of its encoding")
    func envelope() throws {
        var world = try LogWorld()
        let entry = try world.v2.add(world.envelope)
        let verified = try world.verify(entry, signed: world.envelope, timestamps: [LogWorld.moment])
        #expect(verified.entries[0].kind == .hashedRekordV002)
    }

    @Test("The signature that entries must be about is made of the bundle's own parts")
    func bundle() throws {
        var world = try LogWorld()
        for signed in [world.message, world.envelope] {
            let content: Bundle.Content =
                switch signed.content {
                case .message: .message(signature: signed.signature, digest: nil)
                case .envelope(let payload, let type):
                    .envelope(.init(payload: payload, payloadType: type, signature: signed.signature))
                }
            let keyed = world.changed(signed, signer: .key(world.key))
            let bundles: [(LoggedSignature, Bundle.Material)] = [
                (signed, .certificate(LogWorld.certificate, others: [[1]])), (keyed, .publicKey(hint: "")),
            ]
            for (logged, material) in bundles {
                let bundle = Bundle(
                    version: .v03,
                    material: material,
                    content: content,
                    logEntries: [try world.v1.add(logged, at: LogWorld.time)],
                    timestamps: []
                )
                let own = LoggedSignature(of: bundle, key: world.key, artifact: [LogWorld.artifact])
                #expect(throws: Never.self) { try world.verify(bundle.logEntries[0], signed: own) }
                let other = LoggedSignature(of: bundle, key: world.key, artifact: [Digest.of([])])
                let code = refusalCode { try world.verify(bundle.logEntries[0], signed: other) }
                // The digest of a file is the caller's; an envelope has its own.
                #expect(code == (bundle.logEntries[0].kind == "dsse" ? nil : "log.digest"))
            }
        }
    }

    @Test("In version 0.1 the promise is enough, and without a checkpoint nobody vouches for a tree")
    func promiseOnly() throws {
        var world = try LogWorld()
        let entry = try world.v1.add(world.message, at: LogWorld.time)
        for old in [entry.changed(proof: .some(nil)), entry.proof(checkpoint: "")] {
            let verified = try world.verify(old, version: .v01).entries[0]
            #expect(verified.checkpoint == nil)
            #expect(verified.integratedTime == LogWorld.moment)
        }
        #expect(try world.verify(entry, version: .v01).entries[0].checkpoint != nil)
    }

    @Test("Without a promise a timestamp says when, and nobody vouches for the index beside the proof")
    func proofOnly() throws {
        var world = try LogWorld()
        let entry = try world.v1.add(world.message, at: LogWorld.time).changed(promise: .some(nil))
        let verified = try world.verify(entry, timestamps: [LogWorld.moment]).entries[0]
        #expect(verified.integratedTime == nil)
        #expect(verified.logIndex == nil)
        #expect(verified.checkpoint != nil)
    }

    @Test("Both ends of the time of a log's key belong to it")
    func ends() throws {
        var world = try LogWorld()
        let entry = try world.v1.add(world.message, at: LogWorld.time)
        let period = ValidityPeriod(start: LogWorld.moment, end: LogWorld.moment)
        #expect(throws: Never.self) { try world.verify(entry, period: period) }
    }

    @Test("The signatures of witnesses and of strangers are listed and never needed")
    func witnesses() throws {
        var world = try LogWorld()
        world.v2.witnesses = [try .init(name: "witness.example/a"), try .init(name: "b")]
        var entry = try world.v2.add(world.message)
        // The log's own signature last, and one of its name by a key that nobody knows.
        var note = try SignedNote(text: try world.v2.checkpoint().text)
        for signature in try world.v2.checkpoint().signatures.reversed() { note.add(signature) }
        let id = try #require(NoteKeyID(prefixOf: [9, 9, 9, 9]))
        note.add(try NoteSignature(name: world.v2.host, keyID: id, bytes: [1]))
        entry = entry.proof(checkpoint: note.inProof)
        let verified = try world.verify(entry, timestamps: [LogWorld.moment]).entries[0]
        #expect(verified.cosignatures.map(\.name) == ["b", "witness.example/a", world.v2.host])
        #expect(
            verified.cosignatures.first.flatMap { Cosignature($0.bytes) }?.time == world.v2.cosignatureTime
        )
    }

    @Test("An entry of Rekor v2 without a log's id is found by its checkpoint")
    func unnamed() throws {
        var world = try LogWorld()
        let entry = try world.v2.add(world.message).changed(logID: [])
        #expect(try world.verify(entry, timestamps: [LogWorld.moment]).entries[0].log.logID == world.v2.logID)
        let stranger = try SimulatedRekorV2()
        let other = entry.proof(checkpoint: try stranger.sign(world.v2.checkpoint().text).inProof)
        #expect(
            refusalCode { try world.verify(other, timestamps: [LogWorld.moment]) } == "log.unknown-log"
        )
    }

    @Test(
        "A log signs under the host of its address, and may go by its checkpoints' key id",
        arguments: [
            "https://log2025.rekor.example", "http://log2025.rekor.example/api/v2/", "log2025.rekor.example",
        ]
    )
    func address(_ address: String) throws {
        var world = try LogWorld()
        let entry = try world.v2.add(world.message)
        let listed = try world.v2.trusted(validFor: LogWorld.period)
        func verify(_ address: String, checkpointKeyID: [UInt8]?) throws {
            let log = TrustedRoot.Log(
                baseURL: address,
                key: listed.key,
                validFor: listed.validFor,
                logID: checkpointKeyID == nil ? listed.logID : [],
                checkpointKeyID: checkpointKeyID
            )
            let root = TrustedRoot(
                transparencyLogs: [log],
                certificateAuthorities: [],
                certificateLogs: [],
                timestampAuthorities: []
            )
            _ = try LogVerifier(root).verify(
                [entry],
                version: .v03,
                signed: world.message,
                timestamps: [LogWorld.moment]
            )
        }
        #expect(throws: Never.self) { try verify(address, checkpointKeyID: nil) }
        #expect(throws: Never.self) { try verify(address, checkpointKeyID: listed.logID) }
        #expect(refusalCode { try verify(address, checkpointKeyID: [1, 2, 3, 4]) } == "log.unknown-log")
        #expect(
            refusalCode { try verify("https://x/" + address, checkpointKeyID: nil) } == "note.signer-name"
        )
    }

    @Test("A log that a root has twice, with periods of its own, counts in both")
    func periods() throws {
        var world = try LogWorld()
        let entry = try world.v1.add(world.message, at: LogWorld.time)
        let never = ValidityPeriod(start: Moment(LogWorld.time.advanced(bySeconds: 1)), end: nil)
        let root = TrustedRoot(
            transparencyLogs: [
                try world.v1.trusted(validFor: never), try world.v1.trusted(validFor: LogWorld.period),
            ],
            certificateAuthorities: [],
            certificateLogs: [],
            timestampAuthorities: []
        )
        let verified = try LogVerifier(root).verify([entry], version: .v03, signed: world.message)
        #expect(verified.logCount == 1)
    }

    @Test("Entries in two logs count twice, two in one log once, and one that is bad spoils all")
    func threshold() throws {
        var world = try LogWorld()
        let first = try world.v1.add(world.message, at: LogWorld.time)
        let second = try world.v2.add(world.message)
        let both = try world.verify(first, second, timestamps: [LogWorld.moment], threshold: 2)
        #expect(both.logCount == 2)
        #expect(both.integratedTimes == [LogWorld.moment])
        #expect(try world.verify(first, first).logCount == 1)
        #expect(
            refusalCode {
                try world.verify(first, second.proof(logIndex: 99), timestamps: [LogWorld.moment])
            } == "merkle.index"
        )
    }

    @Test("Exactly this code", arguments: LogRefusal.all)
    func refused(_ refusal: LogRefusal) throws {
        var world = try LogWorld()
        #expect(refusalCode { try refusal.provoke(&world) } == refusal.code)
    }

    @Test("Every code of logs has an input that provokes it", arguments: LogCode.allCases)
    func covered(_ code: LogCode) {
        #expect(LogRefusal.all.contains { $0.code == code.rawValue })
        #expect(code.rawValue.hasPrefix("log."))
        #expect(!code.entry.summary.isEmpty && !code.entry.summary.hasSuffix("."))
        #expect(code.entry.explanation.hasSuffix("."))
        #expect(!code.entry.remedy.isEmpty && !code.entry.remedy.hasSuffix("."))
    }

    @Test("Every item of the list that is about logs has a test")
    func items() {
        let items = Set(LogRefusal.all.map { $0.item })
        #expect(items.isSuperset(of: [10, 11, 12, 13, 14, 15] + Array(42...52)))
    }
}
