// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

import Crypto
import Foundation
import TestSupport
import Testing
import TrustCore

@testable import SigningKeys

@Suite("RSA-PSS with salts of any length")
struct PSSSaltTests {
    /// One signature by Python's cryptography.
    struct Case: Sendable, CustomTestStringConvertible {
        let what: String
        let pem: String
        let signature: [UInt8]

        var testDescription: String { what }

        static func all(_ kind: String) -> [Case] {
            keys.flatMap { key in
                (key[kind]?.object?.members ?? []).map { member in
                    Case(
                        what: "\(key["bits"]?.integer ?? 0) bits, \(member.key)",
                        pem: key["public"]?.string ?? "",
                        signature: Hex.decode(member.value.string ?? "") ?? []
                    )
                }
            }
        }

        private static let keys = SignatureVectors.keys(of: "rsa-pss")
    }

    private static let message = SignatureVectors.message(of: "rsa-pss")

    @Test("A signature verifies whatever its salt's length is", arguments: Case.all("salts"))
    func accepted(test: Case) throws {
        let key = try tufKey("rsa", "rsassa-pss-sha256", test.pem)
        #expect(key.isValid(signature: test.signature, for: Self.message))
        #expect(!key.isValid(signature: test.signature, for: Self.message + [0]))
    }

    @Test("So does the one with the longest salt among the first vectors")
    func longest() throws {
        let vector = KeyVector.rsa
        #expect(
            try vector.publicKey().isValid(signature: vector.bytes("longSaltSignature"), for: vector.message)
        )
    }

    @Test("A signature of another kind or over another message does not", arguments: Case.all("refused"))
    func refused(test: Case) throws {
        #expect(!test.signature.isEmpty)
        let key = try tufKey("rsa", "rsassa-pss-sha256", test.pem)
        #expect(!key.isValid(signature: test.signature, for: Self.message))
    }

    @Test("A signature with one bit changed does not verify", arguments: Case.all("salts").prefix(8))
    func changed(test: Case) throws {
        let key = try tufKey("rsa", "rsassa-pss-sha256", test.pem)
        for at in stride(from: 0, to: test.signature.count, by: 17) {
            var signature = test.signature
            signature[at] ^= 1 << UInt8(at % 8)
            #expect(!key.isValid(signature: signature, for: Self.message))
        }
        for signature in [test.signature.dropLast(), test.signature + [0], [0] + test.signature] {
            #expect(!key.isValid(signature: Array(signature), for: Self.message))
        }
        #expect(
            !key.isValid(signature: [UInt8](repeating: 0xFF, count: test.signature.count), for: Self.message)
        )
        #expect(
            !key.isValid(signature: [UInt8](repeating: 0, count: test.signature.count), for: Self.message)
        )
    }

    @Test(
        "Our own arithmetic gives the encoded message that the standard asks for",
        arguments: Case.all("salts")
    )
    func operation(test: Case) throws {
        let block = try PEMBlock.read(Array(test.pem.utf8), "test")
        guard case .rsa(_, let numbers) = try SubjectPublicKeyInfo.read(block.bytes) else {
            Issue.record("not an RSA key")
            return
        }
        let encoded = try #require(RSAPublicOperation(numbers)(test.signature))
        let digest = Array(SHA256.hash(data: Self.message))
        #expect(encoded.count == numbers.modulus.count && encoded.last == 0xBC)
        #expect(PSSEncoding.isConsistent(encoded, bits: numbers.bits - 1, digest: digest))
        // A number that is not smaller than the modulus is not a signature.
        #expect(RSAPublicOperation(numbers)(numbers.modulus) == nil)
        // The trailer, the hash, the unused bits and the padding each count.
        for at in [encoded.count - 1, encoded.count - 2, 0, 1, 2] {
            var damaged = encoded
            damaged[at] ^= 0x80
            #expect(!PSSEncoding.isConsistent(damaged, bits: numbers.bits - 1, digest: digest))
        }
        #expect(!PSSEncoding.isConsistent([], bits: 0, digest: digest))
        #expect(!PSSEncoding.isConsistent([0xBC], bits: 8, digest: digest))
    }

    @Test("Powers of small numbers come out as they should", arguments: [UInt64(0), 1, 2, 3, 255])
    func powers(base: UInt64) throws {
        // 3 to 255 to the third power are smaller than any modulus of ours.
        let modulus = [UInt8](repeating: 0xC5, count: 256)
        let numbers = try RSAPublicNumbers(modulus: modulus, exponent: [3])
        var signature = [UInt8](repeating: 0, count: 256)
        signature[255] = UInt8(base)
        let power = try #require(RSAPublicOperation(numbers)(signature))
        #expect(power.suffix(8).reduce(0) { $0 << 8 | UInt64($1) } == base * base * base)
        #expect(power.dropLast(8).allSatisfy { $0 == 0 })
        // (n - 1)³ ≡ -1
        var less = modulus
        less[255] -= 1
        #expect(RSAPublicOperation(numbers)(less) == less)
    }
}

/// Signatures in `Tests/Vectors/keys`, made by `make-more.py`.
enum SignatureVectors {
    static func keys(of name: String) -> [JSONObject] {
        (file(name)?["keys"]?.array ?? []).compactMap(\.object)
    }

    static func message(of name: String) -> [UInt8] {
        Hex.decode(file(name)?["message"]?.string ?? "") ?? []
    }

    private static func file(_ name: String) -> JSONObject? {
        let path = SharedData.checkout + "/Tests/Vectors/keys/\(name).json"
        guard let data = FileManager.default.contents(atPath: path) else { return nil }
        return try? JSONReader.read(Array(data), of: name).object
    }
}
