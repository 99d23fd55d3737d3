// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

import SigningKeys
import TestSupport
import Testing
import TrustCore

@Suite("Public keys")
struct PublicKeyTests {
    @Test("A key and a signature by securesystemslib verify", arguments: KeyVector.all)
    func othersVerify(vector: KeyVector) throws {
        let key = try vector.publicKey()
        #expect(key.scheme.rawValue == vector["scheme"])
        #expect(key.isValid(signature: vector.bytes("signature"), for: vector.message))
        #expect(!key.isValid(signature: vector.bytes("signature"), for: vector.message + [0]))
        #expect(!key.isValid(signature: vector.bytes("signature"), for: []))
    }

    @Test("Any bit flipped in a signature makes it invalid", arguments: KeyVector.all)
    func flippedBits(vector: KeyVector) throws {
        let key = try vector.publicKey()
        let signature = vector.bytes("signature")
        for at in signature.indices {
            var altered = signature
            altered[at] ^= 1 << UInt8(at % 8)
            #expect(!key.isValid(signature: altered, for: vector.message), "byte \(at)")
        }
    }

    @Test("A signature of a wrong length is invalid and does not trap", arguments: KeyVector.all)
    func wrongLengths(vector: KeyVector) throws {
        let key = try vector.publicKey()
        let signature = vector.bytes("signature")
        for length in 0..<signature.count {
            #expect(!key.isValid(signature: Array(signature.prefix(length)), for: vector.message))
        }
        for extra in [1, 2, 64, 100_000] {
            let long = signature + [UInt8](repeating: 0, count: extra)
            #expect(!key.isValid(signature: long, for: vector.message))
        }
    }

    @Test("A signature by another key is invalid, whatever the schemes")
    func crossed() throws {
        for a in KeyVector.all {
            for b in KeyVector.all where a["scheme"] != b["scheme"] {
                #expect(try !a.publicKey().isValid(signature: b.bytes("signature"), for: a.message))
            }
        }
    }

    @Test("RSA signatures with another padding are invalid")
    func otherPadding() throws {
        let (vector, key) = (KeyVector.rsa, try KeyVector.rsa.publicKey())
        #expect(!key.isValid(signature: vector.bytes("pkcs1Signature"), for: vector.message))
    }

    @Test("One key in two spellings is one key")
    func spellings() throws {
        for (vector, curve) in [(KeyVector.p256, "256"), (.p384, "384")] {
            let scheme = "ecdsa-sha2-nistp\(curve)"
            let keys: Set<PublicKey> = [
                try vector.publicKey(),
                try tufKey("ecdsa", scheme, vector["point"]),
                try tufKey("ecdsa", scheme, vector["point"].uppercased()),
                try tufKey("ecdsa", scheme, vector["compressedPoint"]),
                try tufKey(scheme, scheme, vector["publicPEM"]),
                try tufKey(
                    scheme,
                    scheme,
                    " \n" + vector["publicPEM"].replacing("\n", with: "\r\n") + "\n\n"
                ),
                try PublicKey(pem: vector["publicPEM"]),
            ]
            #expect(keys.count == 1)
            for key in keys {
                #expect(key.isValid(signature: vector.bytes("signature"), for: vector.message))
            }
        }
        let rsa = KeyVector.rsa
        #expect(try rsa.publicKey() == tufKey("rsa", "rsassa-pss-sha256", rsa["publicPKCS1"]))
        #expect(try rsa.publicKey() == PublicKey(pem: rsa["publicPKCS1"]))
        let ed25519 = KeyVector.ed25519
        let upper = try tufKey("ed25519", "ed25519", ed25519["value"].uppercased())
        #expect(try ed25519.publicKey() == upper)
        #expect(upper.tufPublicValue == ed25519["value"].uppercased())
        #expect(try ed25519.publicKey() == PublicKey(ed25519: Hex.decode(ed25519["value"]) ?? []))
    }

    @Test("A key is written as others write it", arguments: KeyVector.all)
    func written(vector: KeyVector) throws {
        let key = try PublicKey(pem: vector["publicPEM"])
        #expect(key.pem == vector["publicPEM"])
        #expect(key.tufKeyType == vector["keytype"])
        #expect(key.tufPublicValue == vector["value"])
        #expect(try PublicKey(subjectPublicKeyInfo: key.subjectPublicKeyInfo) == key)
        #expect(try PublicKey(tufKeyObject: key.tufKeyObject) == key)
        // securesystemslib's key id.
        let keyID = Digest.of(try CanonicalJSON.encode(key.tufKeyObject)).hex
        #expect(keyID == vector["keyid"])
    }

