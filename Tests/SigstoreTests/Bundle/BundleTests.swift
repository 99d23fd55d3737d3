// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

import Sigstore
import TestSupport
import Testing
import TrustCore

@Suite("A bundle in JSON")
struct BundleTests {
    private static func parse(
        _ value: JSONValue,
        allowing versions: Set<Bundle.Version> = Set(Bundle.Version.allCases)
    ) throws -> Bundle {
        try Bundle(parsing: JSONWriter.encode(value), allowing: versions)
    }

    @Test("Every part is read", arguments: ["0.1", "0.2", "0.3"])
    func whole(version: String) throws {
        let bundle = try Self.parse(BundleSample.value(version))
        #expect(bundle.version.rawValue == version)
        guard case .certificate(let certificate, let others) = bundle.material,
            case .envelope(let envelope) = bundle.content
        else {
            Issue.record("another form")
            return
        }
        #expect(certificate.count == 303 && others.isEmpty)
        #expect(envelope.payload == Array("{}".utf8) && envelope.keyID.isEmpty)
        #expect(envelope.payloadType == Statement.payloadType)
        #expect(bundle.signature == [0x30, 0x44, 0x02] && bundle.timestamps == [[0x30, 0x82, 0x04]])
        let entry = try #require(bundle.logEntries.first)
        #expect(bundle.logEntries.count == 1 && entry.logIndex == 7 && entry.logID.count == 32)
        #expect(entry.kind == "dsse" && entry.version == "0.0.1" && entry.integratedTime == 1_756_728_839)
        #expect(entry.signedEntryTimestamp == [0x30, 0x46, 0x02])
        #expect(entry.canonicalizedBody == Array("{}".utf8))
        let proof = try #require(entry.inclusionProof)
        #expect(proof.logIndex == 3 && proof.treeSize == 4 && proof.hashes.count == 2)
        #expect(proof.rootHash == Digest.of([]).bytes && proof.checkpoint.hasPrefix("log.test - 1\n4\n"))
    }

    @Test("What is written is read as the same again", arguments: ["0.1", "0.2", "0.3"])
    func roundTrip(version: String) throws {
        let sample = BundleSample.value(version)
        let samples = [
            sample,
            sample.replacing("dsseEnvelope", by: nil).replacing("messageSignature", by: BundleSample.message),
            sample.replacing("dsseEnvelope.signatures.0.keyid", by: "a \"key\""),
            sample.replacing("verificationMaterial.timestampVerificationData", by: nil),
            sample.replacing("verificationMaterial.tlogEntries", by: [])
                .replacing("verificationMaterial.timestampVerificationData", by: [:]),
        ]
        for sample in samples {
            let written = try Self.parse(sample).encoded()
            #expect(try Bundle(parsing: written, allowing: [Self.parse(sample).version]).encoded() == written)
        }
        // Members are in another order in what we write; objects are equal in any.
        #expect(try JSONReader.read(Self.parse(sample).encoded(), of: "bundle") == sample)
    }

    @Test("A signature of an artifact, with or without its digest", arguments: [true, false])
    func message(hasDigest: Bool) throws {
        let message =
            hasDigest ? BundleSample.message : BundleSample.message.replacing("messageDigest", by: nil)
        let bundle = try Self.parse(
            BundleSample.value().replacing("dsseEnvelope", by: .null).replacing(
                "messageSignature",
                by: message
            )
        )
        guard case .message(let signature, let digest) = bundle.content else {
            Issue.record("another form")
            return
        }
        #expect(signature == bundle.signature && digest == (hasDigest ? Digest.of([]) : nil))
    }

    @Test("A key is shown by a hint, in every version", arguments: ["0.1", "0.2", "0.3"])
    func key(version: String) throws {
        let value = BundleSample.value(version).replacing("verificationMaterial.certificate", by: nil)
            .replacing("verificationMaterial.x509CertificateChain", by: nil)
        for (hint, expected) in [("abc=", "abc="), ("", "")] {
            let bundle = try Self.parse(
                value.replacing("verificationMaterial.publicKey", by: ["hint": .string(hint)])
            )
            guard case .publicKey(expected) = bundle.material else {
                Issue.record("another form")
                return
            }
        }
    }

