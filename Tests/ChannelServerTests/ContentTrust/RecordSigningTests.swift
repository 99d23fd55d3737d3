// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

import CondaFormats
import ContentTrust
import DurableFiles
import Foundation
import SigningKeys
import Synchronization
import TestSupport
import Testing
import TrustCore

@testable import ChannelServer

/// A key that is asked as a token is, and remembers what.
private final class TokenSigner: Signer {
    let key: PrivateKey
    let asked = Mutex<[[UInt8]]>([])
    let mostAtOnce = Mutex(0)
    private let lies: Bool
    private let now = Mutex(0)

    init(lies: Bool = false) throws {
        key = try PrivateKey.generate(.ed25519)
        self.lies = lies
    }

    var publicKey: PublicKey { key.publicKey }

    func sign(_ message: [UInt8]) async throws -> [UInt8] {
        let count = now.withLock {
            $0 += 1
            return $0
        }
        mostAtOnce.withLock { $0 = max($0, count) }
        await Task.yield()
        now.withLock { $0 -= 1 }
        asked.withLock { $0.append(message) }
        return try key.sign(lies ? [] : message)
    }
}

@Suite("Which records are signed, and by how many keys")
struct RecordSigningTests {
    /// Keys and a signing of an index of many records.
    private struct Bench {
        let signers: [TokenSigner]
        let inMemory: [PrivateKey]
        let keys: RecordKeys

        init(_ count: Int = 1, threshold: Int = 1, inMemory memoryCount: Int = 0, lies: Bool = false)
            async throws
        {
            signers = try (0..<count).map { _ in try TokenSigner(lies: lies) }
            inMemory = try (0..<memoryCount).map { _ in try PrivateKey.generate(.ed25519) }
            let named =
                try signers.map { try TrustKey($0.publicKey) } + inMemory.map { try TrustKey($0.publicKey) }
            let root = try PrivateKey.generate(.ed25519)
            let only = try TrustDelegation([TrustKey(root.publicKey)], threshold: 1)
            let end = TrustScene.start.advanced(byDays: 1)
            var rootFile = try TrustEnvelope(
                TrustMetadata(
                    .root,
                    version: 1,
                    timestamp: TrustScene.start,
                    expiration: end,
                    delegations: [.root: only, .keyManager: only]
                )
            )
            try await rootFile.sign(with: root, now: TrustScene.start)
            var manager = try TrustEnvelope(
                TrustMetadata(
                    .keyManager,
                    version: 1,
                    timestamp: TrustScene.start,
                    expiration: end,
                    delegations: [.packageManager: TrustDelegation(named, threshold: threshold)]
                )
            )
            try await manager.sign(with: root, now: TrustScene.start)
            let chain = try TrustChain(pinned: rootFile.encoded())
            keys = RecordKeys(
                RecordAuthority(try chain.keyManager(manager.encoded(), now: TrustScene.start))
            )
        }

        var counts: [Int] { signers.map { $0.asked.withLock { $0.count } } }

        func open() throws -> RecordSigners {
            let all = signers.map { $0 as any Signer } + inMemory.map { $0 as any Signer }
            let byMember = try all.map { signer in
                (try #require(try keys.position(of: TrustKey(signer.publicKey).hex)), signer)
            }
            return RecordSigners(signers: byMember.sorted { $0.0 < $1.0 }.map { ($0.0, $0.1) })
        }

        func run(_ text: String, _ ledger: RecordLedger, everything: Bool = false) async throws
            -> SignedRecords
        {
            let subdir = try Subdir("linux-64")
            let signing = RecordSigning(
                try RepodataFile(StoredBytes(Array(text.utf8)), subdir: subdir, window: 5000),
                of: subdir,
                by: keys,
                ledger: ledger,
                mambaForm: TrustScene.mambaForm
            )
            return try await signing.run(everything: everything, open: open)
        }
    }

    /// What a run leaves for the next one.
    private static func ledger(_ records: SignedRecords, _ bench: Bench) throws -> RecordLedger {
        var bytes: [UInt8] = []
        try RecordLedger.write(records, bench.keys) { bytes += $0 }
        return try RecordLedger(StoredBytes(bytes), bench.keys)
    }

