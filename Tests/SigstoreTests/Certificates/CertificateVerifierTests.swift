// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

import SwiftASN1
import TestSupport
import Testing
import TrustCore

@testable import Sigstore

@Suite("Who issued a signer's certificate, and which logs show it")
struct CertificateVerifierTests {
    typealias Part = CertificateDraft.Extension

    @Test("Any number of authorities may be between the issuer and the root", arguments: [0, 1, 2, 9])
    func length(intermediates: Int) throws {
        var scene = try CertificateScene.usual.get()
        scene.authority = try SimulatedAuthority(
            from: CertificateScene.start,
            until: CertificateScene.end,
            intermediates: intermediates
        )
        let verified = try scene.verify(scene.leaf())
        #expect(verified.authority.certificates.count == intermediates + 1)
    }

    @Test("The first and the last moment of every period belong to it")
    func ends() throws {
        let scene = try CertificateScene.usual.get()
        let (first, last) = (CertificateScene.signing, CertificateScene.signing.advanced(bySeconds: 600))
        let root = try scene.root(
            authorities: [scene.authority.trusted(from: first, until: last)],
            logs: [scene.log.trusted(from: first, until: first)]
        )
        let verified = try scene.verify(scene.leaf(), root, at: [Moment(first), Moment(last)])
        #expect(verified.moments == [Moment(first), Moment(last)])
        #expect(verified.promises == [LoggedCertificate(log: root.certificateLogs[0], moment: Moment(first))])
    }

    @Test(
        "A root beside the signer's certificate is refused with the parser's code, wherever the certificates come from"
    )
    func rootBeside() throws {
        let scene = try CertificateScene.usual.get()
        let code = refusalCode { try scene.verify(scene.leaf(), others: scene.authority.certificates) }
        #expect(code == "bundle.root-certificate")
    }

    @Test("An authority that is listed twice counts at the times of both entries")
    func listedTwice() throws {
        let scene = try CertificateScene.usual.get()
        let old = scene.authority.trusted(from: CertificateScene.start, until: CertificateScene.start)
        let new = scene.authority.trusted(from: CertificateScene.signing)
        let root = try scene.root(authorities: [old, new])
        #expect(try scene.verify(scene.leaf(), root).authority == new)
    }

    @Test("Certificates that come along make nobody an authority")
    func others() throws {
        let scene = try CertificateScene.usual.get()
        let stranger = try SimulatedAuthority(
            "authority",
            from: CertificateScene.start,
            until: CertificateScene.end
        )
        let leaf = try stranger.issue(scene.draft, logs: [scene.log], at: CertificateScene.signing)
        let own = Array(stranger.certificates.dropLast())
        #expect(refusalCode { try scene.verify(leaf, others: own) } == "certificate.untrusted")
        // Nor do they harm: an authority's own certificate below its root is left alone.
        try scene.verify(scene.leaf(), others: Array(scene.authority.certificates.dropLast()))
        #expect(refusalCode { try scene.verify(scene.leaf(), others: [[0x30]]) } == "certificate.malformed")
    }

    @Test("An authority that does not hold together harms no other")
    func unusable() throws {
        let scene = try CertificateScene.usual.get()
        let broken = TrustedRoot.Authority(
            uri: "https://broken.example",
            certificates: [[0x30, 0x00]],
            validFor: ValidityPeriod(start: Moment(CertificateScene.start), end: nil)
        )
        let root = try scene.root(authorities: [
            broken, scene.authority.trusted(from: CertificateScene.start),
        ])
        try scene.verify(scene.leaf(), root)
        #expect(CertificateVerifier(root).unusable.map(\.codeName) == ["certificate.malformed"])
    }

