// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

import CondaFormats
import ContentTrust
import DurableFiles
import Foundation
import SigningKeys
import TestSupport
import Testing
import TrustCore

@testable import ChannelServer

@Suite("Signing the records of a folder of indexes")
struct PlainChannelTests {
    private static let files = ["a-1-0.tar.bz2", "b-1-0.tar.bz2", "a-1-0.conda", "c-2-0.conda"]

    @Test(
        "All records of both maps are signed, in every file that carries signatures, and a client accepts them"
    )
    func signsEverything() async throws {
        let scene = try await TrustScene.make()
        try scene.write(TrustScene.index(Self.files))
        try scene.write(TrustScene.index(["a-1-0.conda"]), to: "linux-64/current_repodata.json")
        try scene.write("old", to: "linux-64/repodata.json.zst")
        try scene.write(TrustScene.index([], subdir: "noarch"), to: "noarch/repodata.json")
        let report = try await scene.sign()
        #expect(report.subdirs.map(\.name) == ["linux-64", "noarch"])
        #expect(report.subdirs[0].signedCount == 4 && report.subdirs[0].signatureCount == 4)
        #expect(try scene.verifyAll() == 4)
        #expect(try scene.verifyAll("linux-64/current_repodata.json") == 1)
        let zst = try scene.folder.read("channel/linux-64/repodata.json.zst")
        #expect(
            try Zstd.decompress(zst, maximumLength: 1 << 20)
                == scene.folder.read("channel/linux-64/repodata.json")
        )
        // The frame says how long the text is.
        #expect(try scene.status().isGood)
        #expect(try scene.read("noarch/repodata.json").contains("\"signatures\":{}"))
        #expect(
            !scene.exists("noarch/repodata.json.zst") && !scene.exists("linux-64/current_repodata.json.zst")
        )
        #expect(try Folder.names(in: scene.directory + "/linux-64").count == 3)
    }

    @Test(
        "A second run makes no signature and writes nothing, with a ledger and without one, also without keys"
    )
    func incremental() async throws {
        let scene = try await TrustScene.make(.joint)
        try scene.write(TrustScene.index(Self.files))
        try scene.write("", to: "linux-64/repodata.json.zst")
        let first = try await scene.sign()
        #expect(first.subdirs[0].signatureCount == 8 && first.hasRenewedPackageManager)
        let bytes = try scene.read()
        let ledger = scene.keys.directory + "/record-signatures/linux-64.ledger"
        #expect(Folder.exists(ledger))
        for name in ["package-1.key", "package-mamba-1.key"] {
            try FileManager.default.removeItem(atPath: scene.keys.directory + "/" + name)
        }
        for _ in 0..<2 {
            let report = try await scene.sign()
            #expect(report.subdirs[0].signatureCount == 0 && report.subdirs[0].keptCount == 4)
            #expect(!report.subdirs[0].isChanged && !report.hasRenewedPackageManager)
            #expect(try scene.read() == bytes)
            try FileManager.default.removeItem(atPath: ledger)
        }
    }

    @Test("A patched record is signed anew, and nothing else; one that vanished takes its signature with it")
    func patches() async throws {
        let scene = try await TrustScene.make()
        try scene.write(TrustScene.index(Self.files))
        try await scene.sign()
        let old = try Self.files.map { try scene.signatures(of: $0) }
        try scene.write(scene.read().replacing(#""name": "b""#, with: #""license": "MIT", "name": "b""#))
        #expect(try scene.status().indexes[0].staleCount == 1)
        let patched = try await scene.sign()
        #expect(patched.subdirs[0].signatureCount == 1 && patched.subdirs[0].keptCount == 3)
        let new = try Self.files.map { try scene.signatures(of: $0) }
        #expect(zip(old, new).map { $0 == $1 } == [true, false, true, true])
        #expect(try scene.verifyAll() == 4)
        // As an indexer does that knows nothing of signatures.
        try scene.write(TrustScene.index(Array(Self.files.dropFirst())))
        let removed = try await scene.sign()
        // The patch is gone, so that record is as it was before; the ledger has forgotten that one.
        #expect(removed.subdirs[0].signatureCount == 1 && removed.subdirs[0].recordCount == 3)
        #expect(try scene.verifyAll() == 3)
        #expect(try !scene.read().contains("a-1-0.tar.bz2"))
    }

    @Test(
        "Signatures that an indexer left where they were are kept only if they are of the record as it is now"
    )
    func staleSignaturesWithoutLedger() async throws {
        let scene = try await TrustScene.make()
        try scene.write(TrustScene.index(Self.files))
        try await scene.sign()
        try scene.write(scene.read().replacing(#""size": 1000, "subdir""#, with: #""size": 7, "subdir""#))
        try Folder.removeTree(scene.keys.directory + "/record-signatures")
        #expect(try await scene.sign().subdirs[0].signatureCount == 4)
        #expect(try scene.verifyAll() == 4)
        // Signatures of somebody else's, and malformed ones, are replaced.
        let text = try scene.read()
        let signed = try #require(text.range(of: #"{"signature":"#))
        for change in [#"{"signature":"00","x":"#, #"{"signaturE":"#] {
            try scene.write(text.replacingCharacters(in: signed, with: change))
            try Folder.removeTree(scene.keys.directory + "/record-signatures")
            #expect(try !scene.status().isGood)
            #expect(try await scene.sign().subdirs[0].signatureCount == 1)
            #expect(try scene.read() == text)
        }
    }

    @Test(
        "Every byte outside of the signatures stays, whatever the file looks like",
        arguments: [
            "{}", " {\n} \n", #"{"packages":{}}"#, #"{"signatures":null}"#,
            #"{"signatures" :  [1, {}] ,"info":{}}"#,
            #"{"info":{},"\u0073ignatures":{"x":{}},"packages":{}}"#,
            #"{"other":{"signatures":{}},"packages":{}}"#,
            #"{"packages":{"a-1-0.tar.bz2": RECORD },"unknown":[1.50,-0.0,1E400,"\ud83d\ude00"]}"#,
            "\n\t{\"signatures\":{\"gone-1-0.conda\":{}},\r\n \"packages\" : {\"a-1-0.tar.bz2\":RECORD}, \"removed\":[]}",
        ]
    )
    func splice(text: String) async throws {
        let scene = try await TrustScene.make()
        let text = text.replacing("RECORD", with: try TrustScene.record("a-1-0.tar.bz2"))
        try scene.write(text)
        try await scene.sign()
        let old = try RepodataIndex(Array(text.utf8)),
            new = try RepodataIndex(scene.folder.read("channel/linux-64/repodata.json"))
        #expect(new.signatures != nil && new.count == old.count)
        #expect(
            Self.withoutSignatures(new, added: old.signatures == nil)
                == Self.withoutSignatures(old, added: false)
        )
        #expect(try scene.verifyAll() == old.count)
        #expect(try SignatureTable(new)?.count == old.count)
    }

    /// The text before and after the member's value, and without the member if it was added.
    private static func withoutSignatures(_ index: RepodataIndex, added: Bool) -> [UInt8] {
        guard let signatures = index.signatures else { return index.text }
        var before = index.text[..<signatures.startIndex]
        if added {
            let key = Array(#""signatures":"#.utf8)
            before = before.dropLast(key.count)
            if before.last == UInt8(ascii: ",") { before = before.dropLast() }
        }
        return before + (added ? [] : [0]) + index.text[signatures.endIndex...]
    }

    private static func write(
        _ index: RepodataIndex,
        _ signatures: (Int) -> [UInt8]?,
        to sink: (UnsafeRawBufferPointer) throws -> Void
    ) throws {
        let splice = SignatureSplice(try RepodataFile(StoredBytes(index.text), window: 50))
        var length = 0
        var bytes: [UInt8] = []
        try splice.write(signatures) { piece in
            length += piece.count
            bytes += piece
            try sink(piece)
        }
        #expect(try splice.compare(signatures) == (length, bytes == index.text))
    }

    @Test("Random layouts: the text without the member is the old one, and a second splice changes nothing")
    func randomLayouts() throws {
        var random = SplitMix(seed: 4711)
        let space = ["", " ", "\n", "\t\r\n  "]
        for _ in 0..<300 {
            func gap() -> String { space[Int(random.next() % 4)] }
            var members = [
                "\"info\"\(gap()):\(gap()){}", "\"removed\":[\(gap())]", "\"x\":\"{\\\"signatures\\\":1}\"",
            ]
            let records = (0..<Int(random.next() % 4)).map {
                "\"p\($0)-1-0.conda\"\(gap()):\(gap()){\(gap())}"
            }
            members.append(
                "\"packages.conda\"\(gap()):{\(gap())\(records.joined(separator: gap() + "," + gap()))\(gap())}"
            )
            if random.next() % 2 == 0 { members.append("\"signatures\":\(gap()){\"q-1-0.conda\":{}}") }
            members.sort { _, _ in random.next() % 2 == 0 }
            let text =
                gap() + "{" + gap() + members.joined(separator: gap() + "," + gap()) + gap() + "}" + gap()
            let old = try RepodataIndex(Array(text.utf8))
            var bytes: [UInt8] = []
            let signatures = { (position: Int) -> [UInt8]? in
                position == 1 ? nil : Array("{\"k\":\(position)}".utf8)
            }
            try Self.write(old, signatures) { bytes += $0 }
            let new = try RepodataIndex(bytes)
            #expect(
                Self.withoutSignatures(new, added: old.signatures == nil)
                    == Self.withoutSignatures(old, added: false),
                "\(text)"
            )
            var again: [UInt8] = []
            try Self.write(new, signatures) { again += $0 }
            #expect(again == bytes)
            #expect(try SignatureTable(new)?.count == records.count - (records.count > 1 ? 1 : 0))
        }
    }

    @Test("An empty file is an empty index, and stays one")
    func emptyFile() async throws {
        let scene = try await TrustScene.make()
        try scene.write("")
        #expect(try await !scene.sign().subdirs[0].isChanged)
        #expect(try scene.read().isEmpty)
    }

    /// Changes of a record after which it must not be signed.
    private static let unsignable: [(String, String)] = [
        (#""subdir": "linux-64", "#, ""), (#""subdir": "linux-64""#, #""subdir": "osx-64""#),
        (#""subdir": "linux-64""#, #""subdir": null"#), (#""name": "b""#, #""name": "c""#),
        (#""version": "1""#, #""version": "2""#), (#""build": "0""#, #""build": "1""#),
        (#""sha256": ""#, #""sha256": "0"#),
        (#""sha256""#, #""sha257""#), (#""depends": ["é"]"#, #""depends": "é""#), (#"1.0e3"#, "1e999"),
        (#""size""#, #""name""#), (#""size""#, #""fn": "a-1-0.conda", "size""#),
        (#""size""#, #""fn": 7, "size""#),
    ]

    @Test(
        "A record that our client would refuse stops everything, or is left alone, and never signed",
        arguments: unsignable
    )
    func unsignableRecords(change: (from: String, to: String)) async throws {
        let scene = try await TrustScene.make()
        let record = try TrustScene.record("b-1-0.tar.bz2")
        let text = try TrustScene.index(Self.files)
        try scene.write(text)
        try scene.write(TrustScene.index(["a-1-0.conda"], subdir: "noarch"), to: "noarch/repodata.json")
        try await scene.sign(["linux-64"])
        let spoiled = try scene.read().replacing(record, with: record.replacing(change.from, with: change.to))
        try scene.write(spoiled)
        #expect(spoiled != text)
        await #expect(throws: Refusal.self) { try await scene.sign() }
        #expect(await refusalCode { try await scene.sign() } == "channel.record-unsignable")
        #expect(try scene.read() == spoiled && !scene.read("noarch/repodata.json").contains("signatures"))
        let report = try await scene.sign(unsignable: .leftUnsigned)
        #expect(report.unsignable.map(\.file) == ["linux-64/b-1-0.tar.bz2"])
        // The run that was refused has left its signatures in the ledger, where they do no harm.
        #expect(report.subdirs.map(\.keptCount) == [3, 1] && report.subdirs.map(\.signedCount) == [0, 0])
        #expect(try scene.verifyAll("noarch/repodata.json") == 1)
        #expect(
            try scene.signatures(of: "b-1-0.tar.bz2").isEmpty && !scene.signatures(of: "a-1-0.conda").isEmpty
        )
        #expect(report.json["status"] == "incomplete")
        let status = try scene.status()
        #expect(status.indexes[0].unsignableCount == 1 && status.indexes[0].staleCount == 0 && !status.isGood)
        // It never was in the ledger under this content.
        #expect(try await scene.sign(unsignable: .leftUnsigned).subdirs[0].signatureCount == 0)
    }

    @Test(
        "An index with text that two readers read in two ways is refused as a whole, also where others are left alone"
    )
    func ambiguousText() async throws {
        let scene = try await TrustScene.make()
        for (text, code) in [
            (#""\ud800""#, "json.encoding"), (#""a":1,"a-1-0.conda""#, "json.shape"),
        ] {
            try scene.write("{\"packages.conda\":{\"a-1-0.conda\":{\"name\":\(text)}, \(text): {}}}")
            #expect(
                await refusalCode { try await scene.sign(unsignable: .leftUnsigned) }?.hasPrefix(
                    code.prefix(4)
                ) == true
            )
        }
    }

    @Test("A file name in the section of the other kind is not signed")
    func wrongSection() async throws {
        let scene = try await TrustScene.make()
        try scene.write("{\"packages\":{\"a-1-0.conda\":\(TrustScene.record("a-1-0.conda"))}}")
        #expect(await refusalCode { try await scene.sign() } == "channel.record-unsignable")
    }

    @Test("Two of three keys: each record gets all signatures at hand, and one key is too few")
    func threshold() async throws {
        let scene = try await TrustScene.make(packageKeys: 3, threshold: 2)
        try scene.write(TrustScene.index(Self.files))
        let away = scene.folder.path + "/away.key", path = scene.keys.directory + "/package-3.key"
        try FileManager.default.moveItem(atPath: path, toPath: away)
        #expect(try await scene.sign().subdirs[0].signatureCount == 8)
        #expect(try scene.verifyAll() == 4 && scene.signatures(of: "c-2-0.conda").count == 2)
        // The third key need not sign what enough have signed, but may; what others signed is kept without them.
        try FileManager.default.moveItem(atPath: away, toPath: path)
        #expect(try await scene.sign().subdirs[0].signatureCount == 0)
        #expect(try await scene.sign(everything: true).subdirs[0].signatureCount == 4)
        for name in ["package-1.key", "package-2.key"] {
            try FileManager.default.removeItem(atPath: scene.keys.directory + "/" + name)
        }
        #expect(try await scene.sign().subdirs[0].signatureCount == 0)
        #expect(try scene.signatures(of: "c-2-0.conda").count == 3)
        try scene.write(scene.read().replacing(#""name": "b""#, with: #""license": "MIT", "name": "b""#))
        let before = try scene.read()
        #expect(await refusalCode { try await scene.sign() } == "channel.key-not-authorised")
        #expect(try scene.read() == before)
    }

    @Test("A key that is not named, or for the other form, is refused")
    func foreignKeys() async throws {
        let scene = try await TrustScene.make(.joint)
        try scene.write(TrustScene.index(Self.files))
        let key = try PrivateKey.generate(.ed25519)
        try KeyFile.write(key, to: scene.keys.directory + "/package-2.key", protection: .unsafelyUnencrypted)
        #expect(await refusalCode { try await scene.sign() } == "channel.key-not-authorised")
        try FileManager.default.removeItem(atPath: scene.keys.directory + "/package-2.key")
        try FileManager.default.copyItem(
            atPath: scene.keys.directory + "/package-1.key",
            toPath: scene.keys.directory + "/package-mamba-2.key"
        )
        #expect(await refusalCode { try await scene.sign() } == "channel.key-not-authorised")
    }

    @Test("After a key was taken away its signatures go, and the other keys sign anew")
    func rotation() async throws {
        let scene = try await TrustScene.make(packageKeys: 2)
        try scene.write(TrustScene.index(Self.files))
        #expect(try await scene.sign().subdirs[0].signatureCount == 8)
        let first = try #require(try scene.trust().keys(for: .full).first)
        try await scene.writeKeyManager(version: 2, without: [first])
        let path = try #require(
            try scene.keys.files(of: .package).first {
                try KeyFile.read($0).unverifiedPublicKey == first.publicKey
            }
        )
        try FileManager.default.removeItem(atPath: path)
        #expect(try scene.status().indexes[0].staleCount == 4)
        let report = try await scene.sign()
        #expect(report.subdirs[0].signatureCount == 0 && report.subdirs[0].isChanged)
        #expect(
            try scene.signatures(of: "c-2-0.conda").map(\.keyID) == scene.trust().keys(for: .full).map(\.hex)
        )
        #expect(try scene.status().isGood)
    }

    @Test("In the joint profile each record has a signature in each form; one that mamba cannot have is told")
    func jointProfile() async throws {
        let scene = try await TrustScene.make(.joint)
        let text = try TrustScene.index(Self.files)
        try scene.write(text.replacing(#""name": "c""#, with: #""license_family": "MIT", "name": "c""#))
        let report = try await scene.sign()
        #expect(
            report.subdirs[0].withoutMambaForm == ["c-2-0.conda"] && report.subdirs[0].signatureCount == 7
        )
        #expect(try scene.signatures(of: "a-1-0.conda").count == 2)
        #expect(try scene.signatures(of: "c-2-0.conda").count == 1)
        #expect(try scene.verifyAll() == 4)
        let status = try scene.status()
        #expect(
            status.indexes[0].withoutMambaFormCount == 1 && status.isGood && status.trust.profile == .joint
        )
        // The ledger knows that too: nobody needs to open the keys for it again.
        try FileManager.default.removeItem(atPath: scene.keys.directory + "/package-1.key")
        #expect(try await scene.sign().subdirs[0].withoutMambaForm == ["c-2-0.conda"])
    }

    @Test("When a package `pip` comes into the index, mamba's form of `python` is another, and is signed")
    func pip() async throws {
        let scene = try await TrustScene.make(.joint)
        try scene.write(TrustScene.index(["python-3.9-0.conda", "zlib-1-0.conda"]))
        #expect(try await scene.sign().subdirs[0].signatureCount == 4)
        try scene.write(TrustScene.index(["pip-1-0.conda", "python-3.9-0.conda", "zlib-1-0.conda"]))
        // Two for pip, one for python's form.
        #expect(try await scene.sign().subdirs[0].signatureCount == 3 + 1)
        #expect(try scene.status().isGood)
    }

    @Test("`pkg_mgr.json` is made for mamba, and renewed when a third of its life is left")
    func packageManager() async throws {
        let scene = try await TrustScene.make(.mamba, packageKeys: 2, threshold: 2)
        try scene.write(TrustScene.index([]))
        #expect(try scene.status().packageManagerNeed != nil)
        #expect(try await scene.sign().hasRenewedPackageManager)
        #expect(try scene.trust().packageManager?.metadata.version == 1)
        #expect(try await !scene.sign(now: TrustScene.start.advanced(byDays: 59)).hasRenewedPackageManager)
        let later = TrustScene.start.advanced(byDays: 61)
        #expect(try scene.status(now: later).nextSteps.count == 1)
        #expect(try await scene.sign(now: later).hasRenewedPackageManager)
        #expect(try scene.trust().packageManager?.metadata.version == 2)
        #expect(try scene.status(now: later).isGood)
    }

    @Test(
        "A `pkg_mgr.json` that somebody without keys put there decides nothing that the keys sign",
        arguments: [(Int64(1) << 53, "2026-01-01T00:00:00Z"), (1, "2099-01-01T00:00:00Z")]
    )
    func plantedPackageManager(_ version: Int64, _ date: String) async throws {
        let scene = try await TrustScene.make(.mamba)
        try scene.write(TrustScene.index([]))
        var planted = try TrustEnvelope(
            TrustMetadata(
                .packageManager,
                version: version,
                timestamp: #require(Timestamp(date)),
                expiration: #require(Timestamp("2100-01-01T00:00:00Z")),
                delegations: [:]
            )
        )
        try await planted.sign(with: PrivateKey.generate(.ed25519), now: TrustScene.start)
        try scene.write(String(decoding: planted.encoded(), as: UTF8.self), to: PackageManagerFile.name)
        #expect(try await scene.sign().hasRenewedPackageManager)
        #expect(try scene.trust().packageManager?.metadata.version == 1)
        #expect(try scene.status().isGood)
    }

    @Test("A chain of roots with a gap signs nothing")
    func gap() async throws {
        let scene = try await TrustScene.make()
        try scene.write(TrustScene.index(Self.files))
        try scene.write("{}", to: "3.root.json")
        #expect(await refusalCode { try await scene.sign() } == "content-trust.root-version")
    }

    @Test("An index that somebody writes meanwhile is not overwritten")
    func raceWithIndexer() async throws {
        let scene = try await TrustScene.make()
        let index = try RepodataFile(StoredBytes(Array(TrustScene.index(Self.files).utf8)))
        try scene.write("{}")
        let path = scene.directory + "/linux-64/repodata.json"
        let rewrite = try IndexRewrite(index, signatures: { _ in nil }, at: path)
        #expect(throws: Failure.self) { try rewrite.commit() }
        #expect(
            try scene.read() == "{}" && Folder.names(in: scene.directory + "/linux-64") == ["repodata.json"]
        )
    }

    @Test("What a run that died left behind goes away, and a stale compressed form is written again")
    func afterDeath() async throws {
        let scene = try await TrustScene.make()
        try scene.write(TrustScene.index(Self.files))
        try scene.write("x", to: "linux-64/repodata.json.zst")
        try await scene.sign()
        let good = try scene.folder.read("channel/linux-64/repodata.json.zst")
        for old in [Array("x".utf8), try Zstd.compress([1, 2]), Array(good.dropLast(3))] {
            try scene.folder.write(old, to: "channel/linux-64/repodata.json.zst")
            try scene.write("x", to: "linux-64/.repodata.json.tmp-0123")
            let report = try await scene.sign()
            #expect(report.subdirs[0].isChanged && report.subdirs[0].signatureCount == 0)
            #expect(try scene.folder.read("channel/linux-64/repodata.json.zst") == good)
            #expect(try Folder.names(in: scene.directory + "/linux-64").count == 2)
        }
    }

    @Test("Other forms of the index are named, for clients may prefer them")
    func otherForms() async throws {
        let scene = try await TrustScene.make()
        try scene.write(TrustScene.index(Self.files))
        for name in ["repodata.json.bz2", "repodata.jlap", "repodata_shards.msgpack.zst"] {
            try scene.write("x", to: "linux-64/" + name)
        }
        #expect(
            try await scene.sign().subdirs[0].otherForms == [
                "repodata.jlap", "repodata.json.bz2", "repodata_shards.msgpack.zst",
            ]
        )
        let unprotected = try scene.status().protection.unprotected
        #expect(unprotected.contains { $0.hasPrefix("shards carry no signatures") })
    }

    @Test("Expired metadata, another root than the owner's, and missing files are refused")
    func badMetadata() async throws {
        let scene = try await TrustScene.make()
        try scene.write(TrustScene.index(Self.files))
        let later = TrustScene.start.advanced(byDays: 181)
        #expect(await refusalCode { try await scene.sign(now: later) } == "content-trust.expired")
        #expect(try scene.status(now: later).nextSteps.first?.hasPrefix("`key_mgr` has run out") == true)
        let other = try await TrustScene.make()
        let root = try scene.folder.read("channel/1.root.json")
        try scene.folder.write(other.folder.read("channel/1.root.json"), to: "channel/1.root.json")
        #expect(await refusalCode { try await scene.sign() } == "channel.trust-root-differs")
        try scene.folder.write(root, to: "channel/1.root.json")
        try scene.folder.write(other.folder.read("channel/key_mgr.json"), to: "channel/key_mgr.json")
        #expect(await refusalCode { try await scene.sign() } == "content-trust.signatures")
        try FileManager.default.removeItem(atPath: scene.directory + "/key_mgr.json")
        #expect(await refusalCode { try await scene.sign() } == "channel.trust-missing")
        try FileManager.default.removeItem(atPath: scene.directory + "/1.root.json")
        #expect(await refusalCode { try await scene.sign() } == "channel.trust-missing")
        try FileManager.default.removeItem(atPath: scene.keys.directory + "/" + ChannelTrust.anchorFile)
        #expect(try ChannelTrust(directory: scene.directory, keys: scene.keys.directory) == nil)
    }

    @Test(
        "A ledger that is damaged, or of another program, is as good as none; one with a wrong signature is not believed twice"
    )
    func ledgers() async throws {
        let scene = try await TrustScene.make()
        try scene.write(TrustScene.index(Self.files))
        try await scene.sign()
        let good = try scene.folder.read("keys/record-signatures/linux-64.ledger")
        let keys = RecordKeys(try scene.trust().authority)
        #expect(good.count == RecordLedger.magic.count + 1 + 32 + 4 * 97 + 32)
        for length in [
            0, 1, RecordLedger.magic.count, RecordLedger.magic.count + 1, good.count - 1, good.count - 97,
        ] {
            var record = SignedRecord(digest: Digest.of([]).bytes[...])
            try RecordLedger(StoredBytes(Array(good.prefix(length))), keys).fill(&record)
            #expect(record.count == 0)
        }
        for at in stride(from: 0, to: good.count, by: 7) {
            var bad = good
            bad[at] ^= 1
            try scene.folder.write(bad, to: "keys/record-signatures/linux-64.ledger")
            #expect(try await scene.sign().subdirs[0].signatureCount == 0)
            #expect(try scene.verifyAll() == 4)
        }
    }
}

/// A small generator of numbers that are the same on every run.
struct SplitMix: RandomNumberGenerator {
    private var state: UInt64

    init(seed: UInt64) { state = seed }

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var z = state
        z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
        z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
        return z ^ (z >> 31)
    }
}