    private static func splice(_ text: String, _ signatures: (Int) -> [UInt8]?) throws -> String {
        var bytes: [UInt8] = []
        let splice = try SignatureSplice(RepodataFile(StoredBytes(Array(text.utf8))))
        try splice.write(signatures) { bytes += $0 }
        return String(decoding: bytes, as: UTF8.self)
    }

    @Test("Of a thousand records only those that changed are signed again")
    func counts() async throws {
        let bench = try await Bench()
        let files = (0..<1000).map { "p\($0)-1-0.conda" }
        let first = try await bench.run(TrustScene.index(files), .empty)
        #expect(bench.counts == [1000] && first.allSatisfy { $0.count == 1 && $0.madeCount == 1 })
        let ledger = try Self.ledger(first, bench)
        let same = try await bench.run(TrustScene.index(files.reversed()), ledger)
        #expect(bench.counts == [1000] && same.map(\.packed) == first.map(\.packed))
        let patched = try TrustScene.index(files + ["new-1-0.conda"]).replacing(
            "\"name\": \"p7\"",
            with: "\"license\": \"MIT\", \"name\": \"p7\""
        )
        let next = try await bench.run(patched, ledger)
        #expect(bench.counts == [1002] && next.count { $0.madeCount > 0 } == 2)
    }

    @Test("What an index has itself is verified once, and then kept without any key")
    func keepsVerified() async throws {
        let bench = try await Bench(2, threshold: 2)
        let text = try TrustScene.index((0..<50).map { "p\($0)-1-0.conda" })
        let signed = try await bench.run(text, .empty)
        #expect(bench.counts == [50, 50])
        let kept = try await bench.run(Self.splice(text) { signed[$0].json(bench.keys) }, .empty)
        #expect(bench.counts == [50, 50] && kept.map(\.packed) == signed.map(\.packed))
        #expect(kept.allSatisfy { $0.madeCount == 0 })
    }

    @Test("Signatures under another record's name are not kept")
    func swapped() async throws {
        let bench = try await Bench()
        let text = try TrustScene.index(["a-1-0.conda", "b-1-0.conda"])
        let signed = try await bench.run(text, .empty)
        let anew = try await bench.run(Self.splice(text) { signed[1 - $0].json(bench.keys) }, .empty)
        #expect(bench.counts == [4] && anew.map(\.packed) == signed.map(\.packed))
    }

    @Test("The same record under another file name is another one to the ledger")
    func ledgerKnowsNames() async throws {
        let bench = try await Bench()
        let text = try TrustScene.index(["a-1-0.conda"])
        let ledger = try Self.ledger(try await bench.run(text, .empty), bench)
        let renamed = try await bench.run(
            text.replacing("\"a-1-0.conda\":", with: "\"a-2-0.conda\":"),
            ledger
        )
        #expect(renamed[0].count == 0 && renamed[0].defect?.codeName == "repodata.record-version")
    }

    @Test(
        "Signers that are not in memory are asked for one signature after the other, in the order of the index"
    )
    func asksInOrder() async throws {
        let bench = try await Bench(1, threshold: 2, inMemory: 1)
        let files = (0..<300).map { "p\($0)-1-0.conda" }
        let text = try TrustScene.index(files.reversed())
        let signed = try await bench.run(text, .empty)
        #expect(signed.allSatisfy { $0.count == 2 && $0.madeCount == 2 && !$0.isLacking })
        let index = try RepodataIndex(Array(text.utf8))
        let expected = try index.fileNames.map { name in
            try PythonJSON.canonical(of: #require(index.recordText(fileName: name)), subject: name)
        }
        #expect(bench.signers[0].asked.withLock { $0 } == expected)
        #expect(bench.signers[0].mostAtOnce.withLock { $0 } == 1)
    }

    @Test("A signer that answers something else is not believed")
    func wrongSigner() async throws {
        let bench = try await Bench(lies: true)
        await #expect(throws: Failure.self) {
            try await bench.run(TrustScene.index(["a-1-0.conda"]), .empty)
        }
    }

