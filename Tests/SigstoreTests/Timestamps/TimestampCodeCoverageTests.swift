// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

import Sigstore
import TestSupport
import Testing
import TrustCore

/// For each code the smallest input that provokes it. The numbers are those of the project's list of what
/// must fail.
@Suite("Every refusal of timestamps has an input that provokes it")
struct TimestampCodeCoverageTests {
    typealias Provocation = @Sendable (CertificateScene) throws -> Void
    typealias Part = CertificateDraft.Extension

    @Test("Exactly this code", arguments: TimestampCode.allCases)
    func code(_ code: TimestampCode) throws {
        let scene = try CertificateScene.usual.get()
        let provocations = try #require(Self.table[code])
        #expect(!provocations.isEmpty)
        for (number, provocation) in provocations.enumerated() {
            #expect(refusalCode { try provocation(scene) } == code.rawValue, "provocation \(number)")
        }
    }

    @Test("Every code says what, why, and what to do", arguments: TimestampCode.allCases)
    func entry(_ code: TimestampCode) {
        #expect(code.defects(in: "timestamp.").isEmpty)
    }

    @Test("What is changed below is good before")
    func good() throws {
        let scene = try CertificateScene.usual.get()
        let verified = try scene.verify(timestamp: scene.stamp())
        #expect(verified.moment == Moment(CertificateScene.signing.advanced(bySeconds: 60)))
        #expect(verified.authority == scene.timestamps.trusted(from: CertificateScene.start))
    }

    private static func stamp(_ change: @escaping @Sendable (inout TimestampDraft) -> Void) -> Provocation {
        { scene in try scene.verify(timestamp: scene.stamp(change)) }
    }

    /// An authority of other make, and a timestamp of it.
    private static func authority(_ change: @escaping @Sendable (inout CertificateDraft) -> Void)
        -> Provocation
    {
        { scene in
            var scene = scene
            scene.timestamps = try SimulatedTimestampAuthority(
                from: CertificateScene.start,
                until: CertificateScene.end,
                change: change
            )
            let verifier = TimestampVerifier(try scene.root())
            if let refusal = verifier.unusable.first { throw refusal }
            try scene.verify(timestamp: scene.stamp())
        }
    }

    private static func request(_ nonce: [UInt8] = [1]) throws -> TimestampRequest {
        try #require(TimestampRequest(imprint: Digest.of(CertificateScene.signature), nonce: nonce))
    }

    private static let time = CertificateScene.signing.advanced(bySeconds: 60)

