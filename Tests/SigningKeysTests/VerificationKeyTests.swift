// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

import Crypto
import CryptoExtras
import Foundation
import TestSupport
import Testing
import TrustCore

@testable import SigningKeys

@Suite("Keys that certificates, logs and bundles are verified with")
struct VerificationKeyTests {
    static let message = Array("a message".utf8)

    /// A key with a signature by each algorithm that is left to it.
    struct Signer: Sendable, CustomTestStringConvertible {
        let publicKey: [UInt8]
        let algorithm: SignatureAlgorithm
        let sign: @Sendable ([UInt8]) throws -> [UInt8]

        var testDescription: String { algorithm.rawValue }

        func key() throws -> VerificationKey {
            try VerificationKey(subjectPublicKeyInfo: publicKey, algorithm: algorithm)
        }
    }

    static let p256 = P256.Signing.PrivateKey(compactRepresentable: false)
    static let p384 = P384.Signing.PrivateKey(compactRepresentable: false)
    static let p521 = P521.Signing.PrivateKey(compactRepresentable: false)
    static let ed25519 = Curve25519.Signing.PrivateKey()
    static let ed25519Key = DERWriter.sequence(
        KeyAlgorithm.ed25519.der + DERWriter.bitString(Array(ed25519.publicKey.rawRepresentation))
    )

    static let ecdsa: [Signer] = [
        Signer(publicKey: Array(p256.publicKey.derRepresentation), algorithm: .ecdsaP256SHA256) {
            Array(try p256.signature(for: SHA256.hash(data: $0)).derRepresentation)
        },
        Signer(publicKey: Array(p384.publicKey.derRepresentation), algorithm: .ecdsaP384SHA384) {
            Array(try p384.signature(for: SHA384.hash(data: $0)).derRepresentation)
        },
        Signer(publicKey: Array(p384.publicKey.derRepresentation), algorithm: .ecdsaP384SHA256) {
            Array(try p384.signature(for: SHA256.hash(data: $0)).derRepresentation)
        },
        Signer(publicKey: Array(p521.publicKey.derRepresentation), algorithm: .ecdsaP521SHA512) {
            Array(try p521.signature(for: SHA512.hash(data: $0)).derRepresentation)
        },
        Signer(publicKey: Array(p521.publicKey.derRepresentation), algorithm: .ecdsaP521SHA256) {
            Array(try p521.signature(for: SHA256.hash(data: $0)).derRepresentation)
        },
    ]

    static let rsa: [Signer] = [
        (2048, SignatureAlgorithm.rsa2048PKCS1v15, SignatureAlgorithm.rsa2048PSS),
        (3072, .rsa3072PKCS1v15, .rsa3072PSS), (4096, .rsa4096PKCS1v15, .rsa4096PSS),
    ]
    .flatMap { bits, plain, pss in
        guard let key = try? _RSA.Signing.PrivateKey(keySize: .init(bitCount: bits)) else {
            return [Signer]()
        }
        let publicKey = Array(key.publicKey.derRepresentation)
        return [
            Signer(publicKey: publicKey, algorithm: plain) {
                let digest = SHA256.hash(data: $0)
                return Array(try key.signature(for: digest, padding: .insecurePKCS1v1_5).rawRepresentation)
            },
            Signer(publicKey: publicKey, algorithm: pss) {
                Array(try key.signature(for: SHA256.hash(data: $0), padding: .PSS).rawRepresentation)
            },
        ]
    }

    static let all =
        ecdsa + rsa + [
            Signer(publicKey: ed25519Key, algorithm: .ed25519) { Array(try ed25519.signature(for: $0)) }
        ]

    @Test("There is a signer here for every algorithm")
    func complete() {
        #expect(Set(Self.all.map(\.algorithm)) == Set(SignatureAlgorithm.allCases))
    }