    @Test("A ledger that is damaged, cut short or of other rules knows nothing, and none of it is believed")
    func damagedLedger() async throws {
        let bench = try await Bench()
        let signed = try await bench.run(TrustScene.index(["a-1-0.conda", "b-1-0.conda"]), .empty)
        var bytes: [UInt8] = []
        try RecordLedger.write(signed, bench.keys) { bytes += $0 }
        #expect(try !RecordLedger(StoredBytes(bytes), bench.keys).isEmpty)
        for at in bytes.indices {
            var damaged = bytes
            damaged[at] ^= 1
            #expect(try RecordLedger(StoredBytes(damaged), bench.keys).isEmpty)
        }
        for length in 0..<bytes.count {
            #expect(try RecordLedger(StoredBytes(Array(bytes[..<length])), bench.keys).isEmpty)
        }
    }

    @Test("What was just signed is known as from the ledger's file, records of several indexes too")
    func knowsWhatWasSigned() async throws {
        let bench = try await Bench(2)
        let one = try await bench.run(TrustScene.index((0..<99).map { "p\($0)-1-0.conda" }), .empty)
        var all = try await bench.run(TrustScene.index(["a-1-0.conda", "b-1-0.tar.bz2"]), .empty)
        all.append(contentsOf: one)
        #expect(all.count == 101 && all.suffix(99).map(\.packed) == one.map(\.packed))
        let ledgers = [RecordLedger(all), try Self.ledger(all, bench)]
        for expected in all {
            for ledger in ledgers {
                var record = SignedRecord(digest: expected.digest)
                try ledger.fill(&record)
                #expect(record.packed == expected.packed && record.count == 2)
            }
        }
        var other = SignedRecord(digest: Digest.of([1]).bytes[...])
        for ledger in ledgers { try ledger.fill(&other) }
        #expect(other.count == 0)
    }

    @Test(
        "An external signer signs records, and one that answers nonsense signs nothing",
        .enabled(if: SystemProgram.isPresent("openssl"), "there is no openssl here")
    )
    func externalSigner() async throws {
        let scene = try await TrustScene.make()
        try scene.write(TrustScene.index(["a-1-0.conda", "b-1-0.tar.bz2"]))
        let path = scene.keys.directory + "/package-1", pem = scene.folder.path + "/elsewhere.pem"
        let openssl = Process()
        openssl.executableURL = URL(fileURLWithPath: "/usr/bin/openssl")
        openssl.arguments = ["genpkey", "-algorithm", "ed25519", "-out", pem]
        try openssl.run()
        openssl.waitUntilExit()
        let key = try PrivateKey(pem: scene.folder.read("elsewhere.pem"))
        try PublicKeyFile.write(key.publicKey, to: path + ".pub")
        try FileManager.default.removeItem(atPath: path + ".key")
        // openssl wants a file for what it signs with Ed25519.
        let script = """
            #!/bin/sh
            t=$(mktemp) && cat > "$t" && openssl pkeyutl -sign -rawin -inkey "$1" -in "$t"; s=$?; rm -f "$t"; exit $s
            """
        let program = try scene.folder.write(Array(script.utf8), to: "sign.sh")
        chmod(program, 0o700)
        chmod(
            try scene.folder.write(
                Array("exec:package-1.pub \(program) \(pem)\n".utf8),
                to: "keys/package-1.signer"
            ),
            0o600
        )
        try await scene.writeKeyManager(version: 2)
        #expect(try await scene.sign().subdirs[0].signatureCount == 2)
        #expect(try scene.verifyAll() == 2)
        try scene.write(TrustScene.index(["c-1-0.conda"]))
        chmod(
            try scene.folder.write(
                Array("exec:package-1.pub /bin/echo hello\n".utf8),
                to: "keys/package-1.signer"
            ),
            0o600
        )
        let before = try scene.read()
        await #expect(throws: Failure.self) { try await scene.sign() }
        #expect(try scene.read() == before)
    }
}
