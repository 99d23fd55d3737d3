// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

import SigningKeys
import Sigstore
import TestSupport
import Testing
import TrustCore

@Suite("Bundles as a whole")
struct BundleVerifierTests {
    private static let file = Array("the package".utf8)
    private static var artifact: Artifact { .bytes(file) }

    private static func statement(_ digest: Digest = Digest.of(file)) throws -> [UInt8] {
        try PublishAttestation(
            fileName: "widget-1.0-0.conda",
            sha256: digest,
            targetChannel: "https://example.org/main"
        ).encoded()
    }

    private static func verifier(_ instance: SimulatedInstance) throws -> BundleVerifier {
        BundleVerifier(try instance.trustedRoot())
    }

    /// The same bundle with other content.
    private static func with(_ content: Bundle.Content, in bundle: Bundle) -> Bundle {
        Bundle(
            version: bundle.version,
            material: bundle.material,
            content: content,
            logEntries: bundle.logEntries,
            timestamps: bundle.timestamps
        )
    }

    @Test(
        "A signed file and a signed statement are verified, by every sort of evidence",
        arguments: SimulatedInstance.Evidence.allCases
    )
    func good(_ evidence: SimulatedInstance.Evidence) throws {
        var instance = try SimulatedInstance()
        let signer = SimulatedInstance.Signer.workflow()
        let plain = try instance.bundle(of: Self.file, by: signer, evidence)
        let stated = try instance.bundle(stating: Self.statement(), by: signer, evidence)
        let verifier = try Self.verifier(instance)
        for bundle in [plain, stated] {
            // What is written is what is read.
            let read = try Bundle(parsing: bundle.encoded())
            for artifact in [Self.artifact, .digests([Digest.of(Self.file)])] {
                let verified = try verifier.verify(read, of: artifact)
                #expect(verified.certificate?.certificate.identity == signer.identity)
                #expect(verified.certificate?.certificate.claims[.sourceRepositoryIdentifier] == "1001")
                #expect(verified.timestamps.count == (evidence == .v1 ? 0 : 1))
                #expect(Set(verified.moments.map(\.timestamp)) == [instance.time.advanced(bySeconds: 5)])
                #expect(verified.log.logCount == 1)
            }
        }
        #expect(try verifier.verify(plain, of: Self.artifact).statement == nil)
        let said = try #require(try verifier.verify(stated, of: Self.artifact).statement)
        try PublishAttestation(said).check(fileName: "widget-1.0-0.conda", sha256: Digest.of(Self.file))
    }

    // Items 53 to 57 of the must-fail list.
    @Test("Another file than the signed one is refused, with the code of what shows it")
    func otherFile() throws {
        var instance = try SimulatedInstance()
        let signer = SimulatedInstance.Signer.workflow()
        let plain = try instance.bundle(of: Self.file, by: signer)
        let stated = try instance.bundle(stating: Self.statement(), by: signer)
        let verifier = try Self.verifier(instance)
        let other = Artifact.bytes(Array("another package".utf8))
        #expect(refusalCode { try verifier.verify(plain, of: other) } == "sigstore.message-digest")
        #expect(refusalCode { try verifier.verify(stated, of: other) } == "sigstore.artifact")
        let hidden = Self.with(.message(signature: plain.signature, digest: nil), in: plain)
        #expect(refusalCode { try verifier.verify(hidden, of: other) } == "sigstore.signature")
        let lying = Self.with(
            .message(signature: plain.signature, digest: Digest.of(Array("another package".utf8))),
            in: plain
        )
        #expect(refusalCode { try verifier.verify(lying, of: Self.artifact) } == "sigstore.message-digest")
    }