    @Test("A signature verifies, and neither another message nor another key's", arguments: all)
    func signature(signer: Signer) throws {
        let key = try signer.key()
        let signature = try signer.sign(Self.message)
        #expect(key.isValid(signature: signature, for: Self.message))
        #expect(!key.isValid(signature: signature, for: Self.message + [0]))
        #expect(!key.isValid(signature: [], for: Self.message))
        #expect(!key.isValid(signature: signature + [0], for: Self.message))
        #expect(!key.isValid(signature: Array(signature.dropLast()), for: Self.message))
        for at in stride(from: 0, to: signature.count, by: 7) {
            var changed = signature
            changed[at] ^= 1
            #expect(!key.isValid(signature: changed, for: Self.message))
        }
        for other in Self.all where other.publicKey != signer.publicKey || other.algorithm != signer.algorithm
        {
            #expect(!(try other.key()).isValid(signature: signature, for: Self.message))
        }
    }

    @Test("A digest is verified if it is by the algorithm's hash function, and else never", arguments: all)
    func digest(signer: Signer) throws {
        let key = try signer.key()
        let signature = try signer.sign(Self.message)
        for algorithm in DigestAlgorithm.allCases {
            let digest = Digest.of(Self.message, by: algorithm)
            #expect(key.isValid(signature: signature, for: digest) == (algorithm == signer.algorithm.digest))
        }
    }

    @Test("A key signs as such keys usually do, and is named by the digest of its DER")
    func usual() throws {
        let usual: [SignatureAlgorithm] = [
            .ecdsaP256SHA256, .ecdsaP384SHA384, .ecdsaP521SHA512, .ed25519, .rsa2048PKCS1v15,
            .rsa3072PKCS1v15,
            .rsa4096PKCS1v15,
        ]
        for signer in Self.all where usual.contains(signer.algorithm) {
            let key = try VerificationKey(subjectPublicKeyInfo: signer.publicKey)
            #expect(key.algorithm == signer.algorithm)
            #expect(key.fingerprint == Digest.of(signer.publicKey))
            let pem = PEMBlock.write(label: "PUBLIC KEY", signer.publicKey)
            #expect(try VerificationKey(pem: pem) == key)
            #expect(try VerificationKey(pem: pem).hashValue == key.hashValue)
        }
    }

