// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

import SigningKeys
import Sigstore
import TrustCore

extension Fuzzer {
    /// Bodies of log entries, each tried as every kind.
    static let logEntries = Fuzzer("log-entries") { bytes in
        for kind in LogEntryKind.allCases {
            let names = kind.rawValue.split(separator: "/").map { String($0) }
            let entry = LogEntry(
                logIndex: 0,
                logID: [],
                kind: names[0],
                version: names[1],
                integratedTime: 0,
                signedEntryTimestamp: nil,
                inclusionProof: nil,
                canonicalizedBody: bytes
            )
            if let body = try Finding.accepted({ try LogEntryBody(entry) }) { try check(body, bytes) }
        }
    }

    /// One spelling only, and about nothing but what it says.
    private static func check(_ body: LogEntryBody, _ bytes: [UInt8]) throws {
        let again = Finding.ifRefused("a body that was read is refused") {
            try JSONCanonicalization.encode(JSONReader.read(bytes, of: "input"))
        }
        Finding.unlessEqual(again, bytes, "the canonical form")
        guard let info = Base64.decode(spki),
            let key = try Finding.accepted({ try VerificationKey(subjectPublicKeyInfo: info) })
        else { Finding.report("the fuzzer's own key is refused") }
        let signer: LoggedSignature.Signer =
            switch body.signer {
            case .certificate(let bytes): .certificate(bytes, key: key)
            case .key: .key(key)
            }
        let contents: [LoggedSignature.Content] = [
            .message(digests: [body.digest]),
            .envelope(payload: bytes, payloadType: body.payloadType ?? ""),
        ]
        for content in contents {
            let signed = LoggedSignature(signature: body.signature + [0], signer: signer, content: content)
            let isAbout: Void? = try Finding.accepted { try body.check(isAbout: signed) }
            Finding.unless(isAbout == nil, "the entry is taken for another signature's")
        }
    }

    private static let spki =
        "MFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAEcOys85dOpQwQ4CPLhTdi4zMFdarToTDQyRspumT4IeGnfPCrgCS5"
        + "FWHjPGyeRk9MBVLOnp07a1cjzFAtlm4t9A=="
}
