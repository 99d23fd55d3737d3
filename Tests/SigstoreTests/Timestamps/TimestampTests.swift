// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

import Sigstore
import TestSupport
import Testing
import TrustCore

@Suite("Timestamps")
struct TimestampTests {
    private static let time = CertificateScene.signing.advanced(bySeconds: 60)

    @Test(
        "A timestamp is of a digest by any hash function that counts",
        arguments: [DigestAlgorithm.sha256, .sha384, .sha512]
    )
    func imprints(algorithm: DigestAlgorithm) throws {
        let scene = try CertificateScene.usual.get()
        let timestamp = try scene.stamp {
            $0.imprint = Digest.of(CertificateScene.signature, by: algorithm)
            $0.digestAlgorithm = algorithm
        }
        #expect(try scene.verify(timestamp: timestamp).moment == Moment(Self.time))
    }

    @Test("The authority's certificate may come along, or not, and others beside it prove nothing")
    func certificates() throws {
        let scene = try CertificateScene.usual.get()
        try scene.verify(timestamp: scene.stamp { $0.embedsCertificate = false })
        try scene.verify(timestamp: scene.stamp { $0.otherCertificates = scene.authority.certificates })
        try scene.verify(timestamp: scene.stamp { $0.status = 1 })
    }

    @Test(
        "A time has fractions down to nanoseconds, and no more",
        arguments: [
            ("5", Int32(500_000_000)), ("000000001", 1), ("123456789", 123_456_789),
            ("1234567891", 123_456_789),
        ]
    )
    func fractions(digits: String, nanoseconds: Int32) throws {
        let scene = try CertificateScene.usual.get()
        let verified = try scene.verify(timestamp: scene.stamp { $0.fraction = digits })
        #expect(verified.moment == Moment(seconds: Self.time.seconds, nanoseconds: nanoseconds))
    }

    @Test("The first and the last moment of the authority's period belong to it")
    func ends() throws {
        let scene = try CertificateScene.usual.get()
        let exact = scene.timestamps.trusted(from: Self.time, until: Self.time)
        let verified = try scene.verify(timestamp: scene.stamp(), scene.root(timestamps: [exact]))
        #expect(verified.authority == exact)
    }

    @Test("An authority that is listed twice counts at the times of both entries")
    func listedTwice() throws {
        let scene = try CertificateScene.usual.get()
        let old = scene.timestamps.trusted(from: CertificateScene.start, until: CertificateScene.start)
        let new = scene.timestamps.trusted(from: CertificateScene.signing)
        #expect(
            try scene.verify(timestamp: scene.stamp(), scene.root(timestamps: [old, new])).authority == new
        )
    }

    @Test("Several timestamps of one signature are verified each; none is no time")
    func several() throws {
        var scene = try CertificateScene.usual.get()
        let first = try scene.stamp()
        let old = scene.timestamps.trusted(from: CertificateScene.start)
        scene.timestamps = try SimulatedTimestampAuthority(
            "second",
            from: CertificateScene.start,
            until: CertificateScene.end,
            curve: .p256
        )
        let new = scene.timestamps.trusted(from: CertificateScene.start)
        let verifier = TimestampVerifier(try scene.root(timestamps: [old, new]))
        let verified = try verifier.verify([first, scene.stamp()], of: CertificateScene.signature)
        #expect(verified.map(\.authority) == [old, new])
        #expect(try verifier.verify([], of: CertificateScene.signature).isEmpty)
    }

    @Test("A request is the DER of RFC 3161, with a number and the wish for a certificate")
    func request() throws {
        let imprint = Digest.of([])
        let request = try #require(TimestampRequest(imprint: imprint, nonce: [0, 0x80, 1]))
        let digest = "3031300d060960864801650304020105000420" + imprint.hex
        #expect(try Hex.encode(request.encoded()) == "303e020101" + digest + "0203008001" + "0101ff")
        let plain = try #require(TimestampRequest(imprint: imprint, nonce: [1], wantsCertificate: false))
        #expect(try Hex.encode(plain.encoded()) == "3039020101" + digest + "020101")
        #expect(TimestampRequest(imprint: imprint, nonce: []) == nil)
        #expect(TimestampRequest(imprint: imprint, nonce: [0]) == nil)
        #expect(TimestampRequest(imprint: imprint, nonce: [UInt8](repeating: 1, count: 33)) == nil)
        #expect(TimestampRequest(imprint: Digest.of([], by: .md5), nonce: [1]) == nil)
    }

    @Test("An answer to a request is taken, and is a timestamp", arguments: [true, false])
    func answer(wantsCertificate: Bool) throws {
        let scene = try CertificateScene.usual.get()
        let request = try #require(
            TimestampRequest(
                imprint: Digest.of(CertificateScene.signature, by: .sha512),
                nonce: [0xFF, 2, 3, 4, 5, 6, 7, 8],
                wantsCertificate: wantsCertificate
            )
        )
        let answer = try scene.timestamps.answer(request.encoded(), at: Self.time)
        try TimestampResponse(der: answer).check(answers: request)
        try scene.verify(timestamp: answer)
    }

    @Test("An authority that does not hold together harms no other")
    func unusable() throws {
        let scene = try CertificateScene.usual.get()
        let broken = TrustedRoot.Authority(
            uri: "https://broken.example",
            certificates: scene.authority.certificates,
            validFor: ValidityPeriod(start: Moment(CertificateScene.start), end: nil)
        )
        let root = try scene.root(timestamps: [
            broken, scene.timestamps.trusted(from: CertificateScene.start),
        ])
        try scene.verify(timestamp: scene.stamp(), root)
        #expect(TimestampVerifier(root).unusable.map(\.codeName) == ["certificate.is-authority"])
    }

    @Test("A change anywhere in a timestamp is noticed, or changes nothing that it says")
    func changed() throws {
        let scene = try CertificateScene.usual.get()
        let verifier = TimestampVerifier(try scene.root())
        let timestamp = try scene.stamp()
        let genuine = try verifier.verify(TimestampResponse(der: timestamp), of: CertificateScene.signature)
        for at in stride(from: 0, to: timestamp.count, by: 3) {
            var changed = timestamp
            changed[at] ^= 1 << UInt8(at % 8)
            guard let response = try? TimestampResponse(der: changed),
                let verified = try? verifier.verify(response, of: CertificateScene.signature)
            else { continue }
            #expect(verified == genuine)
        }
    }
}