    static let table: [TimestampCode: [Provocation]] = [
        .size: [{ _ in _ = try TimestampResponse(der: [UInt8](repeating: 0x30, count: 65_537)) }],
        // 24
        .malformed: [
            { _ in _ = try TimestampResponse(der: []) },
            { scene in _ = try TimestampResponse(der: scene.stamp() + [0]) },
            { scene in _ = try TimestampResponse(der: scene.stamp().dropLast()) },
            // Granted, but nothing is there.
            { _ in _ = try TimestampResponse(der: [0x30, 5, 0x30, 3, 2, 1, 0]) },
            stamp { $0.fraction = "50" },
            stamp { $0.imprintAlgorithm = "2.16.840.1.101.3.4.2.3" },
        ],
        .status: [
            stamp { $0.status = 2 },
            { _ in _ = try TimestampResponse(der: [0x30, 5, 0x30, 3, 2, 1, 2]) },
        ],
        .hash: [
            stamp { $0.imprintAlgorithm = "1.3.14.3.2.26" },
            stamp { $0.digestAlgorithm = .md5 },
        ],
        .attributes: [
            stamp { $0.withoutAttributes = [TimestampDraft.contentTypeAttribute] },
            stamp { $0.withoutAttributes = [TimestampDraft.messageDigestAttribute] },
            stamp { $0.withoutAttributes = [TimestampDraft.certificateAttribute] },
            stamp { $0.contentType = "1.2.840.113549.1.7.1" },
        ],
        // 19
        .imprint: [
            { scene in try scene.verify(timestamp: scene.stamp(), of: [1]) },
            { scene in
                let other = try #require(TimestampRequest(imprint: Digest.of([1]), nonce: [1]))
                try TimestampResponse(der: scene.timestamps.answer(request().encoded(), at: time)).check(
                    answers: other
                )
            },
        ],
        // 20: with and without the certificate.
        .untrusted: [
            { scene in try scene.verify(timestamp: CertificateScene().stamp()) },
            { scene in try scene.verify(timestamp: CertificateScene().stamp { $0.embedsCertificate = false })
            },
            { scene in try scene.verify(timestamp: scene.stamp(), scene.root(timestamps: [])) },
        ],
        // 23
        .signerCertificate: [
            // Another certificate with the authority's name and number came along.
            { scene in
                let root = try SimulatedAuthority(
                    "timestamps",
                    from: CertificateScene.start,
                    until: CertificateScene.end,
                    intermediates: 0
                )
                let timestamp = try scene.stamp { draft in
                    var other = CertificateDraft(
                        subject: SimulatedDER.name("timestamps"),
                        start: CertificateScene.start,
                        end: CertificateScene.end,
                        subjectPublicKeyInfo: root.key.subjectPublicKeyInfo,
                        extensions: []
                    )
                    other.issuer = draft.issuer
                    other.serialNumber = draft.serialNumberOfCertificate
                    draft.otherCertificates = (try? [root.issue(other)]) ?? []
                }
                try scene.verify(timestamp: timestamp)
            },
            // The digest that is signed is of another certificate.
            stamp {
                $0.certificate = [1]
                $0.embedsCertificate = false
            },
        ],
        .content: [stamp { $0.messageDigest = [UInt8](repeating: 0, count: 32) }],
        // 56 for the last three: something after it, a negative number, a number with a leading zero.
        .signature: [
            stamp { $0.changeSignature = { $0[$0.count - 1] ^= 1 } },
            stamp { $0.changeSignature = { $0.append(0) } },
            stamp {
                $0.changeSignature = { $0.replaceSubrange(2..<4 + Int($0[3]), with: [2, 1, 0xFF]) }
            },
            stamp {
                $0.changeSignature = { signature in
                    signature[1] += 1
                    signature[3] += 1
                    signature.insert(0, at: 4)
                }
            },
            { scene in
                // Made by another key in the authority's name.
                var draft = TimestampDraft(imprint: Digest.of(CertificateScene.signature), time: time)
                _ = try scene.stamp { draft = $0 }
                try scene.verify(timestamp: draft.response(signedBy: SimulatedKey(.p384)))
            },
        ],
        // 24
        .extendedKeyUsage: [
            authority { $0[Part.extendedKeyUsageIdentifier] = nil },
            authority { $0[Part.extendedKeyUsageIdentifier] = .purposes([Part.codeSigning], critical: true) },
            authority { $0[Part.extendedKeyUsageIdentifier] = .purposes([Part.timeStamping]) },
            authority {
                let both = [Part.timeStamping, Part.codeSigning]
                $0[Part.extendedKeyUsageIdentifier] = .purposes(both, critical: true)
            },
        ],
        // 21
        .authorityNotValid: [
            authority { $0.end = CertificateScene.signing },
            authority { $0.start = CertificateScene.signing.advanced(bySeconds: 61) },
            { scene in
                var scene = scene
                scene.timestamps = try SimulatedTimestampAuthority(
                    from: CertificateScene.start,
                    until: CertificateScene.end,
                    rootUntil: CertificateScene.signing
                )
                try scene.verify(timestamp: scene.stamp())
            },
        ],
        // 22: another authority counts at the time, and does not help.
        .authorityPeriod: [
            { scene in
                let other = try SimulatedTimestampAuthority(
                    "other",
                    from: CertificateScene.start,
                    until: CertificateScene.end
                )
                let trusted = [
                    other.trusted(from: CertificateScene.start),
                    scene.timestamps.trusted(from: time.advanced(bySeconds: 1)),
                ]
                try scene.verify(timestamp: scene.stamp(), scene.root(timestamps: trusted))
            },
            { scene in
                let ended = scene.timestamps.trusted(from: CertificateScene.start, until: time)
                let late = try scene.stamp { $0.fraction = "000000001" }
                try scene.verify(timestamp: late, scene.root(timestamps: [ended]))
            },
        ],
        .tooMany: [
            { scene in
                let timestamp = try scene.stamp()
                let many = Array(repeating: timestamp, count: 33)
                _ = try TimestampVerifier(scene.root()).verify(many, of: CertificateScene.signature)
            }
        ],
        // 25: also where what nobody signed is changed.
        .duplicate: [
            { scene in
                let timestamp = try scene.stamp()
                _ = try TimestampVerifier(scene.root()).verify(
                    [timestamp, timestamp],
                    of: CertificateScene.signature
                )
            },
            { scene in
                var draft = TimestampDraft(imprint: Digest.of(CertificateScene.signature), time: time)
                _ = try scene.stamp { draft = $0 }
                let first = try draft.response(signedBy: scene.timestamps.key)
                draft.status = 1
                draft.embedsCertificate = false
                let second = try draft.response(signedBy: scene.timestamps.key)
                _ = try TimestampVerifier(scene.root()).verify(
                    [first, second],
                    of: CertificateScene.signature
                )
            },
        ],
        .answer: [
            { scene in
                let answer = try scene.timestamps.answer(request([1]).encoded(), at: time)
                try TimestampResponse(der: answer).check(answers: request([2]))
            },
            { scene in try TimestampResponse(der: scene.stamp()).check(answers: request()) },
            { scene in
                let answer = try scene.stamp {
                    $0.nonce = [1]
                    $0.embedsCertificate = false
                }
                try TimestampResponse(der: answer).check(answers: request())
            },
        ],
    ]
}
