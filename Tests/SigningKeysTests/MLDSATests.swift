// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

import TestSupport
import Testing
import TrustCore

@testable import SigningKeys

@Suite("ML-DSA (TAP 21, draft)")
struct MLDSATests {
    /// A key and signatures by securesystemslib and Python's cryptography.
    struct Vector: Sendable, CustomTestStringConvertible {
        let members: JSONObject

        subscript(_ name: String) -> String { members[name]?.string ?? "" }
        func bytes(_ name: String) -> [UInt8] { Hex.decode(self[name]) ?? [] }
        var testDescription: String { self["scheme"] }

        func publicKey(accepting schemes: Set<SignatureScheme>) throws -> PublicKey {
            try PublicKey(
                tufKeyType: self["keytype"],
                scheme: self["scheme"],
                publicValue: self["value"],
                accepting: schemes
            )
        }

        static let all = SignatureVectors.keys(of: "ml-dsa").map(Vector.init)
        static let known = all.prefix(2)
    }

    private static let message = SignatureVectors.message(of: "ml-dsa")

    @Test("A signature by securesystemslib verifies where drafts are accepted", arguments: Vector.known)
    func verifies(vector: Vector) throws {
        let key = try vector.publicKey(accepting: SignatureScheme.withDrafts)
        #expect(key.scheme.rawValue == vector["scheme"])
        let signature = vector.bytes("signature")
        #expect(key.isValid(signature: signature, for: Self.message))
        #expect(!key.isValid(signature: signature, for: Self.message + [0]))
        #expect(!key.isValid(signature: Array(signature.dropLast()), for: Self.message))
        #expect(!key.isValid(signature: signature + [0], for: Self.message))
        #expect(!key.isValid(signature: [], for: Self.message))
        // Without the prefix and the digest it is a signature over something else.
        #expect(!key.isValid(signature: vector.bytes("plainSignature"), for: Self.message))
        for at in stride(from: 0, to: signature.count, by: 211) {
            var damaged = signature
            damaged[at] ^= 1
            #expect(!key.isValid(signature: damaged, for: Self.message))
        }
    }

    @Test("Unless somebody asks for drafts, the scheme is unknown", arguments: Vector.known)
    func isOffByDefault(vector: Vector) {
        #expect(
            refusalCode {
                _ = try tufKey(vector["keytype"], vector["scheme"], vector["value"])
            } == "key.unknown-scheme"
        )
    }

    @Test("ML-DSA-44, which the cryptography library lacks, is unknown even then")
    func parameterSet44() throws {
        let vector = try #require(Vector.all.last)
        #expect(vector["scheme"] == "ml-dsa-44/1")
        #expect(
            refusalCode {
                _ = try vector.publicKey(accepting: SignatureScheme.withDrafts)
            } == "key.unknown-scheme"
        )
        #expect(refusalCode { _ = try PublicKey(pem: vector["value"]) } == "key.unknown-type")
        #expect(refusalCode { _ = try PrivateKey(pem: Array(vector["pkcs8"].utf8)) } == "key.unknown-type")
    }

    @Test(
        "A private key by Python's cryptography is read, and what it signs verifies",
        arguments: Vector.known
    )
    func privateKeys(vector: Vector) throws {
        let key = try PrivateKey(pem: Array(vector["pkcs8"].utf8))
        #expect(try key.publicKey == vector.publicKey(accepting: SignatureScheme.withDrafts))
        #expect(key.publicKey.pem == vector["value"])
        let signature = try key.sign(Self.message)
        #expect(key.publicKey.isValid(signature: signature, for: Self.message))
        #expect(!key.publicKey.isValid(signature: signature, for: [1]))
        #expect(try PrivateKey(pkcs8: key.pkcs8).publicKey == key.publicKey)
        #expect(key.publicKey.tufKeyObject.object?["keytype"]?.string == "ml-dsa")
    }

    @Test("The seed beside an expanded key is read; an expanded key alone is not")
    func expanded() throws {
        let vector = try #require(Vector.known.first)
        let key = try PrivateKey(pem: Array(vector["pkcs8"].utf8))
        var outer = DERReader(key.pkcs8)
        let sequence = outer.sequence()
        var inner = try #require(sequence)
        _ = inner.nonnegativeInteger()
        _ = inner.element(0x30)
        let wrapped = inner.octetString()
        let octets = try #require(wrapped)
        var content = DERReader(octets)
        let tagged = content.element(0x80)
        let seed = try #require(tagged)
        let expanded = DERWriter.octetString([UInt8](repeating: 7, count: 4032))
        func pkcs8(_ content: [UInt8]) -> [UInt8] {
            DERWriter.sequence([2, 1, 0] + KeyAlgorithm.mlDSA65.der + DERWriter.octetString(content))
        }
        let both = DERWriter.sequence(DERWriter.octetString(seed) + expanded)
        #expect(try PrivateKey(pkcs8: pkcs8(both)).publicKey == key.publicKey)
        for content in [
            expanded, [], DERWriter.element(0x80, seed.dropLast()),
            DERWriter.sequence(DERWriter.octetString(seed)),
            DERWriter.element(0x80, seed) + [0],
        ] {
            #expect(refusalCode { _ = try PrivateKey(pkcs8: pkcs8(content)) } == "key.malformed")
        }
    }

    @Test(
        "A key that was made here, and its encrypted file, sign",
        arguments: [SignatureScheme.mlDSA65, .mlDSA87]
    )
    func generated(scheme: SignatureScheme) throws {
        let key = try PrivateKey.generate(scheme)
        var random = SystemRandomNumberGenerator()
        let passphrase = try Passphrase("secret")
        let file = try KeyFileFormat.write(
            key,
            .passphrase(passphrase),
            parameters: ScryptParameters(rounds: 16),
            using: &random
        )
        let locked = try KeyFileFormat.read(file, weakest: ScryptParameters(rounds: 16))
        let again = try locked.unlock { passphrase }
        #expect(again.publicKey == key.publicKey && key.publicKey.scheme == scheme)
        #expect(key.publicKey.isValid(signature: try again.sign([1, 2]), for: [1, 2]))
    }

    @Test("A public key of the wrong length is malformed")
    func lengths() throws {
        for (algorithm, count) in [(KeyAlgorithm.mlDSA65, 1951), (.mlDSA65, 2592), (.mlDSA87, 1952)] {
            let bits = DERWriter.bitString([UInt8](repeating: 1, count: count))
            let der = DERWriter.sequence(algorithm.der + bits)
            #expect(refusalCode { _ = try PublicKey(subjectPublicKeyInfo: der) } == "key.malformed")
        }
    }
}
