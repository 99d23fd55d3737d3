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

/// A key that counts what it signs.
private final class CountingSigner: Signer {
    let key: PrivateKey
    let count = Mutex(0)

    init() throws { key = try PrivateKey.generate(.ed25519) }

    var publicKey: PublicKey { key.publicKey }

    func sign(_ message: [UInt8]) async throws -> [UInt8] {
        count.withLock { $0 += 1 }
        return try key.sign(message)
    }
}

@Suite("Which records are signed, and by how many keys")
struct RecordSigningTests {
    /// Keys and a signing of an index of many records.
    private struct Bench {
        let signers: [CountingSigner]
        let keys: RecordKeys

        init(_ count: Int = 1, threshold: Int = 1) async throws {
            signers = try (0..<count).map { _ in try CountingSigner() }
            let named = try signers.map { try TrustKey($0.publicKey) }
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

        var counts: [Int] { signers.map { $0.count.withLock { $0 } } }

        func open() throws -> RecordSigners {
            let byMember = try signers.map { signer in
                (try #require(try keys.position(of: TrustKey(signer.publicKey).hex)), signer as any Signer)
            }
            return RecordSigners(signers: byMember.sorted { $0.0 < $1.0 }.map { ($0.0, $0.1) })
        }

        func run(_ text: String, _ ledger: RecordLedger, everything: Bool = false) async throws
            -> [SignedRecord]
        {
            let subdir = try Subdir("linux-64")
            let signing = RecordSigning(
                try RepodataIndex(Array(text.utf8), subdir: subdir),
                of: subdir,
                by: keys,
                ledger: ledger,
                mambaForm: TrustScene.mambaForm
            )
            return try await signing.run(everything: everything, open: open)
        }
    }

    @Test("Of a thousand records only those that changed are signed again")
    func counts() async throws {
        let bench = try await Bench()
        let files = (0..<1000).map { "p\($0)-1-0.conda" }
        let first = try await bench.run(TrustScene.index(files), .empty)
        #expect(bench.counts == [1000] && first.allSatisfy { $0.count == 1 && $0.madeCount == 1 })
        let ledger = RecordLedger(RecordLedger.encode(first, bench.keys), bench.keys)
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
        let index = try RepodataIndex(Array(text.utf8))
        var bytes: [UInt8] = []
        try SignatureSplice.write(index, signatures: { signed[$0].json(bench.keys) }) { bytes += $0 }
        let kept = try await bench.run(String(decoding: bytes, as: UTF8.self), .empty)
        #expect(bench.counts == [50, 50] && kept.map(\.packed) == signed.map(\.packed))
        #expect(kept.allSatisfy { $0.madeCount == 0 })
    }

    @Test("Signatures under another record's name are not kept")
    func swapped() async throws {
        let bench = try await Bench()
        let text = try TrustScene.index(["a-1-0.conda", "b-1-0.conda"])
        let signed = try await bench.run(text, .empty)
        let index = try RepodataIndex(Array(text.utf8))
        var bytes: [UInt8] = []
        try SignatureSplice.write(index, signatures: { signed[1 - $0].json(bench.keys) }) { bytes += $0 }
        let anew = try await bench.run(String(decoding: bytes, as: UTF8.self), .empty)
        #expect(bench.counts == [4] && anew.map(\.packed) == signed.map(\.packed))
    }

    @Test("The same record under another file name is another one to the ledger")
    func ledgerKnowsNames() async throws {
        let bench = try await Bench()
        let text = try TrustScene.index(["a-1-0.conda"])
        let ledger = RecordLedger(
            RecordLedger.encode(try await bench.run(text, .empty), bench.keys),
            bench.keys
        )
        let renamed = try await bench.run(
            text.replacing("\"a-1-0.conda\":", with: "\"a-2-0.conda\":"),
            ledger
        )
        #expect(renamed[0].count == 0 && renamed[0].defect?.codeName == "repodata.record-version")
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
