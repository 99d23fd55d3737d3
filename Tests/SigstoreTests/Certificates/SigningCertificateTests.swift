// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

import SigningKeys
import TestSupport
import Testing
import TrustCore

@testable import Sigstore

@Suite("What a signer's certificate says")
struct SigningCertificateTests {
    typealias Part = CertificateDraft.Extension

    static let identities: [SignerIdentity] = [
        SignerIdentity(kind: .email, value: "somebody@mail.example", issuer: "https://accounts.example"),
        SignerIdentity(kind: .uri, value: "spiffe://trust.example/a b", issuer: "https://spiffe.example"),
        SignerIdentity(kind: .username, value: "jörg!provider.example", issuer: "https://users.example"),
    ]

    private static func draft(_ identity: SignerIdentity = CertificateScene.identity) throws
        -> CertificateDraft
    {
        let (start, end) = (CertificateScene.signing, CertificateScene.signing.advanced(bySeconds: 600))
        return .signer(identity, key: try CertificateScene.usual.get().signer, from: start, until: end)
    }

    @Test("The signer is the one name in the certificate, whatever kind it is", arguments: identities)
    func identity(_ identity: SignerIdentity) throws {
        let scene = try CertificateScene.usual.get()
        let certificate = try SigningCertificate(der: scene.authority.issue(Self.draft(identity)))
        #expect(certificate.identity == identity)
        #expect(try certificate.publicKey == scene.signer.publicKey())
        #expect(certificate.validity.start == Moment(CertificateScene.signing))
    }

    @Test("Identities are equal if all their bytes are, and not by Unicode's rules")
    func equality() {
        let composed = SignerIdentity(kind: .username, value: "\u{E9}", issuer: "a")
        let decomposed = SignerIdentity(kind: .username, value: "e\u{301}", issuer: "a")
        #expect(composed != decomposed)
        #expect(Set([composed, decomposed]).count == 2)
        #expect(composed != SignerIdentity(kind: .email, value: composed.value, issuer: "a"))
        #expect(composed != SignerIdentity(kind: .username, value: composed.value, issuer: "A"))
    }

    @Test(
        "Every claim is read by its name: the old ones as text, the new ones as DER",
        arguments: FulcioClaim.allCases
    )
    func claims(claim: FulcioClaim) throws {
        let scene = try CertificateScene.usual.get()
        var draft = try Self.draft()
        let text = claim == .issuerV1 || claim == .issuer ? CertificateScene.identity.issuer : "\u{C}a claim"
        draft[claim.objectIdentifier] = .claim(claim, text)
        if text.utf8.first == 0xC {
            // The old claims are text; a form feed is not text. DER of the new ones begins with the same
            // byte.
            #expect(
                refusalCode { try SigningCertificate(der: scene.authority.issue(draft)) }
                    == "certificate.claim"
            )
        }
        draft[claim.objectIdentifier] = .claim(claim, String(text.drop { $0 == "\u{C}" }))
        let certificate = try SigningCertificate(der: scene.authority.issue(draft))
        #expect(certificate.claims[claim] == String(text.drop { $0 == "\u{C}" }))
    }

    @Test("The old claim names the identity provider where the new one is not there")
    func oldIssuer() throws {
        let scene = try CertificateScene.usual.get()
        var draft = try Self.draft()
        draft[FulcioClaim.issuer.objectIdentifier] = .claim(.issuerV1, "https://old.example")
        #expect(
            try SigningCertificate(der: scene.authority.issue(draft)).identity.issuer == "https://old.example"
        )
    }

    @Test("What is not critical and not known is left alone")
    func unknown() throws {
        let scene = try CertificateScene.usual.get()
        var draft = try Self.draft()
        draft.extensions.append(Part("1.3.6.1.4.1.57264.1.25", [0xFF]))
        draft.extensions.append(Part("1.2.3.4", []))
        #expect(try SigningCertificate(der: scene.authority.issue(draft)).claims.count == 1)
    }

    @Test("A key that nothing is verified with is refused by its own code")
    func key() throws {
        let scene = try CertificateScene.usual.get()
        var draft = try Self.draft()
        // An Ed25519 key of small order, which validates what nobody signed.
        let weak = SimulatedDER.bits([1] + [UInt8](repeating: 0, count: 31))
        let algorithm = SimulatedDER.sequence(SimulatedDER.identifier("1.3.101.112"))
        draft.subjectPublicKeyInfo = SimulatedDER.sequence(algorithm, weak)
        #expect(refusalCode { try SigningCertificate(der: scene.authority.issue(draft)) } == "key.too-weak")
    }

    @Test("Damaged certificates, lists of promises and timestamps are refused, and never trap")
    func damage() throws {
        let scene = try CertificateScene.usual.get()
        let leaf = try scene.leaf()
        let stamp = try scene.stamp()
        let promise = try scene.log.promise([], issuerKey: [], at: CertificateScene.signing)
        let list = SimulatedCertificateLog.list([promise, promise]).value
        let signedPart = scene.draft.signedPart("1.2.840.10045.4.3.3")
        var random = SeededNumbers(seed: 7)
        for _ in 0..<3_000 {
            let damaged = random.damaged(leaf)
            if let read = accepted({ try SigningCertificate(der: damaged) }) { #expect(read.der == damaged) }
            _ = accepted { try TimestampResponse(der: random.damaged(stamp)) }
            _ = accepted { try SignedCertificateTimestamp.list(random.damaged(list)[...]) }
            _ = try? Precertificate.withoutPromises(in: random.damaged(signedPart))
        }
    }

    /// The value, or nil for a refusal; anything else is a failure of the test.
    private func accepted<Value>(_ body: () throws -> Value) -> Value? {
        do {
            return try body()
        } catch {
            #expect(error is Refusal)
            return nil
        }
    }
}

/// A small generator with a seed, so that a failure can be repeated.
struct SeededNumbers: RandomNumberGenerator {
    private var state: UInt64

    init(seed: UInt64) { state = seed }

    mutating func next() -> UInt64 {
        state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
        return state ^ state >> 29
    }

    /// Bytes with up to three places changed.
    mutating func damaged(_ bytes: [UInt8]) -> [UInt8] {
        var bytes = bytes
        for _ in 0..<Int.random(in: 1...3, using: &self) where !bytes.isEmpty {
            let at = Int.random(in: bytes.indices, using: &self)
            switch Int.random(in: 0..<6, using: &self) {
            case 0: bytes[at] ^= 1 << UInt8.random(in: 0..<8, using: &self)
            case 1: bytes[at] = [0, 0x7F, 0x80, 0x84, 0xFF, 0x30].randomElement(using: &self) ?? 0
            case 2: bytes.remove(at: at)
            case 3: bytes.insert(UInt8.random(in: .min ... .max, using: &self), at: at)
            case 4: bytes.removeSubrange(at...)
            default: bytes += bytes[at...]
            }
        }
        return bytes
    }
}