    @Test("A signature by another key, or over another payload, is refused")
    func otherSignature() throws {
        var instance = try SimulatedInstance()
        let signer = SimulatedInstance.Signer.workflow()
        let verifier = try Self.verifier(instance)
        let plain = try instance.bundle(of: Self.file, by: signer)
        let forged = Self.with(
            .message(signature: try SimulatedKey().sign(Self.file), digest: nil),
            in: plain
        )
        #expect(refusalCode { try verifier.verify(forged, of: Self.artifact) } == "sigstore.signature")
        let payload = try Self.statement()
        let stated = try instance.bundle(stating: payload, by: signer)
        let altered = Bundle.Envelope(
            payload: payload + [UInt8(ascii: " ")],
            payloadType: Statement.payloadType,
            signature: stated.signature
        )
        #expect(
            refusalCode { try verifier.verify(Self.with(.envelope(altered), in: stated), of: Self.artifact) }
                == "sigstore.signature"
        )
        // The type is signed as well.
        let retyped = Bundle.Envelope(
            payload: payload,
            payloadType: "application/json",
            signature: stated.signature
        )
        #expect(
            refusalCode { try verifier.verify(Self.with(.envelope(retyped), in: stated), of: Self.artifact) }
                == "sigstore.signature"
        )
        let typed = try instance.bundle(stating: payload, type: "application/json", by: signer)
        #expect(
            refusalCode { try verifier.verify(typed, of: Self.artifact) } == "attestation.payload-type"
        )
    }

    /// Sigstore's list of what must fail, 56: other forms of the very same signature.
    @Test("A signature that is not canonical DER is refused", arguments: MalleableSignature.allCases)
    func malleable(_ form: MalleableSignature) throws {
        var instance = try SimulatedInstance()
        let plain = try instance.bundle(of: Self.file, by: .workflow())
        let bundle = Self.with(.message(signature: form.of(plain.signature), digest: nil), in: plain)
        let verifier = try Self.verifier(instance)
        _ = try verifier.verify(plain, of: Self.artifact)
        #expect(refusalCode { try verifier.verify(bundle, of: Self.artifact) } == "sigstore.signature")
    }

    @Test("Another instance's bundle is refused")
    func otherInstance() throws {
        var instance = try SimulatedInstance()
        let bundle = try instance.bundle(of: Self.file, by: .workflow())
        let other = try Self.verifier(SimulatedInstance())
        #expect(refusalCode { try other.verify(bundle, of: Self.artifact) } == "log.unknown-log")
    }

    // Items 16 and 17: every proven time must be one at which the certificate is valid.
    @Test(
        "A signature after the certificate's end is refused",
        arguments: SimulatedInstance.Evidence.allCases
    )
    func late(_ evidence: SimulatedInstance.Evidence) throws {
        var instance = try SimulatedInstance()
        let last = try instance.bundle(of: Self.file, by: .workflow(), evidence, at: 600)
        let late = try instance.bundle(of: Self.file, by: .workflow(), evidence, at: 601)
        let verifier = try Self.verifier(instance)
        _ = try verifier.verify(last, of: Self.artifact)
        #expect(refusalCode { try verifier.verify(late, of: Self.artifact) } == "certificate.not-valid")
    }

    @Test("A bundle without log entry, and one of the second generation without timestamp, are refused")
    func evidenceMissing() throws {
        var instance = try SimulatedInstance()
        let bundle = try instance.bundle(of: Self.file, by: .workflow(), .v2)
        let verifier = try Self.verifier(instance)
        func stripped(entries: [LogEntry], timestamps: [[UInt8]]) -> Bundle {
            Bundle(
                version: .v03,
                material: bundle.material,
                content: bundle.content,
                logEntries: entries,
                timestamps: timestamps
            )
        }
        let unlogged = stripped(entries: [], timestamps: bundle.timestamps)
        #expect(refusalCode { try verifier.verify(unlogged, of: Self.artifact) } == "log.no-entry")
        let timeless = stripped(entries: bundle.logEntries, timestamps: [])
        #expect(refusalCode { try verifier.verify(timeless, of: Self.artifact) } == "log.timestamp-required")
    }

    @Test("A key of digests by another hash function asks for the file")
    func artifactNeeded() throws {
        var instance = try SimulatedInstance()
        let plain = try instance.bundle(of: Self.file, by: .workflow())
        let verifier = try Self.verifier(instance)
        #expect(
            refusalCode {
                try verifier.verify(plain, of: .digests([Digest.of(Self.file, by: .sha512)]))
            } == "sigstore.artifact-needed"
        )
    }
}