    @Test("Line ends in base64 are skipped", arguments: ["e3\n0=", "e30=\r\n", "\ne30="])
    func lineEnds(text: String) throws {
        let bundle = try Self.parse(BundleSample.value().replacing("dsseEnvelope.payload", by: .string(text)))
        guard case .envelope(let envelope) = bundle.content else {
            Issue.record("another form")
            return
        }
        #expect(envelope.payload == Array("{}".utf8))
    }

    @Test("Numbers may be text or numbers, and one that is absent, null or 0 is 0")
    func integers() throws {
        let path = "verificationMaterial.tlogEntries.0.logIndex"
        let sample = BundleSample.value()
        for (value, expected) in [
            ("7", 7), (7, 7), ("9223372036854775807", .max), (0, 0), ("0", 0), (nil, 0), (.null, 0),
        ] as [(JSONValue?, Int64)] {
            #expect(try Self.parse(sample.replacing(path, by: value)).logEntries[0].logIndex == expected)
        }
    }

    /// Sigstore's list of what must fail, 6.
    @Test(
        "Other numbers are refused",
        arguments: [
            "-1", "\"-1\"", "\"-0\"", "9223372036854775808", "\"9223372036854775808\"", "1.0", "1e2",
            "\"1e2\"",
            "\"0x1\"", "\" 1\"", "\"+1\"", "\"01\"", "18446744073709551617", "\"٣\"",
        ]
    )
    func badIntegers(text: String) throws {
        for path in ["logIndex", "integratedTime", "inclusionProof.logIndex", "inclusionProof.treeSize"] {
            let marked = BundleSample.value()
                .replacing("verificationMaterial.tlogEntries.0.\(path)", by: "MARK")
            let bundle = String(decoding: JSONWriter.encode(marked), as: UTF8.self)
                .split(separator: "\"MARK\"", omittingEmptySubsequences: false)
                .joined(separator: text)
            #expect(refusalCode { try Bundle(parsing: Array(bundle.utf8)) } == "bundle.integer")
        }
    }

    /// Sigstore's list of what must fail, 2.
    @Test(
        "Only the known media types, to the byte",
        arguments: [
            "application/vnd.dev.sigstore.bundle+json;version=99.9",
            "application/vnd.dev.sigstore.bundle+json",
            "application/vnd.dev.sigstore.bundle.v0.4+json", "application/json",
            "application/vnd.dev.sigstore.bundle.v0.3+json ", "Application/vnd.dev.sigstore.bundle.v0.3+json",
            // A Greek question mark, which is canonically equivalent to a semicolon.
            "application/vnd.dev.sigstore.bundle+json\u{37E}version=0.3",
        ]
    )
    func mediaTypes(text: String) {
        let value = BundleSample.value().replacing("mediaType", by: .string(text))
        #expect(refusalCode { try Self.parse(value) } == "bundle.media-type")
    }

    @Test("Versions that were not asked for are refused, and only version 0.3 is by default")
    func versions() throws {
        for version in ["0.1", "0.2"] {
            let bytes = JSONWriter.encode(BundleSample.value(version))
            #expect(refusalCode { try Bundle(parsing: bytes) } == "bundle.version")
            #expect(refusalCode { try Bundle(parsing: bytes, allowing: []) } == "bundle.version")
        }
        let older = BundleSample.value()
            .replacing("mediaType", by: "application/vnd.dev.sigstore.bundle+json;version=0.3")
        #expect(try Self.parse(older, allowing: [.v03]).version == .v03)
    }