    @Test("A verifier that has seen a certificate many times still refuses it at another time, or altered")
    func many() throws {
        let scene = try CertificateScene.usual.get()
        let verifier = CertificateVerifier(try scene.root())
        func verify(_ leaf: [UInt8], after seconds: Int64 = 60) throws {
            let moment = Moment(CertificateScene.signing.advanced(bySeconds: seconds))
            _ = try verifier.verify(SigningCertificate(der: leaf), at: [moment])
        }
        let leaf = try scene.leaf()
        // Whatever is kept from one certificate to the next, it vouches for no other.
        for _ in 0..<12 { try verify(leaf) }
        try verify(leaf, after: 600)
        #expect(refusalCode { try verify(leaf, after: 601) } == "certificate.not-valid")
        // The same signed part under another signature, which ends the certificate.
        var altered = leaf
        altered[altered.count - 1] ^= 1
        #expect(refusalCode { try verify(altered) } == "certificate.untrusted")
        // The same key under another name, with promises for the first one.
        let stranger = try SimulatedAuthority(
            "authority",
            from: CertificateScene.start,
            until: CertificateScene.end
        )
        let foreign = try stranger.issue(scene.draft, logs: [scene.log], at: CertificateScene.signing)
        #expect(refusalCode { try verify(foreign) } == "certificate.untrusted")
        let unlogged = SimulatedCertificateLog("unlogged")
        let other = try scene.authority.issue(scene.draft, logs: [unlogged], at: CertificateScene.signing)
        #expect(refusalCode { try verify(other) } == "certificate.promise-log")
        try verify(leaf)
    }

    @Test("One good promise is enough: unknown logs and bad promises beside it are left out")
    func promises() throws {
        let scene = try CertificateScene.usual.get()
        let unknown = SimulatedCertificateLog("unknown")
        let leaf = try scene.authority.issue(
            scene.draft,
            logs: [unknown, scene.log, scene.log],
            at: CertificateScene.signing
        )
        #expect(try scene.verify(leaf).promises.count == 2)
        // The same with the unknown log known, but by another key.
        let log = try unknown.trusted(from: CertificateScene.start)
        let other = TrustedRoot.Log(
            baseURL: log.baseURL,
            key: try SimulatedKey().publicKey(),
            validFor: log.validFor,
            logID: log.logID
        )
        let root = try scene.root(logs: [other, scene.log.trusted(from: CertificateScene.start)])
        #expect(
            try scene.verify(leaf, root).promises.map(\.log.baseURL)
                == Array(repeating: scene.log.baseURL, count: 2)
        )
    }

    @Test(
        "What static logs add to a promise is signed with it",
        arguments: [[], [0, 0, 5, 0, 0, 13, 0xDE, 0x14]]
    )
    func extensions(bytes: [UInt8]) throws {
        var scene = try CertificateScene.usual.get()
        scene.log.extensions = bytes
        #expect(try scene.verify(scene.leaf()).promises.count == 1)
        let promise = try scene.log.promise([], issuerKey: [], at: CertificateScene.signing)
        let list = try SignedCertificateTimestamp.list(
            ASN1Octets.inside(SimulatedCertificateLog.list([promise]).value)[...]
        )
        #expect(list.map(\.extensions) == [bytes])
    }

    @Test(
        "Without its promises a certificate is to the byte what the log was shown",
        arguments: [0, 1, 30, 300, 70_000]
    )
    func precertificate(length: Int) throws {
        var draft = try CertificateScene.usual.get().draft
        draft.issuer = SimulatedDER.name("authority")
        // Longer and shorter, so that the lengths around it need fewer bytes without the promises.
        if length > 0 { draft.extensions.append(Part("1.2.3.4", [UInt8](repeating: 5, count: length))) }
        let before = draft.signedPart("1.2.840.10045.4.3.3")
        for place in [0, draft.extensions.count] {
            var promised = draft
            promised.extensions.insert(SimulatedCertificateLog.list([[1, 2, 3]]), at: place)
            #expect(
                try Precertificate.withoutPromises(in: promised.signedPart("1.2.840.10045.4.3.3")) == before
            )
        }
        // If nothing is left, no empty list is.
        var empty = draft
        empty.extensions = []
        var only = draft
        only.extensions = [SimulatedCertificateLog.list([[1]])]
        #expect(
            try Precertificate.withoutPromises(in: only.signedPart("1.2.3")) == empty.signedPart("1.2.3")
        )
    }
}

extension Precertificate {
    /// Takes the promises out of a DER `TBSCertificate`.
    static func withoutPromises(in signedPart: [UInt8]) throws -> [UInt8] {
        try withoutPromises(DERElement.elements(DER.parse(signedPart), .sequence))
    }
}

/// What is in an octet string of up to 65,535 bytes.
enum ASN1Octets {
    static func inside(_ der: [UInt8]) -> [UInt8] {
        Array(der.dropFirst(der[1] < 0x80 ? 2 : 2 + Int(der[1] & 0x7F)))
    }
}
