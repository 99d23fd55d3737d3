// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

import CondaFormats
import SigningKeys
import TestSupport
import Testing
import TrustCore

@testable import ContentTrust

/// Metadata and records that others signed.
@Suite(
    "Signatures that others made",
    .enabled(if: SharedData.isPresent, Comment(rawValue: SharedData.absence))
)
struct RealMetadataTests {
    @Test("Anaconda's production root verifies with both its hardware keys' signatures")
    func productionRoot() throws {
        let bytes = try Self.file("conda-trust-2026-03/anaconda-production-1.root.json")
        let root = try TrustChain(pinned: bytes).root
        #expect(
            root.keyIDs == [
                "508debb915ede0b16dc0cff63f250bde73c5923317b44719fcfc25cc95560c44",
                "6d4d5888398ad77465e9fd53996309187723e16509144aa6733015c960378e7a",
            ]
        )
        let envelope = try TrustEnvelope(parsing: bytes, as: .root)
        #expect(envelope.signedBytes.count == 695)
        #expect(Digest.of(envelope.signedBytes).hex.hasPrefix("33f936b6"))
        #expect(try envelope.encoded() == bytes)
        #expect(refusalCode { try root.checkExpiry(now: Self.now) } == "content-trust.expired")
    }

    @Test(
        "A chain of three roots and a key manager verify",
        arguments: ["conda-content-trust", "conda-trust-2026-03"]
    )
    func chain(folder: String) throws {
        var chain = try TrustChain(pinned: Self.file("\(folder)/tests/testdata/1.root.json"))
        try chain.append(Self.file("\(folder)/tests/testdata/2.root.json"))
        try chain.append(Self.file("\(folder)/tests/testdata/3.root.json"))
        #expect(chain.root.metadata.version == 3)
    }

    private static let mambaRoot = "mamba/libmamba/tests/data/validation/1.sv0.6.root.json"

    @Test("mamba's own 1.sv0.6.root.json: verifies to the byte, in OpenPGP's form, and has run out")
    func mambaRoot() throws {
        let bytes = try Self.file(Self.mambaRoot)
        let root = try TrustChain(pinned: bytes).root
        #expect(root.keyIDs == ["2b920f88531576643ada0a632915d1dcdd377557647093f29cbe251ba8c33724"])
        #expect(root.metadata.delegations[.keyManager]?.keys.count == 1)
        #expect(refusalCode { try root.checkExpiry(now: Self.now) } == "content-trust.expired")
        let envelope = try TrustEnvelope(parsing: bytes, as: .root)
        #expect(envelope.signatures.first?.headers != nil)
        // One bit of what is signed, and the root is nobody's.
        let altered = String(decoding: bytes, as: UTF8.self).replacing("2022-05-19", with: "2032-05-19")
        #expect(refusalCode { try TrustChain(pinned: Array(altered.utf8)) } == "content-trust.signatures")
    }

    /// The files, the bytes that are signed and their digest; of each signature, the digest that OpenPGP signs.
    static let vectors: [(path: String, count: Int, digest: String, signed: [String: String])] = [
        (
            "conda-trust-2026-03/anaconda-production-1.root.json", 695, "33f936b6…3728f",
            ["508debb9": "1d9524e9…e6e4", "6d4d5888": "cc399521…ccd32"]
        ),
        (
            "conda-content-trust/tests/testdata/1.root.json", 467, "8f264e8c…91c48",
            ["c8bd83b3": "7ed178f0…aa9d"]
        ),
        (mambaRoot, 467, "2c50c5a5…0a3e32", ["2b920f88": "5ad6a099…1b326"]),
    ]

    @Test("The signed bytes are those that the reference implementation signs", arguments: vectors.indices)
    func signedBytes(_ at: Int) throws {
        let vector = Self.vectors[at]
        let envelope = try TrustEnvelope(parsing: Self.file(vector.path), as: .root)
        #expect(envelope.signedBytes.count == vector.count)
        expectEnds(Digest.of(envelope.signedBytes).hex, vector.digest)
        #expect(envelope.signatures.count == vector.signed.count)
        for signature in envelope.signatures {
            let wrapped = Hex.encode(signature.signedBytes(of: envelope.signedBytes))
            expectEnds(wrapped, try #require(vector.signed[String(signature.keyID.prefix(8))]))
        }
    }

    @Test("A real record's signed bytes are those of the reference")
    func recordVector() throws {
        let index = try Self.index("conda-content-trust/tests/testdata/repodata_short_signed_sample.json")
        let text = try #require(index.recordText(fileName: "zstd-1.3.7-h0b5b093_0.conda"))
        let bytes = try PythonJSON.canonical(of: text, subject: "record")
        #expect(bytes.count == 468)
        expectEnds(Digest.of(bytes).hex, "6f25451c…428055")
    }

    private func expectEnds(_ hex: String, _ ends: String) {
        let parts = ends.split(separator: "…")
        #expect(hex.hasPrefix(parts[0]) && hex.hasSuffix(parts[1]), "\(hex)")
    }

    @Test("The three real records that Anaconda signed verify")
    func realRecords() async throws {
        let index = try Self.index("conda-content-trust/tests/testdata/repodata_short_signed_sample.json")
        let key = try TrustKey(
            hex: "4a044c3445b9d8bc5429a2b1d7d42bdb4d8404285b76322e8eacdfdae8b0e4cd",
            of: "Anaconda's key"
        )
        let outcomes = try Self.outcomes(index, await TrustScene().authority(over: [key]))
        #expect(outcomes.count == 3)
        #expect(outcomes.values.allSatisfy { $0 == "trusted" })
        let stranger = try TrustKey(PrivateKey.generate(.ed25519).publicKey)
        let others = try Self.outcomes(index, await TrustScene().authority(over: [stranger]))
        #expect(others.values.allSatisfy { $0 == "content-trust.record-signature" })
    }

    @Test("A whole channel verifies, from its root to its records, but for one record that was changed")
    func channel() async throws {
        let folder = "conda-trust-2026-03"
        var chain = try TrustChain(pinned: Self.file("\(folder)/tests/testdata/1.root.json"))
        for version in 2...3 {
            try chain.append(Self.file("\(folder)/tests/testdata/\(version).root.json"))
        }
        let bytes = try Self.file("\(folder)/tests/testdata/key_mgr.json")
        let keyManager = try chain.keyManager(bytes, now: Self.then)
        let outcomes = try Self.outcomes(
            Self.index("\(folder)/tests/testdata/repodata.json"),
            RecordAuthority(keyManager)
        )
        #expect(
            outcomes == [
                "broken-0.0.1-broken.tar.bz2": "content-trust.record-signature",
                "broken-0.0.1-broken.conda": "content-trust.record-unsigned",
                "first.tar.bz2": "trusted", "second.conda": "trusted", "third.conda": "trusted",
            ]
        )
    }

    static let invalid: [(folder: String, after: Int, file: String, code: String)] = [
        ("conda-content-trust", 1, "2.root_invalid.json", "content-trust.signatures"),
        ("conda-content-trust", 2, "3.root_invalid.json", "content-trust.signatures"),
        ("conda-content-trust", 1, "3.root_invalid.json", "content-trust.root-version"),
        ("conda-content-trust", 1, "3.root.json", "content-trust.root-version"),
        ("conda-content-trust", 1, "1.root.json", "content-trust.root-version"),
        ("conda-content-trust", 3, "2.root.json", "content-trust.root-version"),
        ("conda-content-trust", 1, "key_mgr.json", "content-trust.type"),
        ("conda-trust-2026-03", 1, "2.root_invalid.json", "content-trust.signatures"),
        ("conda-trust-2026-03", 2, "3.root_invalid.json", "content-trust.signatures"),
    ]

    @Test("Every root that is wrong is refused with its own code", arguments: invalid.indices)
    func invalidRoot(_ at: Int) throws {
        let (folder, after, file, code) = Self.invalid[at]
        var chain = try Self.chain(folder, to: after)
        #expect(refusalCode { try chain.append(Self.file("\(folder)/tests/testdata/\(file)")) } == code)
        #expect(chain.root.metadata.version == Int64(after))
    }

    @Test(
        "A root that its own keys have not signed cannot be pinned",
        arguments: ["2.root_invalid.json", "3.root_invalid.json"]
    )
    func invalidPin(file: String) throws {
        let bytes = try Self.file("conda-content-trust/tests/testdata/\(file)")
        #expect(refusalCode { try TrustChain(pinned: bytes) } == "content-trust.signatures")
    }

    @Test(
        "Every key manager's metadata that is wrong is refused with its own code, while its root is in force",
        arguments: [
            ("conda-content-trust", "key_mgr_invalid.json", "content-trust.signatures"),
            ("conda-content-trust", "key_mgr_verify.json", "content-trust.signatures"),
            ("conda-content-trust", "1.root.json", "content-trust.type"),
            ("conda-content-trust", "key_mgr.json", nil),
            ("conda-trust-2026-03", "key_mgr_invalid.json", "content-trust.signatures"),
            ("conda-trust-2026-03", "2.root.json", "content-trust.type"),
            ("conda-trust-2026-03", "key_mgr.json", nil),
        ] as [(String, String, String?)]
    )
    func invalidKeyManager(folder: String, file: String, code: String?) throws {
        let chain = try Self.chain(folder, to: 3)
        let bytes = try Self.file("\(folder)/tests/testdata/\(file)")
        let now = folder == "conda-content-trust" ? Self.earlier : Self.then
        #expect(refusalCode { try chain.keyManager(bytes, now: now) } == code)
        #expect(refusalCode { try chain.keyManager(unsafelyIgnoringExpiry: bytes) } == code)
        // Root and key manager ran out long ago.
        #expect(refusalCode { try chain.keyManager(bytes, now: Self.now) } == "content-trust.expired")
    }

    @Test("The key manager's metadata that another root's key manager signed verifies by that root")
    func otherRoot() throws {
        let chain = try Self.chain("conda-trust-2026-03", to: 3)
        let bytes = try Self.file("conda-content-trust/tests/testdata/key_mgr_verify.json")
        let verified = try chain.keyManager(bytes, now: Self.then)
        #expect(verified.keyIDs == ["e9f99cda4c5e15c4c81f978f75440c27cbfca44aed88662606f38b840c9842b2"])
    }

    private static func chain(_ folder: String, to version: Int) throws -> TrustChain {
        var chain = try TrustChain(pinned: file("\(folder)/tests/testdata/1.root.json"))
        for next in 2..<version + 1 { try chain.append(file("\(folder)/tests/testdata/\(next).root.json")) }
        return chain
    }

    private static func index(_ path: String) throws -> RepodataIndex { try RepodataIndex(file(path)) }

    /// What becomes of each record of an index: `trusted`, or a code.
    private static func outcomes(
        _ index: RepodataIndex,
        _ authority: RecordAuthority
    ) throws -> [String: String] {
        let table = try #require(try SignatureTable(index))
        try table.check { try RecordSignatures.check($1, of: $0) }
        var outcomes: [String: String] = [:]
        for name in index.fileNames {
            let text = try #require(index.recordText(fileName: name))
            let signatures = table.signatures(of: name.utf8)
            let record = RecordText(fileName: name, text: text, signatures: signatures)
            outcomes[name] = refusalCode { try record.verified(by: authority) } ?? "trusted"
        }
        return outcomes
    }

    private static let now = Timestamp(seconds: 1_795_000_000)
    /// In June 2021, when the older test metadata were in force.
    private static let earlier = Timestamp(seconds: 1_622_505_600)
    /// In December 2023, when the newer test metadata were in force.
    private static let then = Timestamp(seconds: 1_702_000_000)

    static func file(_ path: String) throws -> [UInt8] {
        try SharedData.bytes("conda/" + path)
    }
}
