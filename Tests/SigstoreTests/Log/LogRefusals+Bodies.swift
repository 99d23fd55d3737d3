// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

import SigningKeys
import Sigstore
import TestSupport
import TrustCore

// MARK: - What the entry says. All of it is truly in the log: what the log lets in is the log's business.

extension LogRefusal {
    /// A body that the log has, and that is not as it should be.
    private static func body(
        _ item: Int,
        _ kind: LogEntryKind,
        _ claim: String,
        _ code: String,
        _ change: @escaping @Sendable (String) -> String
    ) -> LogRefusal {
        LogRefusal(item, "\(kind.rawValue) with \(claim)", code) { world in
            let signed = world.signed(for: kind)
            let good = try SimulatedLogBody(signed, as: kind)
            let text = change(String(decoding: good.bytes, as: UTF8.self))
            let bad = SimulatedLogBody(kind: good.kind, version: good.version, bytes: Array(text.utf8))
            let entry = try world.add(bad, to: kind.generation)
            try world.verify(entry, signed: signed, timestamps: [LogWorld.moment])
        }
    }

    static let kinds: [LogRefusal] = {
        let unknown = ["hashedrekord/0.0.3", "dsse/0.0.2", "intoto/0.0.1", "helm/0.0.1", "/", "DSSE/0.0.1"]
        return unknown.map { name in
            LogRefusal(49, "the unknown kind \(name)", "log.kind") { world in
                let names = name.split(separator: "/", omittingEmptySubsequences: false).map { String($0) }
                let body = try SimulatedLogBody(kind: names[0], version: names[1], spec: [:])
                try world.verify(try world.v1.add(body, at: LogWorld.time))
            }
        } + [
            LogRefusal(49, "a body of another kind", "log.kind-differs") { world in
                let entry = try world.v1.add(world.envelope, at: LogWorld.time)
                try world.verify(entry.changed(kind: "hashedrekord"))
            },
            LogRefusal(49, "a body of another version", "log.kind-differs") { world in
                let entry = try world.v1.add(world.message, at: LogWorld.time)
                try world.verify(entry.changed(version: "0.0.2"), timestamps: [LogWorld.moment])
            },
            LogRefusal(49, "a kind and a version that are one text at another place", "log.kind-differs") {
                world in
                let body = SimulatedLogBody(
                    kind: "dsse",
                    version: "0.0.1",
                    bytes: Array(#"{"apiVersion":"0.0.1/","kind":"dsse","spec":{}}"#.utf8)
                )
                try world.verify(try world.v1.add(body, at: LogWorld.time))
            },
        ]
    }()

    static let bodies: [LogRefusal] =
        LogEntryKind.allCases.flatMap { kind in
            [
                body(51, kind, "a body that is an array", "log.body") { "[\($0)]" },
                body(51, kind, "an empty body", "log.body") { _ in "" },
                body(51, kind, "data after the end", "log.body") { $0 + "{}" },
                body(51, kind, "a newline after the end", "log.body-form") { $0 + "\n" },
                body(51, kind, "white space", "log.body-form") {
                    $0.replacing("\"kind\":", with: "\"kind\": ")
                },
                body(51, kind, "a needless escape", "log.body-form") {
                    $0.replacing("\"kind\"", with: #""\u006bind""#)
                },
                body(51, kind, "members in another order", "log.body-form") {
                    let version = "\"apiVersion\":\"\(kind.rawValue.suffix(5))\","
                    return "{" + $0.replacing(version, with: "").dropFirst().dropLast() + ","
                        + version.dropLast() + "}"
                },
                body(51, kind, "a member twice", "log.body") {
                    $0.replacing("\"spec\":", with: "\"kind\":\"x\",\"spec\":")
                },
                body(51, kind, "an unknown member", "log.body") {
                    $0.replacing("\"spec\":", with: "\"other\":1,\"spec\":")
                },
                body(51, kind, "an unknown member inside", "log.body") {
                    $0.replacing("\"spec\":{", with: "\"spec\":{\"a\":1,")
                },
                body(51, kind, "no spec", "log.body") { $0.replacing("\"spec\"", with: "\"spac\"") },
                body(51, kind, "a spec that is null", "log.body") {
                    String($0.prefix { $0 != "s" }) + "spec\":null}"
                },
            ]
        } + [
            body(51, .dsseV001, "two signatures", "log.body") {
                guard let range = $0.firstRange(of: "\"signatures\":[") else { return $0 }
                let one = $0[range.upperBound...].dropLast(3)
                return $0[..<range.upperBound] + one + "," + one + "]}}"
            },
            body(51, .dsseV001, "no signature", "log.body") {
                guard let range = $0.firstRange(of: "\"signatures\":[") else { return $0 }
                return $0[..<range.upperBound] + "]}}"
            },
            body(51, .dsseV001, "a digest by MD5", "log.body") {
                $0.replacing("\"sha256\"", with: "\"md5\"")
            },
            body(51, .hashedRekordV001, "a digest that is too short", "log.body") {
                $0.replacing("\"value\":\"\(LogWorld.artifact.hex.prefix(2))", with: "\"value\":\"")
            },
            body(51, .hashedRekordV001, "a signature that is not base64", "log.body") {
                $0.replacing("\"content\":\"", with: "\"content\":\"-")
            },
            body(51, .hashedRekordV002, "an unknown hash function", "log.body") {
                $0.replacing("SHA2_256", with: "SHA3_256")
            },
            body(51, .hashedRekordV002, "both a certificate and a key", "log.body") {
                $0.replacing(
                    "\"x509Certificate\"",
                    with: "\"publicKey\":{\"rawBytes\":\"\"},\"x509Certificate\""
                )
            },
            body(51, .hashedRekordV002, "neither a certificate nor a key", "log.body") {
                guard let range = $0.firstRange(of: ",\"x509Certificate\"") else { return $0 }
                return $0[..<range.lowerBound] + "}}}}}"
            },
            body(51, .intotoV002, "another payload than its digest says", "log.body") {
                $0.replacing("\"payloadType\"", with: "\"payload\":\"VzEwPQ==\",\"payloadType\"")
            },
        ]

    /// A genuine entry of another signing (CVE-2022-36056, CVE-2026-22703).
    private static func binding(
        _ kind: LogEntryKind,
        over form: String,
        _ signed: @escaping @Sendable (LogWorld) -> LoggedSignature,
        digest: LoggedSignature.Content
    ) -> [LogRefusal] {
        func refusal(
            _ claim: String,
            _ code: String,
            _ change: @escaping @Sendable (LogWorld, LoggedSignature) throws -> LoggedSignature
        ) -> LogRefusal {
            LogRefusal(50, "\(kind.rawValue) over \(form), of \(claim)", code) { world in
                let own = signed(world)
                let entry = try world.add(try change(world, own), as: kind)
                try world.verify(entry, signed: own, timestamps: [LogWorld.moment])
            }
        }
        return [
            refusal("other content", "log.digest") { $0.changed($1, content: digest) },
            refusal("another certificate for the same key", "log.signer") {
                $0.changed($1, signer: .certificate([0x30, 0x00], key: $0.key))
            },
            refusal("the key instead of its certificate", "log.signer") {
                $0.changed($1, signer: .key($0.key))
            },
            refusal("another signature", "log.signature") { $0.changed($1, signature: $1.signature + [0]) },
        ]
    }

    static let bindings: [LogRefusal] = {
        let otherFile = LoggedSignature.Content.message(digests: [Digest.of([])])
        let otherPayload = LogWorld.content("{ }")
        return binding(.hashedRekordV001, over: "a file", { $0.message }, digest: otherFile)
            + binding(.hashedRekordV002, over: "a file", { $0.message }, digest: otherFile)
            + binding(.hashedRekordV002, over: "an envelope", { $0.envelope }, digest: otherPayload)
            + binding(.dsseV001, over: "an envelope", { $0.envelope }, digest: otherPayload)
            + binding(.intotoV002, over: "an envelope", { $0.envelope }, digest: otherPayload) + [
                LogRefusal(50, "hashedrekord/0.0.2 over a payload of another type", "log.digest") { world in
                    let other = world.changed(
                        world.envelope,
                        content: LogWorld.content("{}", type: "text/plain")
                    )
                    let entry = try world.v2.add(other)
                    try world.verify(entry, signed: world.envelope, timestamps: [LogWorld.moment])
                },
                LogRefusal(50, "hashedrekord/0.0.2 by another algorithm of the key", "log.signer") { world in
                    let good = try SimulatedLogBody(world.message, as: .hashedRekordV002)
                    let text = String(decoding: good.bytes, as: UTF8.self)
                        .replacing("PKIX_ECDSA_P256_SHA_256", with: "PKIX_ECDSA_P384_SHA_256")
                    let body = SimulatedLogBody(
                        kind: good.kind,
                        version: good.version,
                        bytes: Array(text.utf8)
                    )
                    try world.verify(try world.v2.add(body), timestamps: [LogWorld.moment])
                },
                LogRefusal(50, "a digest by another hash function than the signature's", "log.digest") {
                    world in
                    let spec: JSONValue = [
                        "hashedRekordV002": [
                            "data": [
                                "algorithm": "SHA2_512",
                                "digest": .string(Base64.text(Digest.of([], by: .sha512).bytes)),
                            ],
                            "signature": [
                                "content": .string(Base64.text(world.message.signature)),
                                "verifier": [
                                    "keyDetails": "PKIX_ECDSA_P256_SHA_256",
                                    "x509Certificate": [
                                        "rawBytes": .string(Base64.text(LogWorld.certificate))
                                    ],
                                ],
                            ],
                        ]
                    ]
                    let body = try SimulatedLogBody(kind: "hashedrekord", version: "0.0.2", spec: spec)
                    try world.verify(try world.v2.add(body), timestamps: [LogWorld.moment])
                },
                LogRefusal(50, "intoto/0.0.2 over a payload of another type", "log.content") { world in
                    let other = world.changed(
                        world.envelope,
                        content: LogWorld.content("{}", type: "text/plain")
                    )
                    let entry = try world.add(other, as: .intotoV002)
                    try world.verify(entry, signed: world.envelope)
                },
                LogRefusal(50, "an entry for a file beside an envelope", "log.content") { world in
                    try world.verify(
                        try world.v1.add(world.message, at: LogWorld.time),
                        signed: world.envelope
                    )
                },
                LogRefusal(50, "an entry for an envelope beside a file", "log.content") { world in
                    try world.verify(
                        try world.v1.add(world.envelope, at: LogWorld.time),
                        signed: world.message
                    )
                },
            ]
    }()
}