    @Test("ECDSA signatures have one form: strict DER of two positive numbers", arguments: ecdsa)
    func malleable(signer: Signer) throws {
        let key = try signer.key()
        let signature = try signer.sign(Self.message)
        var outer = DERReader(signature)
        let sequenceInside = outer.sequence()
        var inner = try #require(sequenceInside)
        let (first, second) = (inner.positiveInteger(), inner.positiveInteger())
        let r = Array(try #require(first)), s = Array(try #require(second))
        func integer(_ bytes: [UInt8]) -> [UInt8] { DERWriter.element(0x02, bytes) }
        func plain(_ bytes: [UInt8]) -> [UInt8] { DERWriter.integer(bytes[...]) }
        func sequence(_ parts: [UInt8]...) -> [UInt8] { DERWriter.sequence(parts.flatMap(\.self)) }
        #expect(key.isValid(signature: sequence(plain(r), plain(s)), for: Self.message))
        let others: [[UInt8]] = [
            // Something after it, within it, and within a number.
            signature + [0], signature + signature, sequence(plain(r), plain(s), [0x05, 0x00]),
            sequence(plain(r), plain(s), plain(s)), sequence(plain(r)),
            // A leading zero too many.
            sequence(integer([0, 0] + r), plain(s)), sequence(plain(r), integer([0, 0] + s)),
            // Negative numbers: the same bytes with their sign, and what is minus the number.
            sequence(integer([0xFF] + r), plain(s)),
            sequence(integer([0x80 | r[0]] + r.dropFirst()), plain(s)),
            sequence(plain(r), integer([0x80 | s[0]] + s.dropFirst())),
            // Nothing, and zero.
            sequence(integer([]), plain(s)), sequence(plain([]), plain(s)), sequence(plain(r), plain([])),
            // Longer forms of lengths, and one without a length.
            [0x30, 0x84, 0, 0, 0, UInt8(truncatingIfNeeded: signature.count - 2)] + signature.dropFirst(2),
            [0x30, 0x80] + plain(r) + plain(s) + [0, 0],
            // Other tags, r ‖ s without DER, numbers that are too long.
            [0x31] + signature.dropFirst(), sequence(DERWriter.octetString(r), DERWriter.octetString(s)),
            r + s,
            sequence(plain([1] + Array(repeating: 0, count: 66)), plain(s)),
            sequence(plain(r), plain(Array(repeating: 0xFF, count: s.count))),
        ]
        for (number, other) in others.enumerated() {
            #expect(!key.isValid(signature: other, for: Self.message), "form \(number)")
        }
    }

    @Test("Signatures of RSA have one form: as long as the modulus, and smaller", arguments: rsa)
    func rsaForms(signer: Signer) throws {
        let key = try signer.key()
        let signature = try signer.sign(Self.message)
        for other in [[0] + signature, Array(repeating: 0xFF, count: signature.count)] {
            #expect(!key.isValid(signature: other, for: Self.message))
        }
    }

    /// A key's DER with another point, of P-256, P-384 and P-521.
    private static func onCurve(_ curve: [UInt8], _ point: [UInt8]) -> [UInt8] {
        let algorithm =
            DERWriter.objectIdentifier(KeyAlgorithm.ellipticCurve) + DERWriter.objectIdentifier(curve)
        return DERWriter.sequence(DERWriter.sequence(algorithm) + DERWriter.bitString(point))
    }

    static let curves: [([UInt8], full: [UInt8], short: [UInt8])] = [
        (
            [0x2A, 0x86, 0x48, 0xCE, 0x3D, 0x03, 0x01, 0x07], Array(p256.publicKey.x963Representation),
            Array(p256.publicKey.compressedRepresentation)
        ),
        (
            [0x2B, 0x81, 0x04, 0x00, 0x22], Array(p384.publicKey.x963Representation),
            Array(p384.publicKey.compressedRepresentation)
        ),
        (
            [0x2B, 0x81, 0x04, 0x00, 0x23], Array(p521.publicKey.x963Representation),
            Array(p521.publicKey.compressedRepresentation)
        ),
    ]

    @Test("A key on a curve is a point on that curve, written in full", arguments: curves)
    func points(curve: [UInt8], full: [UInt8], short: [UInt8]) throws {
        func code(_ point: [UInt8]) -> String? {
            refusalCode { try VerificationKey(subjectPublicKeyInfo: Self.onCurve(curve, point)) }
        }
        #expect(code(full) == nil)
        var beside = full
        beside[full.count - 1] ^= 1
        let others: [[UInt8]] = [
            short, beside, [], [0], [4], Array(full.dropLast()), full + [0], [4] + full,
            [6] + full.dropFirst(),
        ]
        for other in others { #expect(code(other) == "key.malformed") }
        for (other, point, _) in Self.curves where other != curve {
            #expect(code(point) == "key.malformed")
        }
    }

    @Test("An RSA key by itself is the same key as in a SubjectPublicKeyInfo", arguments: rsa)
    func pkcs1(signer: Signer) throws {
        let key = try signer.key()
        guard case .rsa(_, let numbers) = try SubjectPublicKeyInfo.read(signer.publicKey) else {
            Issue.record("not an RSA key")
            return
        }
        #expect(try VerificationKey(rsaPublicKey: numbers.pkcs1, algorithm: signer.algorithm) == key)
        #expect(refusalCode { try VerificationKey(rsaPublicKey: []) } == "key.malformed")
        #expect(refusalCode { try VerificationKey(rsaPublicKey: numbers.pkcs1 + [0]) } == "key.malformed")
    }

    @Test("Every refusal that is promised comes")
    func refusals() throws {
        let der = Array(Self.p256.publicKey.derRepresentation)
        func code(_ der: [UInt8], _ algorithm: SignatureAlgorithm? = nil) -> String? {
            refusalCode { try VerificationKey(subjectPublicKeyInfo: der, algorithm: algorithm) }
        }
        for malformed in [[], [0x30], der + [0], Array(der.dropLast()), DERWriter.sequence(DERWriter.null)] {
            #expect(["key.malformed", "key.unknown-type"].contains(code(malformed)), "\(malformed)")
        }
        #expect(code([]) == "key.malformed")
        // secp256k1, and a key type that Sigstore has no algorithm for.
        let secp256k1 = Self.onCurve(
            [0x2B, 0x81, 0x04, 0x00, 0x0A],
            Array(Self.p256.publicKey.x963Representation)
        )
        #expect(code(secp256k1) == "key.unknown-type")
        let mlDSA = try PrivateKey.generate(.mlDSA65).publicKey.subjectPublicKeyInfo
        #expect(code(mlDSA) == "key.unknown-type")
        // Moduli that are too short and too long, and an Ed25519 point of small order.
        func modulus(_ bytes: Int) -> [UInt8] {
            let number = DERWriter.integer(Array(repeating: 0xC5, count: bytes)[...])
            let key = DERWriter.sequence(number + DERWriter.integer([1, 0, 1]))
            return DERWriter.sequence(KeyAlgorithm.rsa.der + DERWriter.bitString(key))
        }
        #expect(code(modulus(128)) == "key.too-weak")
        #expect(code(modulus(1_025)) == "key.too-large")
        let small = DERWriter.bitString([1] + Array(repeating: 0, count: 31))
        #expect(code(DERWriter.sequence(KeyAlgorithm.ed25519.der + small)) == "key.too-weak")
        // PEM of something else.
        let pem = PEMBlock.write(label: "CERTIFICATE", der)
        #expect(refusalCode { try VerificationKey(pem: pem) } == "key.malformed")
        #expect(refusalCode { try VerificationKey(pem: "") } == "key.malformed")
    }

    @Test("A key of another type than its algorithm is refused", arguments: all)
    func mismatch(signer: Signer) {
        for algorithm in SignatureAlgorithm.allCases {
            let code = refusalCode {
                try VerificationKey(subjectPublicKeyInfo: signer.publicKey, algorithm: algorithm)
            }
            #expect(code == (Self.fits(signer.algorithm, algorithm) ? nil : "key.scheme-mismatch"))
        }
    }

    /// Whether a key that one algorithm is for may sign by another: on the same curve, or RSA of no more
    /// bits.
    private static func fits(_ own: SignatureAlgorithm, _ other: SignatureAlgorithm) -> Bool {
        let kinds: [[SignatureAlgorithm]] = [
            [.ecdsaP256SHA256], [.ecdsaP384SHA384, .ecdsaP384SHA256], [.ecdsaP521SHA512, .ecdsaP521SHA256],
            [.ed25519],
        ]
        if let kind = kinds.first(where: { $0.contains(own) }) { return kind.contains(other) }
        let sizes: [[SignatureAlgorithm]] = [
            [.rsa2048PKCS1v15, .rsa2048PSS], [.rsa3072PKCS1v15, .rsa3072PSS],
            [.rsa4096PKCS1v15, .rsa4096PSS],
        ]
        guard let size = sizes.firstIndex(where: { $0.contains(own) }),
            let needed = sizes.firstIndex(where: { $0.contains(other) })
        else { return false }
        return needed <= size
    }

    @Test("Algorithms go by their names in the registry; Ed25519ph is refused by its name")
    func names() throws {
        for algorithm in SignatureAlgorithm.allCases {
            #expect(try SignatureAlgorithm(name: algorithm.rawValue) == algorithm)
        }
        for name in ["PKIX_ED25519_PH", "PKCS1_RSA_PSS", "", "pkix_ed25519", "PKIX_ED25519\u{0}"] {
            #expect(refusalCode { try SignatureAlgorithm(name: name) } == "key.unknown-scheme")
        }
        let refusal = #expect(throws: Refusal.self) { try SignatureAlgorithm(name: "PKIX_ED25519_PH") }
        #expect(refusal?.expected?.contains("Ed25519ph") == true)
    }
}