    static let refused: [(type: String, scheme: String, value: String, code: String)] = {
        let ed = KeyVector.ed25519["value"]
        let p256 = KeyVector.p256
        let p256Scheme = "ecdsa-sha2-nistp256"
        return [
            ("ed448", "ed448", ed, "key.unknown-type"),
            ("", "", "", "key.unknown-type"),
            ("ED25519", "ed25519", ed, "key.unknown-type"),
            ("ed25519", "ed25519ph", ed, "key.unknown-scheme"),
            ("rsa", "rsa-pkcs1v15-sha256", KeyVector.rsa["value"], "key.unknown-scheme"),
            // CVE-2015-9258: an RSA key read as Ed25519, and other mixtures.
            ("rsa", "ed25519", ed, "key.scheme-mismatch"),
            ("ed25519", "rsassa-pss-sha256", KeyVector.rsa["value"], "key.scheme-mismatch"),
            ("ecdsa-sha2-nistp256", "ecdsa-sha2-nistp384", KeyVector.p384["value"], "key.scheme-mismatch"),
            ("ecdsa", p256Scheme, KeyVector.p384["value"], "key.scheme-mismatch"),
            ("ecdsa", p256Scheme, KeyVector.rsa["value"], "key.scheme-mismatch"),
            ("ecdsa", p256Scheme, KeyVector.ed25519["publicPEM"], "key.scheme-mismatch"),
            ("rsa", "rsassa-pss-sha256", p256["value"], "key.scheme-mismatch"),
            // go-tuf 33d359c: Ed25519 keys of a wrong length.
            ("ed25519", "ed25519", "", "key.malformed"),
            ("ed25519", "ed25519", String(ed.dropLast(2)), "key.malformed"),
            ("ed25519", "ed25519", ed + "00", "key.malformed"),
            ("ed25519", "ed25519", String(repeating: "g", count: 64), "key.malformed"),
            ("ed25519", "ed25519", KeyVector.ed25519["publicPEM"], "key.malformed"),
            // y = p + 2, a second spelling of y = 2, and the same with the sign bit.
            ("ed25519", "ed25519", "ef" + String(repeating: "ff", count: 30) + "7f", "key.malformed"),
            ("ed25519", "ed25519", "ef" + String(repeating: "ff", count: 31), "key.malformed"),
            ("ed25519", "ed25519", "01" + String(repeating: "00", count: 31), "key.too-weak"),
            ("ed25519", "ed25519", String(repeating: "00", count: 31) + "80", "key.too-weak"),
            ("ed25519", "ed25519", "ec" + String(repeating: "ff", count: 30) + "7f", "key.too-weak"),
            (
                "ed25519", "ed25519", "26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc85",
                "key.too-weak"
            ),
            ("ecdsa", p256Scheme, "", "key.malformed"),
            ("ecdsa", p256Scheme, "00", "key.malformed"),
            ("ecdsa", p256Scheme, String(p256["point"].dropLast(2)), "key.malformed"),
            ("ecdsa", p256Scheme, String(p256["point"].dropLast(2)) + "ff0", "key.malformed"),
            ("ecdsa", p256Scheme, "04" + String(repeating: "00", count: 64), "key.malformed"),
            ("ecdsa", p256Scheme, "04" + String(repeating: "ff", count: 64), "key.malformed"),
            ("ecdsa", p256Scheme, "06" + p256["point"].dropFirst(2), "key.malformed"),
            ("ecdsa", p256Scheme, "02" + String(repeating: "ff", count: 32), "key.malformed"),
            ("ecdsa", p256Scheme, KeyVector.p384["point"], "key.malformed"),
            ("ecdsa", p256Scheme, KeyVector.refused("p521", "public"), "key.unknown-type"),
            ("ecdsa", p256Scheme, KeyVector.refused("secp256k1", "public"), "key.unknown-type"),
            ("ecdsa", p256Scheme, p256["pkcs8"], "key.malformed"),
            ("rsa", "rsassa-pss-sha256", KeyVector.refused("rsa1024", "public"), "key.too-weak"),
            ("rsa", "rsassa-pss-sha256", "", "key.malformed"),
            ("rsa", "rsassa-pss-sha256", KeyVector.rsa["value"] + KeyVector.rsa["value"], "key.malformed"),
            ("rsa", "rsassa-pss-sha256", "x" + KeyVector.rsa["value"], "key.malformed"),
            ("rsa", "rsassa-pss-sha256", String(repeating: "x", count: 20_000), "key.too-large"),
        ]
    }()

    @Test("What is not a good key is refused for its reason", arguments: refused.indices)
    func refusedKeys(at: Int) {
        let row = Self.refused[at]
        #expect(refusalCode { try tufKey(row.type, row.scheme, row.value) } == row.code, "\(row)")
    }

    @Test("Text from a key cannot bring control characters into a message")
    func printable() {
        do {
            _ = try tufKey("\u{1B}[31mx\u{202E}" + String(repeating: "y", count: 500), "", "")
        } catch {
            let text = "\(error)"
            #expect(
                text.utf8.allSatisfy { $0 != 0x1B } && !text.contains("\u{202E}") && text.utf8.count < 250
            )
        }
    }
}