    @Test("Evidence that a version does not demand may be absent")
    func evidence() throws {
        let entry = "verificationMaterial.tlogEntries.0"
        let promised = BundleSample.value("0.1").replacing("\(entry).inclusionProof", by: nil)
        #expect(try Self.parse(promised).logEntries[0].inclusionProof == nil)
        for version in ["0.2", "0.3"] {
            let proved = BundleSample.value(version).replacing("\(entry).inclusionPromise", by: nil)
            #expect(try Self.parse(proved).logEntries[0].signedEntryTimestamp == nil)
        }
    }

    @Test("Other certificates of a chain are kept, unless they issued themselves")
    func chain() throws {
        let path = "verificationMaterial.x509CertificateChain.certificates"
        let signer: JSONValue = ["rawBytes": .string(BundleSample.intermediate)]
        let nothing: JSONValue = ["rawBytes": "AAAA"]
        let bundle = try Self.parse(BundleSample.value("0.2").replacing(path, by: [signer, signer, nothing]))
        guard case .certificate(let first, let others) = bundle.material else {
            Issue.record("another form")
            return
        }
        #expect(others == [first, [0, 0, 0]])
        let root: JSONValue = ["rawBytes": .string(BundleSample.root)]
        for chain in [[signer, root], [signer, signer, root], [signer, root, signer]] {
            // Sigstore's list of what must fail, 4.
            let value = BundleSample.value("0.2").replacing(path, by: .array(chain))
            #expect(refusalCode { try Self.parse(value) } == "bundle.root-certificate")
        }
    }

    /// Sigstore's list of what must fail, 10.
    @Test("As many parts as allowed are read, and one more is refused")
    func limits() throws {
        let entries = "verificationMaterial.tlogEntries"
        let timestamps = "verificationMaterial.timestampVerificationData.rfc3161Timestamps"
        let lists: [(path: String, element: JSONValue, count: Int)] = [
            (entries, BundleSample.entry, 32), (timestamps, ["signedTimestamp": "MIIE"], 32),
            ("\(entries).0.inclusionProof.hashes", .string(BundleSample.digest), 64),
        ]
        for list in lists {
            func sample(_ count: Int) -> JSONValue {
                BundleSample.value().replacing(
                    list.path,
                    by: .array(Array(repeating: list.element, count: count))
                )
            }
            _ = try Self.parse(sample(list.count))
            #expect(refusalCode { try Self.parse(sample(list.count + 1)) } == "bundle.limit")
        }
        let chain = "verificationMaterial.x509CertificateChain.certificates"
        let signer: JSONValue = ["rawBytes": .string(BundleSample.intermediate)]
        let long = BundleSample.value("0.2").replacing(chain, by: .array(Array(repeating: signer, count: 11)))
        #expect(refusalCode { try Self.parse(long) } == "bundle.limit")
        let certificate = String(repeating: "AAAA", count: (64 << 10) / 3 + 2)
        let large = BundleSample.value()
            .replacing("verificationMaterial.certificate.rawBytes", by: .string(certificate))
        #expect(refusalCode { try Self.parse(large) } == "bundle.limit")
        let spaces = [UInt8](repeating: 0x20, count: Bundle.maximumLength)
        #expect(
            refusalCode { try Bundle(parsing: spaces + JSONWriter.encode(BundleSample.value())) }
                == "limit.too-large"
        )
        let deep = String(repeating: "[", count: 17)
        #expect(refusalCode { try Bundle(parsing: Array(deep.utf8)) } == "json.too-deep")
    }

    @Test("No prefix of a bundle is one, and no bundle with something after it")
    func truncated() throws {
        let bytes = JSONWriter.encode(BundleSample.value())
        for length in stride(from: 0, to: bytes.count, by: 7) {
            // Sigstore's list of what must fail, 1.
            #expect(refusalCode { try Bundle(parsing: Array(bytes[..<length])) } == "json.syntax")
        }
        #expect(refusalCode { try Bundle(parsing: bytes + bytes) } == "json.trailing-data")
    }
}
