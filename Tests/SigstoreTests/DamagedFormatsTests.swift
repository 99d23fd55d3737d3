// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

import Foundation
import Sigstore
import TestSupport
import Testing
import TrustCore

/// Damage by chance; the fuzzers in `Fuzz/` look further.
@Suite("Damaged bundles, trust roots, statements and sidecars")
struct DamagedFormatsTests {
    // Foundation has a type of this name too.
    private typealias Bundle = Sigstore.Bundle

    private static let pieces = [
        "null", "0", "-1", "\"\"", "[]", "{}", "true", "9223372036854775808", "\"AAAA\"", "\"EXACT\"",
        "\\u0000",
    ].map { Array($0.utf8) }

    @Test(
        "Nothing traps, every answer is a refusal, and what is accepted is written as the same",
        arguments: 0..<4
    )
    func damage(seed: Int) throws {
        var generator = Generator(state: UInt64(seed))
        let bundles = ["0.1", "0.2", "0.3", "message"].map { JSONWriter.encode(BundleSample.value($0)) }
        var accepted = 0
        for _ in 0..<120 {
            for bundle in bundles {
                let damaged = Self.damaged(bundle, &generator)
                try Self.answer {
                    let bundle = try Bundle(parsing: damaged, allowing: [.v01, .v02, .v03])
                    accepted += 1
                    let written = bundle.encoded()
                    #expect(try Bundle(parsing: written, allowing: [bundle.version]).encoded() == written)
                }
                let sidecar = Self.damaged(Array("[".utf8) + bundle + "]".utf8, &generator)
                try Self.answer {
                    let parts = try Sidecar(parsing: sidecar, expecting: nil, of: "sidecar").bundles
                    let values = try parts.map { try JSONReader.read($0, of: "part") }
                    #expect(try JSONReader.read(sidecar, of: "whole") == .array(values))
                }
            }
            let root = Self.damaged(JSONWriter.encode(TrustRootSample.root), &generator)
            try Self.answer { _ = try TrustedRoot(parsing: root) }
            let signing = Self.damaged(JSONWriter.encode(TrustRootSample.signing), &generator)
            try Self.answer {
                _ = try SigningConfig(parsing: signing).transparencyLogs(at: Moment(Timestamp(seconds: 0)))
            }
            let statement = Self.damaged(JSONWriter.encode(StatementSample.value), &generator)
            try Self.answer {
                let attestation = try PublishAttestation(Statement(parsing: statement))
                accepted += 1
                let written = attestation.encoded()
                #expect(try PublishAttestation(Statement(parsing: written)).encoded() == written)
                if let channel = attestation.targetChannel { #expect(channel.isSame(as: channel.text)) }
            }
        }
        // Most of a text is base64, in which one letter is as good as another.
        #expect(accepted > 10)
    }

    @Test("What the fuzzers begin with is read, and only one bundle is refused")
    func seeds() throws {
        let names = [
            "v0.1", "v0.2", "v0.2-root", "v0.3", "v0.3-key", "pep740", "pep740-provenance",
        ]
        let answers = try names.map { name in
            let bytes = try Self.seed("bundle/\(name)")
            return refusalCode {
                switch name {
                case "pep740": _ = try PEP740Attestation(parsing: bytes)
                case "pep740-provenance": _ = try PEP740Attestation.all(inProvenance: bytes)
                default: _ = try Bundle(parsing: bytes, allowing: [.v01, .v02, .v03])
                }
            }
        }
        #expect(answers == [nil, nil, "bundle.root-certificate", nil, nil, nil, nil])
        _ = try TrustedRoot(parsing: Array(Self.seed("trust-root/root").dropFirst(8)))
        for name in ["any", "exact"] {
            let config = try SigningConfig(
                parsing: Array(Self.seed("trust-root/signing-\(name)").dropFirst(8))
            )
            let moment = try #require(Moment("2026-06-01T00:00:00Z"))
            #expect(try config.transparencyLogs(at: moment).count == (name == "any" ? 1 : 2))
        }
        for name in ["publish", "address", "bare"] {
            _ = try PublishAttestation(Statement(parsing: Self.seed("statement/\(name)")))
        }
        for (name, count) in [("one", 1), ("two", 2)] {
            #expect(
                try Sidecar(parsing: Self.seed("sidecar/\(name)"), expecting: nil, of: name).count == count
            )
        }
    }

    private static func seed(_ path: String) throws -> [UInt8] {
        Array(try Data(contentsOf: URL(fileURLWithPath: SharedData.checkout + "/Fuzz/Seeds/" + path)))
    }

    private static func answer(_ body: () throws -> Void) throws {
        do { try body() } catch is Refusal {}
    }

    private static func damaged(_ bytes: [UInt8], _ generator: inout Generator) -> [UInt8] {
        var bytes = bytes
        for _ in 0..<Int.random(in: 1...2, using: &generator) where !bytes.isEmpty {
            let at = Int.random(in: 0..<bytes.count, using: &generator)
            let end = min(bytes.count, at + Int.random(in: 1...12, using: &generator))
            switch Int.random(in: 0..<8, using: &generator) {
            case 0: bytes.removeSubrange(at...)
            case 1: bytes[at] ^= 1 << UInt8.random(in: 0..<8, using: &generator)
            case 2: bytes.removeSubrange(at..<end)
            case 3: bytes.insert(contentsOf: bytes[at..<end], at: at)
            case 4: bytes[at] = Array("\"\\{}[]:,0u=".utf8).randomElement(using: &generator) ?? 0
            default:
                // A whole value by another: from a colon to the next comma.
                let start = bytes[at...].firstIndex(of: UInt8(ascii: ":")) ?? at
                let stop = bytes[start...].firstIndex(of: UInt8(ascii: ",")) ?? end
                let piece = pieces.randomElement(using: &generator) ?? []
                if start + 1 <= stop { bytes.replaceSubrange((start + 1)..<stop, with: piece) }
            }
        }
        return bytes
    }

    private struct Generator: RandomNumberGenerator {
        var state: UInt64

        mutating func next() -> UInt64 {
            state &+= 0x9E37_79B9_7F4A_7C15
            var z = state
            z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
            z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
            return z ^ (z >> 31)
        }
    }
}
