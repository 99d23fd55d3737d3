// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

import ContentTrust
import SigningKeys
import TestSupport
import Testing
import TrustCore

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

    private static let now = Timestamp(seconds: 1_795_000_000)

    static func file(_ path: String) throws -> [UInt8] {
        try SharedData.bytes("conda/" + path)
    }
}
