// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

import Foundation
import SigningKeys
import TestSupport
import Testing
import TrustCore

@testable import TUF

/// What is no advisory, but makes implementations disagree: docs/advisories.md, 33 to 37.
@Suite("Traps of the format")
struct FormatTrapTests {
    @Test(
        "OLPC canonical JSON: text is signed as it is; two spellings that Unicode calls equal are two names"
    )
    func noNormalisation() async throws {
        let (composed, decomposed) = ("caf\u{E9}", "cafe\u{301}")
        var scene = try Scene {
            try $0.add(composed, "one")
            try $0.add(decomposed, "two")
        }
        let client = scene.client()
        for (name, content) in [(composed, "one"), (decomposed, "two")] {
            try await client.requiredTarget(#require(TargetPath(name))).verify(Array(content.utf8))
        }
        // What was signed with one spelling is not signed with the other.
        let text = String(decoding: try #require(scene.repository.files["1.targets.json"]), as: UTF8.self)
        let swapped = text.unicodeScalars.split(separator: "\u{E9}", omittingEmptySubsequences: false)
            .map { String($0) }.joined(separator: "e\u{302}")
        scene.repository.files["1.targets.json"] = Array(swapped.utf8)
        scene.store.remove(.role(.targets))
        #expect(await refusalCode { try await scene.refresh() } == "tuf.signatures")
    }

    @Test(
        "OLPC canonical JSON: a key that is there twice, or a fraction, is refused before signatures are checked"
    )
    func ambiguousJSON() async throws {
        for (old, new, code) in [
            (#""version":1"#, #""version":1,"version":2"#, "json.duplicate-key"),
            (#""version":1"#, #""version":1,"\u0076ersion":2"#, "json.duplicate-key"),
            (#""version":1"#, #""version":1.0"#, "json.number"),
            (#""version":1"#, #""version":1,"x":0.5"#, "json.number"),
        ] {
            var scene = try Scene()
            let text = String(decoding: try #require(scene.repository.files["timestamp.json"]), as: UTF8.self)
            let parts = text.components(separatedBy: old)
            try #require(parts.count > 1)
            scene.repository.files["timestamp.json"] = Array(parts.joined(separator: new).utf8)
            #expect(await refusalCode { try await scene.refresh() } == code)
        }
    }

    @Test("TAP 12: key ids are opaque; none is recomputed from its key")
    func opaqueKeyIDs() async throws {
        let key = PrivateKey.fresh
        for id in ["k", "../k", "", "caf\u{E9}", String(repeating: "0", count: 64)] {
            var scene = try Scene()
            try scene.repository.forge(.root) { root in
                try root.edit("keys") { $0[id] = key.publicKey.tufKeyObject }
                try root.edit("roles") { $0["timestamp"] = ["keyids": [.string(id)], "threshold": 1] }
            }
            try scene.repository.serve(.timestamp, signatures: [(id, key)])
            try await scene.refresh()
            #expect(try scene.storedVersions() == [2, 1, 1, 1])
        }
    }

    @Test(
        "Specification 4.2.1: a date has one form; fractions and offsets are refused, not guessed at",
        arguments: [
            "2030-01-01T00:00:00.5Z", "2030-01-01T00:00:00+00:00", "2030-01-01T00:00:00-06:00",
            "2030-01-01 00:00:00Z", "2030-01-01T00:00:00z", "2030-01-01T00:00:00", "2030-02-30T00:00:00Z",
            "2030-01-01T24:00:00Z", "2030-01-01T00:00:0\u{0660}Z", "", "20300101T000000Z",
        ]
    )
    func dates(_ text: String) async throws {
        var scene = try Scene()
        try scene.repository.forge(.timestamp) { $0["expires"] = .string(text) }
        #expect(await refusalCode { try await scene.refresh() } == "tuf.expires-format")
    }

    @Test(
        "RFC 3279: ECDSA signatures are DER, with a leading zero where the first bit is set, and nothing else"
    )
    func ecdsaEncoding() async throws {
        var scene = try Scene()
        let key = try PrivateKey.generate(.ecdsaP256)
        try scene.repository.bumpRoot {
            $0.keys[.timestamp] = [key]
            try $0.root.set(.timestamp, to: RoleSetup([key.publicKey]))
        }
        let message = try CanonicalJSON.encode(.object(scene.repository.json(.timestamp)))
        func serve(_ signature: [UInt8]) {
            let id = KeyDefinition(key.publicKey).computedID.text
            scene.repository.files["timestamp.json"] = JSONWriter.encode([
                "signatures": [["keyid": .string(id), "sig": .string(Hex.encode(signature))]],
                "signed": .object((try? scene.repository.json(.timestamp)) ?? JSONObject()),
            ])
        }
        // About one signature in four has two numbers whose first bit is set: 3046 0221 00… 0221 00….
        var long: [UInt8] = []
        for _ in 0..<1_000 where long.count != 72 { long = try key.sign(message) }
        #expect(long.starts(with: [0x30, 0x46, 0x02, 0x21, 0x00]))
        serve(long)
        try await scene.refresh()
        let (r, s) = (Array(long[5..<37]), Array(long[40..<72]))
        let spoiled = [
            r + s, [0x30, 0x44, 0x02, 0x20] + r + [0x02, 0x20] + s, long + [0], Array(long.dropLast()),
            [0x30, 0x81, 0x46] + long.dropFirst(2), [],
        ]
        for signature in spoiled {
            serve(signature)
            scene.store.remove(.role(.timestamp))
            #expect(await refusalCode { try await scene.refresh() } == "tuf.signatures")
        }
    }
}
