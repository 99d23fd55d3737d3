// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

import Sigstore
import TestSupport
import Testing
import TrustCore

@Suite("What an attestation says of a package (CEP 27)")
struct PublishAttestationTests {
    private typealias Sample = StatementSample

    private static let digest = Digest(.sha256, hex: StatementSample.sha256) ?? Digest.of([])

    @Test("Every part is read, and what is written is what rattler and sigstore-python sign")
    func whole() throws {
        let attestation = try Sample.publish()
        #expect(attestation.fileName == Sample.fileName && attestation.sha256 == Self.digest)
        #expect(attestation.targetChannel?.text == Sample.channel)
        let expected =
            #"{"_type":"https://in-toto.io/Statement/v1","subject":[{"name":""# + Sample.fileName
            + #"","digest":{"sha256":""# + Sample.sha256
            + #""}}],"predicateType":"https://schemas.conda.org/"#
            + #"attestations-publish-1.schema.json","predicate":{"targetChannel":""# + Sample.channel
            + #""}}"#
        #expect(String(decoding: attestation.encoded(), as: UTF8.self) == expected)
        let made = try PublishAttestation(
            fileName: Sample.fileName,
            sha256: Self.digest,
            targetChannel: Sample.channel
        )
        #expect(made.encoded() == attestation.encoded())
    }

    @Test("The channel may be left unsaid", arguments: [nil, JSONValue.null])
    func noPredicate(predicate: JSONValue?) throws {
        let attestation = try Sample.publish(Sample.value.replacing("predicate", by: predicate))
        #expect(attestation.targetChannel == nil)
        try attestation.check(channel: "https://anywhere.test/c")
        let made = try PublishAttestation(fileName: Sample.fileName, sha256: Self.digest, targetChannel: nil)
        #expect(made.encoded() == attestation.encoded())
        #expect(try Sample.publish(JSONReader.read(made.encoded(), of: "made")).sha256 == Self.digest)
    }

    @Test("What CEP 27 does not know is skipped")
    func unknown() throws {
        _ = try Sample.publish(
            Sample.value.replacing("x", by: 1).replacing("predicate.x", by: [:])
                .replacing("subject.0.uri", by: "https://h/f")
        )
    }

    /// Sigstore's list of what must fail, 53, 61 and 62.
    @Test("Only the very package: its file name, to the byte, and its digest")
    func package() throws {
        let attestation = try Sample.publish()
        try attestation.check(fileName: Sample.fileName, sha256: Self.digest)
        for other in [
            "other-2.1.0-hb0f4dca_0.conda", "signed-package-2.1.0-hb0f4dca_0.tar.bz2", Sample.fileName + " ",
            "linux-64/" + Sample.fileName, Sample.fileName.uppercased(), "",
        ] {
            #expect(
                refusalCode { try attestation.check(fileName: other, sha256: Self.digest) }
                    == "attestation.file-name"
            )
        }
        for other in [Digest.of([]), Digest.of([], by: .sha512), Digest.of([], by: .md5)] {
            #expect(
                refusalCode { try attestation.check(fileName: Sample.fileName, sha256: other) }
                    == "attestation.digest"
            )
        }
    }

    /// Sigstore's list of what must fail, 64.
    @Test(
        "Spellings of one channel are one, and other channels are others",
        arguments: [
            ("https://prefix.dev/sigstore-example", true), ("https://prefix.dev/sigstore-example/", true),
            ("HTTPS://Prefix.DEV/sigstore-example", true), ("https://prefix.dev:443/sigstore-example", true),
            ("https://prefix.dev/sigstore%2Dexample", true), ("https://prefix.dev/sigstore-example2", false),
            ("https://prefix.dev/sigstore-exampl", false), ("https://prefix.dev", false),
            ("https://prefix.dev/sigstore-example/x", false), ("http://prefix.dev/sigstore-example", false),
            ("https://prefix.dev:8443/sigstore-example", false),
            ("https://prefix.dev/Sigstore-example", false),
            ("https://prefix.dev.test/sigstore-example", false),
            ("https://prefix.dev/x/../sigstore-example", false),
            ("https://prefix.dev@evil.test/sigstore-example", false), ("sigstore-example", false),
            ("", false),
        ]
    )
    func channels(url: String, isSame: Bool) throws {
        let attestation = try Sample.publish()
        #expect(refusalCode { try attestation.check(channel: url) } == (isSame ? nil : "attestation.channel"))
    }

    @Test(
        "URLs of channels of all kinds",
        arguments: [
            "https://conda.anaconda.org/conda-forge", "http://localhost:8000/c", "https://h",
            "https://[::1]:8443/c",
            "oci://ghcr.io/channel", "s3://bucket/channel", "https://h/a/b/c", "https://h/t",
            "https://h/a%20b",
        ]
    )
    func goodChannels(url: String) throws {
        let channel = try TargetChannel(url)
        #expect(channel.text == url && channel.isSame(as: url))
    }

    /// Sigstore's list of what must fail, 63.
    @Test(
        "What is no URL of a channel is refused, and never shown",
        arguments: [
            ("", "target-channel"), ("conda-forge", "target-channel"), ("https://", "target-channel-slash"),
            ("https:///c", "target-channel"), ("https:/h/c", "target-channel"), ("://h/c", "target-channel"),
            ("https://h/c?x=1", "target-channel"), ("https://h/c#x", "target-channel"),
            ("https://h/a b", "target-channel"), ("https://h\\c", "target-channel"),
            ("https://h/ä", "target-channel"),
            ("https://h/a//c", "target-channel"), ("https://h/../c", "target-channel"),
            ("https://h/%2e%2e/c", "target-channel"), ("https://h/a%2Fc", "target-channel"),
            ("https://h/a%zz", "target-channel"), ("https://h:port/c", "target-channel"),
            ("https://h:99999/c", "target-channel"), ("https://[::1/c", "target-channel"),
            ("https://h\u{301}/c", "target-channel"), ("https://h:1:2/c", "target-channel"),
            ("https://h/c/", "target-channel-slash"), ("https://h/", "target-channel-slash"),
            ("https://h/c//", "target-channel-slash"), ("https://SECRET@h/c", "target-channel-credentials"),
            ("https://user:SECRET@h/c", "target-channel-credentials"),
            ("https://h/t/SECRET/c", "target-channel-credentials"),
            ("https://user:SECRET@h/c/", "target-channel-credentials"),
        ]
    )
    func badChannels(url: String, code: String) throws {
        let value = Sample.value.replacing("predicate.targetChannel", by: .string(url))
        do {
            _ = try Sample.publish(value)
            Issue.record("accepted")
        } catch let refusal as Refusal {
            #expect(refusal.codeName == "attestation." + code)
            #expect(!refusal.description.contains("SECRET"))
        }
        let long = "https://h/" + String(repeating: "a", count: 2074)
        #expect(refusalCode { try TargetChannel(long) } == "attestation.target-channel")
        _ = try TargetChannel(String(long.dropLast()))
    }

    @Test("What is made keeps the same rules")
    func making() {
        for (name, digest, channel, code) in [
            ("a.conda", Self.digest, Sample.channel, "subject-name"),
            (Sample.fileName, Digest.of([], by: .sha512), Sample.channel, "digest-form"),
            (Sample.fileName, Self.digest, Sample.channel + "/", "target-channel-slash"),
        ] {
            #expect(
                refusalCode { try PublishAttestation(fileName: name, sha256: digest, targetChannel: channel) }
                    == "attestation." + code
            )
        }
    }
}