// MARK: - Keys and names

extension BundleVerifierTests {
    // Items 71 to 74.
    @Test("A bundle by a known key is verified with that key, in its time, and with no other")
    func keys() throws {
        var instance = try SimulatedInstance()
        let key = SimulatedKey()
        let known = try key.publicKey()
        let hint = Base64.text(known.fingerprint.bytes)
        let bundle = try instance.bundle(stating: Self.statement(), by: key, hint: hint, keyID: hint)
        let verifier = try Self.verifier(instance)
        let verified = try verifier.verify(bundle, of: Self.artifact, by: .init(known))
        #expect(verified.certificate == nil && verified.statement?.subjects.count == 1)
        #expect(refusalCode { try verifier.verify(bundle, of: Self.artifact) } == "sigstore.key-needed")
        let other = try SimulatedKey().publicKey()
        #expect(
            refusalCode { try verifier.verify(bundle, of: Self.artifact, by: .init(other)) }
                == "sigstore.key-hint"
        )
        let named = try instance.bundle(stating: Self.statement(), by: key, hint: "release key")
        #expect(
            refusalCode { try verifier.verify(named, of: Self.artifact, by: .init(other)) }
                == "sigstore.signature"
        )
        let renamed = try instance.bundle(
            stating: Self.statement(),
            by: key,
            hint: "release key",
            keyID: "other key"
        )
        #expect(
            refusalCode { try verifier.verify(renamed, of: Self.artifact, by: .init(known)) }
                == "sigstore.key-hint"
        )
        let early = ValidityPeriod(
            start: Moment(instance.time.advanced(byDays: -2)),
            end: Moment(instance.time.advanced(byDays: -1))
        )
        #expect(
            refusalCode { try verifier.verify(bundle, of: Self.artifact, by: .init(known, validFor: early)) }
                == "sigstore.key-period"
        )
        let certified = try instance.bundle(of: Self.file, by: .workflow())
        #expect(
            refusalCode { try verifier.verify(certified, of: Self.artifact, by: .init(known)) }
                == "sigstore.key-unexpected"
        )
    }

    // Items 35 and 36.
    @Test("Only the very name by the very issuer is the one that was asked for")
    func names() throws {
        let identity = SimulatedInstance.Signer.workflow(of: "pallets/flask").identity
        try identity.check(value: identity.value, issuer: identity.issuer)
        let others = SimulatedInstance.Signer.workflow(of: "pallets/flask-cors").identity
        #expect(
            refusalCode { try identity.check(value: others.value, issuer: identity.issuer) }
                == "sigstore.identity"
        )
        #expect(
            refusalCode { try identity.check(value: identity.value, issuer: identity.issuer + "/") }
                == "sigstore.issuer"
        )
    }
}

/// Forms of an ECDSA signature that lenient readers of DER take for it.
enum MalleableSignature: CaseIterable {
    case trailingByte
    case trailingByteInside
    case longLength
    case leadingZero
    case negative

    /// The signature in this form.
    func of(_ signature: [UInt8]) -> [UInt8] {
        // A sequence of two integers, each shorter than 128 bytes: its length is at 1, that of the first integer at 3.
        var changed = signature
        switch self {
        case .trailingByte: changed.append(0)
        case .trailingByteInside:
            changed.append(0)
            changed[1] += 1
        case .longLength: changed = [changed[0], 0x81] + changed.dropFirst()
        case .leadingZero:
            changed[1] += 1
            changed[3] += 1
            changed.insert(0, at: 4)
        case .negative:
            // The number with its sign turned: without the zero that says that it is none below 0, or with its highest bit set.
            if changed[4] == 0 {
                changed.remove(at: 4)
                changed[3] -= 1
                changed[1] -= 1
            } else {
                changed[4] |= 0x80
            }
        }
        return changed
    }
}
