// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

import Sigstore
import TestSupport
import Testing
import TrustCore

/// For each code the smallest input that provokes it. The numbers are those of the project's list of what
/// must fail.
@Suite("Every refusal of certificates has an input that provokes it")
struct CertificateCodeCoverageTests {
    typealias Provocation = @Sendable (CertificateScene) throws -> Void
    typealias Part = CertificateDraft.Extension

    @Test("Exactly this code", arguments: CertificateCode.allCases)
    func code(_ code: CertificateCode) throws {
        let scene = try CertificateScene.usual.get()
        let provocations = try #require(Self.table[code])
        #expect(!provocations.isEmpty)
        for (number, provocation) in provocations.enumerated() {
            #expect(refusalCode { try provocation(scene) } == code.rawValue, "provocation \(number)")
        }
    }

    @Test("Every code says what, why, and what to do", arguments: CertificateCode.allCases)
    func entry(_ code: CertificateCode) {
        #expect(code.defects(in: "certificate.").isEmpty)
    }

    @Test("What is changed below is good before")
    func good() throws {
        let scene = try CertificateScene.usual.get()
        let verified = try scene.verify(scene.leaf())
        #expect(verified.certificate.identity == CertificateScene.identity)
        #expect(verified.promises.map(\.log.logID) == [scene.log.logID])
    }

    private static func leaf(_ change: @escaping @Sendable (inout CertificateDraft) throws -> Void)
        -> Provocation
    {
        { scene in try scene.verify(scene.leaf(change)) }
    }

    /// An authority of other make, and a certificate that it issues.
    private static func authority(
        intermediates: Int = 1,
        _ change: @escaping @Sendable (Int, inout CertificateDraft) -> Void = { _, _ in }
    ) -> Provocation {
        { scene in
            var scene = scene
            scene.authority = try SimulatedAuthority(
                from: CertificateScene.start,
                until: CertificateScene.end,
                intermediates: intermediates,
                change: change
            )
            let verifier = CertificateVerifier(try scene.root())
            if let refusal = verifier.unusable.first { throw refusal }
            try scene.verify(scene.leaf())
        }
    }

    /// The list of promises after a change of the bytes within its octet string.
    private static func list(_ bytes: [UInt8]) -> Provocation {
        { scene in
            var draft = scene.draft
            draft[Part.promisesIdentifier] = Part(Part.promisesIdentifier, SimulatedDER.octets(bytes))
            try scene.verify(scene.authority.issue(draft))
        }
    }

    /// A promise after a change: 0 is its version, 1 to 32 its log, 43 to 44 its algorithm.
    private static func promise(_ change: @escaping @Sendable (inout [UInt8]) -> Void) -> Provocation {
        { scene in
            // The promise of a good certificate: after the list's and its own length.
            var promise = try scene.log.promise([], issuerKey: [], at: CertificateScene.signing)
            change(&promise)
            var draft = scene.draft
            draft[Part.promisesIdentifier] = SimulatedCertificateLog.list([promise])
            try scene.verify(scene.authority.issue(draft))
        }
    }

    private static let moment = Moment(CertificateScene.signing.advanced(bySeconds: 60))

