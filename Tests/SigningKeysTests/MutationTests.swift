// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

import TestSupport
import Testing
import TrustCore

@testable import SigningKeys

/// A small generator with a seed, so that a failure can be repeated.
struct SplitMix: RandomNumberGenerator {
    private var state: UInt64

    init(seed: UInt64) { state = seed }

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
        return mixed ^ (mixed >> 31)
    }
}

/// Damages bytes the way fuzzers do.
func mutated(_ bytes: [UInt8], using random: inout SplitMix) -> [UInt8] {
    var bytes = bytes
    for _ in 0..<Int.random(in: 1...3, using: &random) where !bytes.isEmpty {
        let at = Int.random(in: bytes.indices, using: &random)
        switch Int.random(in: 0..<7, using: &random) {
        case 0: bytes[at] ^= 1 << UInt8.random(in: 0..<8, using: &random)
        case 1: bytes[at] = [0, 0x7F, 0x80, 0x81, 0x84, 0xFF].randomElement(using: &random) ?? 0
        case 2: bytes.remove(at: at)
        case 3: bytes.insert(UInt8.random(in: .min ... .max, using: &random), at: at)
        case 4: bytes.removeSubrange(at...)
        case 5: bytes.removeSubrange(..<at)
        default: bytes += bytes[at...]
        }
    }
    return bytes
}

@Suite("Damaged input")
struct MutationTests {
    private static let rounds = 2_000

    @Test("A damaged public key is refused or is another key, and never traps", arguments: KeyVector.all)
    func publicKeys(vector: KeyVector) throws {
        let key = try vector.publicKey()
        var random = SplitMix(seed: 1)
        for _ in 0..<Self.rounds {
            let damaged = mutated(key.subjectPublicKeyInfo, using: &random)
            guard let other = try? PublicKey(subjectPublicKeyInfo: damaged) else { continue }
            // One key has one DER form, but for compressed points, which damage does not make by chance.
            #expect(other.subjectPublicKeyInfo == damaged)
            #expect(other == key || !other.isValid(signature: vector.bytes("signature"), for: vector.message))
        }
    }

    @Test("Damaged PEM and hexadecimal text never traps", arguments: KeyVector.all)
    func texts(vector: KeyVector) throws {
        var random = SplitMix(seed: 2)
        for text in [vector["value"], vector["publicPEM"], vector["point"], vector["publicPKCS1"]] {
            for _ in 0..<Self.rounds / 4 {
                let damaged = String(decoding: mutated(Array(text.utf8), using: &random), as: UTF8.self)
                let code = refusalCode {
                    try tufKey(vector["keytype"], vector["scheme"], damaged)
                }
                #expect(code == nil || code?.hasPrefix("key.") == true)
            }
        }
    }

    @Test("A damaged private key is refused or is whole, and never traps", arguments: KeyVector.all)
    func privateKeys(vector: KeyVector) throws {
        let key = try vector.privateKey()
        var random = SplitMix(seed: 3)
        let rounds = key.publicKey.scheme == .rsassaPSSSHA256 ? 100 : Self.rounds / 2
        for _ in 0..<rounds {
            let damaged = mutated(key.pkcs8, using: &random)
            let code = refusalCode { try PrivateKey(pkcs8: damaged) }
            #expect(code == nil || code?.hasPrefix("key.") == true)
        }
    }

    @Test("A damaged signature never verifies and never traps", arguments: KeyVector.all)
    func signatures(vector: KeyVector) throws {
        let key = try vector.publicKey()
        var random = SplitMix(seed: 4)
        for _ in 0..<Self.rounds / 4 {
            let damaged = mutated(vector.bytes("signature"), using: &random)
            guard damaged != vector.bytes("signature") else { continue }
            #expect(!key.isValid(signature: damaged, for: vector.message))
        }
    }

    @Test("A damaged key file is refused, and never traps")
    func keyFiles() throws {
        let file = try sealedFile(.generate(.ecdsaP256))
        var random = SplitMix(seed: 5)
        for _ in 0..<Self.rounds {
            let code = refusalCode { try KeyFileFormat.read(mutated(file, using: &random), weakest: cheap) }
            #expect(code == nil || code?.hasPrefix("key.") == true)
        }
    }

    @Test("Random bytes never trap a parser")
    func noise() {
        var random = SplitMix(seed: 6)
        for _ in 0..<Self.rounds {
            let length = Int.random(in: 0..<300, using: &random)
            let bytes = (0..<length).map { _ in UInt8.random(in: .min ... .max, using: &random) }
            #expect((try? PublicKey(subjectPublicKeyInfo: bytes)) == nil)
            #expect((try? PrivateKey(pkcs8: bytes)) == nil)
            #expect((try? PEMBlock.read(bytes, "noise")) == nil)
            #expect(ECDSASignature.fixedWidth(der: bytes, coordinateLength: 32) == nil)
        }
    }
}
