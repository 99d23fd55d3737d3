// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

import Sigstore
import TestSupport
import Testing
import TrustCore

/// For each code the smallest change of a good input that provokes it.
@Suite("Every refusal of an attestation's content has an input that provokes it")
struct AttestationCodeCoverageTests {
    typealias Provocation = @Sendable () throws -> Void

    @Test("Exactly this code", arguments: AttestationCode.allCases)
    func code(_ code: AttestationCode) throws {
        let provocations = try #require(Self.table[code])
        #expect(!provocations.isEmpty)
        for provocation in provocations {
            #expect(refusalCode { try provocation() } == code.rawValue)
        }
    }

    @Test("Every code says what, why, and what to do", arguments: AttestationCode.allCases)
    func entry(_ code: AttestationCode) {
        #expect(code.defects(in: "attestation.").isEmpty)
    }

    private static func change(_ path: String, _ value: JSONValue?) -> Provocation {
        { _ = try StatementSample.publish(StatementSample.value.replacing(path, by: value)) }
    }

    private static func envelope(_ type: String) -> Provocation {
        {
            let payload = JSONWriter.encode(StatementSample.value)
            _ = try Statement(in: Bundle.Envelope(payload: payload, payloadType: type, signature: [0]))
        }
    }

    private static func sidecar(_ text: String, expecting digest: Digest? = nil) -> Provocation {
        { _ = try Sidecar(parsing: Array(text.utf8), expecting: digest, of: "package") }
    }

    private static let digests = JSONObject(
        (0..<33).map { ("a\($0)", JSONValue.string("")) }
    )

    /// The numbers are those of Sigstore's list of what must fail.
    private static let table: [AttestationCode: [Provocation]] = [
        .payloadType: [envelope("application/vnd.in-toto"), envelope("application/json")],  // 57
        .statementType: [  // 58
            change("_type", "https://in-toto.io/Statement/v0.1"), change("_type", ""),
            change("_type", "https://in-toto.io/Statement/v1/"),
        ],
        .limit: [  // 10
            change("subject", .array(Array(repeating: ["name": "a"], count: 1025))),
            change("subject.0.digest", .object(digests)),
        ],
        .predicateType: [  // 59
            change("predicateType", "https://slsa.dev/provenance/v1"), change("predicateType", ""),
            change("predicateType", "https://schemas.conda.org/attestations-publish-1.schema.json#"),
        ],
        .subjectCount: [  // 60
            change("subject", []),
            change("subject", [["name": "a", "digest": [:]], ["name": "a", "digest": [:]]]),
        ],
        .subjectName: [
            change("subject.0.name", nil), change("subject.0.name", ""),
            change("subject.0.name", "a-1-0.zip"),
            change("subject.0.name", "a-1.conda"), change("subject.0.name", "-1-0.conda"),
            change("subject.0.name", "linux-64/a-1-0.conda"), change("subject.0.name", "a-1-0.conda\u{301}"),
            change("subject.0.name", ".conda"), change("subject.0.name", "a-1-\n.conda"),
        ],
        .digestSet: [  // 62
            change("subject.0.digest", nil), change("subject.0.digest", [:]),
            change("subject.0.digest.sha512", "ab"), change("subject.0.digest", ["sha512": "ab"]),
            change("subject.0.digest", ["SHA256": .string(StatementSample.sha256)]),
        ],
        .digestForm: [  // 62
            change("subject.0.digest.sha256", ""), change("subject.0.digest.sha256", "ab"),
            change("subject.0.digest.sha256", .string(StatementSample.sha256.uppercased())),
            change("subject.0.digest.sha256", .string(StatementSample.sha256.dropLast() + "g")),
        ],
        .predicate: [change("predicate", []), change("predicate", "x"), change("predicate", false)],  // 63
        .targetChannelMissing: [
            change("predicate", [:]), change("predicate", ["targetchannel": "https://h/c"]),
        ],
        .targetChannel: [
            change("predicate.targetChannel", .null), change("predicate.targetChannel", 1),
            change("predicate.targetChannel", "conda-forge"),
        ],
        .targetChannelSlash: [change("predicate.targetChannel", "https://h/c/")],
        .targetChannelCredentials: [change("predicate.targetChannel", "https://user@h/c")],
        .fileName: [  // 61
            { try StatementSample.publish().check(fileName: "a-1-0.conda", sha256: Digest.of([])) }
        ],
        .digest: [
            {
                try StatementSample.publish()
                    .check(fileName: StatementSample.fileName, sha256: Digest.of([]))
            }
        ],
        .channel: [{ try StatementSample.publish().check(channel: "https://prefix.dev/other") }],  // 64
        .sidecarReference: [{ _ = try Sidecar.digest(advertised: "AB", of: "package") }],  // 65
        .sidecarDigest: [sidecar("[{}]", expecting: Digest.of([]))],  // 66
        .sidecarShape: [sidecar("[]"), sidecar("{}")],  // 69
        .pep740Version: [
            { _ = try PEP740Attestation(parsing: Array("{\"version\":2}".utf8)) },
            { _ = try PEP740Attestation.all(inProvenance: Array("{}".utf8)) },
        ],
    ]

    @Test(
        "A statement that lacks a field, or has it in another type, is refused",
        arguments: [
            ("_type", nil), ("subject", nil), ("predicateType", nil), ("subject", ["name": "a"]),
            ("subject", ["a"]),
            ("subject.0.name", 1), ("subject.0.digest", []), ("subject.0.digest.sha256", 1),
            ("predicateType", .null),
        ] as [(String, JSONValue?)]
    )
    func shape(path: String, value: JSONValue?) {
        let statement = StatementSample.value.replacing(path, by: value)
        #expect(refusalCode { try StatementSample.statement(statement) } == "json.shape")
    }

    @Test("A statement about many files can be read, though it is of no package")
    func generic() throws {
        let subjects = Array(repeating: JSONValue(dictionaryLiteral: ("name", "a")), count: 1024)
        let statement = try StatementSample.statement(
            StatementSample.value.replacing("subject", by: .array(subjects)).replacing("predicate", by: [1])
        )
        #expect(statement.subjects.count == 1024 && statement.predicate == [1])
        let two = try StatementSample.statement(
            StatementSample.value.replacing("subject.0.digest.sha512", by: "AB")
        )
        #expect(two.subjects[0].digests.map(\.algorithm) == ["sha256", "sha512"])
        #expect(two.subjects[0].digest(.sha256)?.hex == StatementSample.sha256)
        #expect(two.subjects[0].digest(.sha512) == nil && two.subjects[0].digest(.sha384) == nil)
    }
}

extension JSONObject {
    fileprivate init(_ members: [(String, JSONValue)]) {
        self.init()
        for (key, value) in members { self[key] = value }
    }
}