    static let table: [CertificateCode: [Provocation]] = [
        .size: [{ _ in _ = try SigningCertificate(der: [UInt8](repeating: 0x30, count: 65_537)) }],
        .malformed: [
            { _ in _ = try SigningCertificate(der: []) },
            { scene in _ = try SigningCertificate(der: scene.leaf() + [0]) },
            { scene in _ = try SigningCertificate(der: scene.leaf().dropLast()) },
            leaf { $0.subjectPublicKeyInfo = SimulatedDER.sequence() },
            leaf {
                $0[Part.keyUsageIdentifier] = Part(Part.keyUsageIdentifier, critical: true, [0x05, 0x00])
            },
            leaf { $0.extensions.append($0.extensions[0]) },
        ],
        // 28
        .keyUsage: [
            leaf { $0[Part.keyUsageIdentifier] = nil },
            leaf {
                $0[Part.keyUsageIdentifier] = Part(Part.keyUsageIdentifier, critical: true, [3, 2, 5, 0x20])
            },
        ],
        // 27
        .extendedKeyUsage: [
            leaf { $0[Part.extendedKeyUsageIdentifier] = nil },
            leaf { $0[Part.extendedKeyUsageIdentifier] = .purposes(["1.3.6.1.5.5.7.3.1"]) },
            leaf { $0[Part.extendedKeyUsageIdentifier] = .purposes([Part.timeStamping]) },
        ],
        // 29
        .isAuthority: [
            leaf { $0.extensions.append(.authority()) },
            leaf {
                $0[Part.keyUsageIdentifier] = Part(Part.keyUsageIdentifier, critical: true, [3, 2, 2, 0x84])
            },
        ],
        .subject: [leaf { $0.subject = SimulatedDER.name("somebody") }],
        // 30
        .alternativeName: [
            leaf { $0[Part.alternativeNameIdentifier] = nil },
            leaf { $0[Part.alternativeNameIdentifier] = .names([]) },
            leaf {
                $0[Part.alternativeNameIdentifier] = .names([
                    CertificateScene.identity, CertificateScene.identity,
                ])
            },
            leaf {
                $0[Part.alternativeNameIdentifier] = .names([CertificateScene.identity], critical: false)
            },
            // A name of a host, a URI with a NUL, an e-mail address of no characters, a list that is none.
            leaf { $0[Part.alternativeNameIdentifier]?.value = [0x30, 3, 0x82, 1, 0x61] },
            leaf { $0[Part.alternativeNameIdentifier]?.value = [0x30, 4, 0x86, 2, 0x61, 0] },
            leaf { $0[Part.alternativeNameIdentifier]?.value = [0x30, 2, 0x81, 0] },
            leaf { $0[Part.alternativeNameIdentifier]?.value = [0x05, 0] },
            // Another kind of name than Sigstore's.
            leaf {
                let value =
                    SimulatedDER.identifier("1.2.3") + SimulatedDER.element(0xA0, SimulatedDER.utf8("a"))
                $0[Part.alternativeNameIdentifier]?.value = SimulatedDER.sequence(
                    SimulatedDER.element(0xA0, value)
                )
            },
        ],
        // 31
        .criticalExtension: [
            leaf { $0.extensions.append(Part("1.2.3.4", critical: true, [5, 0])) },
            // Constraints of names, which would restrict the authority.
            authority { place, draft in
                if place == 0 { draft.extensions.append(Part("2.5.29.30", critical: true, [0x30, 0])) }
            },
        ],
        .claim: [
            // The text itself where DER is demanded, DER of another kind of text, and something after it.
            leaf {
                $0[FulcioClaim.sourceRepositoryURI.objectIdentifier] = Part(
                    "1.3.6.1.4.1.57264.1.12",
                    Array("a".utf8)
                )
            },
            leaf {
                $0[FulcioClaim.sourceRepositoryURI.objectIdentifier] = Part(
                    "1.3.6.1.4.1.57264.1.12",
                    [0x16, 1, 0x61]
                )
            },
            leaf { $0[FulcioClaim.issuer.objectIdentifier]?.value += [0] },
            // No UTF-8, a control character.
            leaf { $0.extensions.append(Part("1.3.6.1.4.1.57264.1.5", [0xFF])) },
            leaf { $0.extensions.append(.claim(.githubWorkflowName, "a\u{1B}[2J")) },
        ],
        .issuerMissing: [
            leaf { $0[FulcioClaim.issuer.objectIdentifier] = nil },
            leaf { $0[FulcioClaim.issuer.objectIdentifier] = .claim(.issuer, "") },
        ],
        // 40
        .issuersDisagree: [leaf { $0.extensions.append(.claim(.issuerV1, "https://tokens.forge.example/")) }],
        .tooMany: [
            { scene in
                let others = Array(repeating: try scene.leaf(), count: 10)
                try scene.verify(scene.leaf(), others: others)
            },
            authority(intermediates: 10),
        ],
        // 26
        .untrusted: [
            // Another instance, whose authority has the same name; then one of another name; then none.
            { scene in try scene.verify(CertificateScene().leaf()) },
            { scene in
                let other = try SimulatedAuthority(
                    "other",
                    from: CertificateScene.start,
                    until: CertificateScene.end
                )
                try scene.verify(other.issue(scene.draft))
            },
            { scene in try scene.verify(scene.leaf(), scene.root(authorities: [])) },
            // A signature that is not the authority's.
            { scene in
                var leaf = try scene.leaf()
                leaf[leaf.count - 1] ^= 1
                try scene.verify(leaf)
            },
        ],
        .authorityChain: [
            authority { place, draft in if place == 0 { draft[Part.constraintsIdentifier] = nil } },
            authority { place, draft in
                if place == 1 { draft[Part.constraintsIdentifier] = .authority(pathLength: 0) }
            },
            authority { place, draft in if place == 0 { draft[Part.keyUsageIdentifier] = .signs } },
            authority { place, draft in
                if place == 0 { draft[Part.extendedKeyUsageIdentifier] = .purposes([Part.timeStamping]) }
            },
            authority { place, draft in if place == 0 { draft.issuer = SimulatedDER.name("other") } },
            { scene in
                // Each by itself is good; the one did not sign the other.
                let other = try SimulatedAuthority(from: CertificateScene.start, until: CertificateScene.end)
                let mixed = TrustedRoot.Authority(
                    uri: "https://mixed.example",
                    certificates: [scene.authority.certificates[0], other.certificates[1]],
                    validFor: ValidityPeriod(start: moment, end: nil)
                )
                throw try #require(CertificateVerifier(scene.root(authorities: [mixed])).unusable.first)
            },
            { scene in
                let empty = TrustedRoot.Authority(
                    uri: "https://empty.example",
                    certificates: [],
                    validFor: ValidityPeriod(start: moment, end: nil)
                )
                throw try #require(CertificateVerifier(scene.root(authorities: [empty])).unusable.first)
            },
        ],
        // 12
        .noTime: [{ scene in try scene.verify(scene.leaf(), at: []) }],
        // 16
        .notValid: [
            { scene in
                try scene.verify(scene.leaf(), at: [Moment(CertificateScene.signing.advanced(bySeconds: -1))])
            },
            { scene in
                try scene.verify(
                    scene.leaf(),
                    at: [Moment(CertificateScene.signing.advanced(bySeconds: 601))]
                )
            },
            // Half a second too late; and one bad time beside a good one.
            { scene in
                let late = CertificateScene.signing.advanced(bySeconds: 600).seconds
                try scene.verify(
                    scene.leaf(),
                    at: [try #require(Moment(seconds: late, nanoseconds: 500_000_000))]
                )
            },
            { scene in try scene.verify(scene.leaf(), at: [moment, Moment(CertificateScene.end)]) },
        ],
        // 17
        .authorityNotValid: [
            authority { place, draft in if place == 0 { draft.end = CertificateScene.signing } },
            authority { place, draft in if place == 1 { draft.end = CertificateScene.signing } },
        ],
        // 18
        .authorityPeriod: [
            { scene in
                let later = CertificateScene.signing.advanced(bySeconds: 61)
                try scene.verify(
                    scene.leaf(),
                    scene.root(authorities: [scene.authority.trusted(from: later)])
                )
            },
            { scene in
                let period = scene.authority.trusted(
                    from: CertificateScene.start,
                    until: CertificateScene.signing
                )
                try scene.verify(scene.leaf(), scene.root(authorities: [period]))
            },
        ],
        // 32
        .promiseMissing: [
            { scene in try scene.verify(scene.authority.issue(scene.draft)) },
            // A list with nothing in it that this version of the format knows.
            promise { $0[0] = 1 },
        ],
        .promiseMalformed: [
            list([]), list([0, 0]), list([0, 1, 0]), list([0, 3, 0, 1, 0]), list([0, 3, 0, 1, 0, 0]),
            promise { $0.removeLast() },
            promise { $0.append(0) },
            { scene in
                var draft = scene.draft
                draft[Part.promisesIdentifier] = Part(Part.promisesIdentifier, [0, 0])
                try scene.verify(scene.authority.issue(draft))
            },
            { scene in
                let promise = try scene.log.promise([], issuerKey: [], at: CertificateScene.signing)
                var draft = scene.draft
                draft[Part.promisesIdentifier] = SimulatedCertificateLog.list(
                    Array(repeating: promise, count: 33)
                )
                try scene.verify(scene.authority.issue(draft))
            },
        ],
        // 33
        .promiseLog: [
            { scene in
                let other = SimulatedCertificateLog()
                try scene.verify(
                    scene.authority.issue(scene.draft, logs: [other, other], at: CertificateScene.signing)
                )
            },
            promise { $0[1] ^= 1 },
        ],
        .promisePeriod: [
            { scene in
                let later = try scene.log.trusted(from: CertificateScene.signing.advanced(bySeconds: 1))
                try scene.verify(scene.leaf(), scene.root(logs: [later]))
            },
            { scene in
                let before = CertificateScene.signing.advanced(bySeconds: -1)
                let earlier = try scene.log.trusted(from: CertificateScene.start, until: before)
                try scene.verify(scene.leaf(), scene.root(logs: [earlier]))
            },
        ],
        .promiseSignature: [
            // Of another certificate, by another hash function, and of another kind of key.
            promise { _ in },
            promise { $0[43] = 2 },
            promise { $0[44] = 1 },
            // The root says another key for this log.
            { scene in
                let log = try scene.log.trusted(from: CertificateScene.start)
                let other = TrustedRoot.Log(
                    baseURL: log.baseURL,
                    key: try SimulatedKey().publicKey(),
                    validFor: log.validFor,
                    logID: log.logID
                )
                try scene.verify(scene.leaf(), scene.root(logs: [other]))
            },
            // 34: the promise is for the same certificate as issued by another key, which proves nothing.
            { scene in
                var draft = scene.authority.prepared(scene.draft)
                let other = SimulatedKey(.p384)
                let promise = try scene.log.promise(
                    draft.signedPart("1.2.840.10045.4.3.3"),
                    issuerKey: other.subjectPublicKeyInfo,
                    at: CertificateScene.signing
                )
                draft[Part.promisesIdentifier] = SimulatedCertificateLog.list([promise])
                try scene.verify(scene.authority.issue(draft))
            },
        ],
    ]
}
