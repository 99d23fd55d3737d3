// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

import TestSupport
import Testing
import TrustCore

@testable import SigningKeys

@Suite("Private keys")
struct PrivateKeyTests {
    @Test("A PEM private key of Python's belongs to its public key and signs", arguments: KeyVector.all)
    func imported(vector: KeyVector) throws {
        let key = try vector.privateKey()
        #expect(try key.publicKey == vector.publicKey())
        let signature = try key.sign(vector.message)
        #expect(key.publicKey.isValid(signature: signature, for: vector.message))
        #expect(try PrivateKey(pkcs8: key.pkcs8).publicKey == key.publicKey)
    }

    @Test("SEC 1 and PKCS #1 keys of Python's are read", arguments: [KeyVector.p256, .p384, .rsa])
    func traditional(vector: KeyVector) throws {
        let key = try PrivateKey(pem: Array(vector["traditional"].utf8))
        #expect(try key.publicKey == vector.publicKey())
    }

    @Test("A new key signs", arguments: [SignatureScheme.ed25519, .ecdsaP256, .ecdsaP384])
    func generated(scheme: SignatureScheme) throws {
        let (a, b) = (try PrivateKey.generate(scheme), try PrivateKey.generate(scheme))
        #expect(a.publicKey != b.publicKey)
        for message in [[], [0x61], [UInt8](repeating: 7, count: 100_000)] {
            #expect(a.publicKey.isValid(signature: try a.sign(message), for: message))
            #expect(!a.publicKey.isValid(signature: try b.sign(message), for: message))
        }
        #expect(a.publicKey.scheme == scheme)
    }

    @Test("ECDSA signatures are DER that the reader takes, many times over")
    func manySignatures() throws {
        let key = try PrivateKey.generate(.ecdsaP256)
        for number in 0..<200 {
            let message = Array("message \(number)".utf8)
            #expect(key.publicKey.isValid(signature: try key.sign(message), for: message))
        }
    }

    static let refused: [(name: String, pem: String, code: String)] = [
        ("a public key", KeyVector.p256["publicPEM"], "key.malformed"),
        ("P-521", KeyVector.refused("p521", "private"), "key.unknown-type"),
        ("secp256k1", KeyVector.refused("secp256k1", "private"), "key.unknown-type"),
        ("RSA with 1024 bits", KeyVector.refused("rsa1024", "private"), "key.too-weak"),
        ("encrypted PKCS #8", KeyVector.p256["encryptedPKCS8"], "key.foreign-encryption"),
        ("encrypted PKCS #1", KeyVector.rsa["encryptedTraditional"], "key.foreign-encryption"),
        ("nothing", "", "key.malformed"),
        ("two keys", KeyVector.p256["pkcs8"] + KeyVector.p256["pkcs8"], "key.malformed"),
        (
            "a label that is none", KeyVector.p256["pkcs8"].replacing("PRIVATE KEY", with: "DSA KEY"),
            "key.malformed"
        ),
        (
            "labels that differ", KeyVector.p256["pkcs8"].replacing("END PRIVATE", with: "END PUBLIC"),
            "key.malformed"
        ),
    ]

    @Test("What is not a good private key is refused for its reason", arguments: refused)
    func refusedKeys(name: String, pem: String, code: String) {
        #expect(refusalCode { try PrivateKey(pem: Array(pem.utf8)) } == code)
    }

    @Test("An X25519 key is not taken for an Ed25519 key")
    func agreementKey() throws {
        // The two differ in one byte of the object identifier.
        var info = try KeyVector.ed25519.privateKey().pkcs8
        info[11] = 0x6E
        #expect(refusalCode { try PrivateKey(pkcs8: info) } == "key.unknown-type")
    }

    @Test("A public key beside the private one must belong to it")
    func pairs() throws {
        let key = try PrivateKey.generate(.ed25519)
        let other = try PrivateKey.generate(.ed25519)
        let plain = key.pkcs8
        func withPublic(_ publicKey: PublicKey) -> [UInt8] {
            let bits = DERWriter.element(0x81, [0] + publicKey.subjectPublicKeyInfo.suffix(32))
            return DERWriter.sequence([0x02, 0x01, 0x01] + Array(plain.dropFirst(5)) + bits)
        }
        #expect(try PrivateKey(pkcs8: withPublic(key.publicKey)).publicKey == key.publicKey)
        #expect(refusalCode { try PrivateKey(pkcs8: withPublic(other.publicKey)) } == "key.pair-mismatch")
    }

    @Test("Nothing about a private key shows in text", arguments: KeyVector.all)
    func redacted(vector: KeyVector) throws {
        let key = try vector.privateKey()
        let passphrase = try Passphrase("correct horse")
        struct Holder { let key: PrivateKey, passphrase: Passphrase, locked: LockedKey }
        let holder = Holder(key: key, passphrase: passphrase, locked: LockedKey(.open(key)))
        var dumped = ""
        dump(holder, to: &dumped)
        let text = "\(key) \(String(reflecting: key)) \(passphrase) \(String(reflecting: holder)) \(dumped)"
        #expect(!text.contains("horse"))
        let secret = Hex.encode(key.pkcs8.suffix(32))
        #expect(!text.contains(secret) && !text.contains("Mutex") && !text.contains("material"))
    }
}
