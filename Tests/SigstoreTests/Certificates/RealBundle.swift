// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

import Foundation
import SigningKeys
import TestSupport
import TrustCore

@testable import Sigstore

/// As much of a real bundle or trusted root as tests of certificates and timestamps need, read without
/// ceremony: the library's own readers are tested elsewhere.
struct RealBundle: Sendable {
    var certificates: [[UInt8]] = []
    var timestamps: [[UInt8]] = []
    var integratedTimes: [Int64] = []
    var signature: [UInt8] = []

    init?(_ value: JSONValue) {
        guard let material = value.object?["verificationMaterial"]?.object else { return nil }
        let one = material["certificate"].map { [$0] }
        let many = material["x509CertificateChain"]?.object?["certificates"]?.array
        certificates = (one ?? many ?? []).compactMap { Self.bytes($0.object?["rawBytes"]) }
        let stamps = material["timestampVerificationData"]?.object?["rfc3161Timestamps"]?.array ?? []
        timestamps = stamps.compactMap { Self.bytes($0.object?["signedTimestamp"]) }
        for entry in material["tlogEntries"]?.array ?? [] {
            let time = entry.object?["integratedTime"]
            if let seconds = time?.integer ?? time?.string.flatMap({ Int64($0) }), seconds > 0 {
                integratedTimes.append(seconds)
            }
        }
        let envelope = value.object?["dsseEnvelope"]?.object?["signatures"]?.array?.first?.object?["sig"]
        let message = value.object?["messageSignature"]?.object?["signature"]
        signature = Self.bytes(envelope ?? message) ?? []
    }

    static func read(_ path: String) throws -> JSONValue {
        try JSONReader.read(SharedData.bytes(path), of: path)
    }

    /// One of the suite's cases breaks its base64 into lines.
    private static func bytes(_ value: JSONValue?) -> [UInt8]? {
        value?.string.flatMap { Data(base64Encoded: $0, options: .ignoreUnknownCharacters) }.map { Array($0) }
    }

    // MARK: - Trusted roots

    static func root(_ path: String) throws -> TrustedRoot {
        let root = try read(path).object
        func authorities(_ key: String) -> [TrustedRoot.Authority] {
            (root?[key]?.array ?? []).compactMap { authority($0.object) }
        }
        return TrustedRoot(
            transparencyLogs: [],
            certificateAuthorities: authorities("certificateAuthorities"),
            certificateLogs: (root?["ctlogs"]?.array ?? []).compactMap { log($0.object) },
            timestampAuthorities: authorities("timestampAuthorities")
        )
    }

    private static func authority(_ value: JSONObject?) -> TrustedRoot.Authority? {
        let chain = value?["certChain"]?.object?["certificates"]?.array ?? []
        return TrustedRoot.Authority(
            uri: value?["uri"]?.string ?? "",
            certificates: chain.compactMap { bytes($0.object?["rawBytes"]) },
            validFor: period(value?["validFor"]?.object)
        )
    }

    private static func log(_ value: JSONObject?) -> TrustedRoot.Log? {
        let publicKey = value?["publicKey"]?.object
        guard let raw = bytes(publicKey?["rawBytes"]),
            let key = try? VerificationKey(subjectPublicKeyInfo: raw),
            let logID = bytes(value?["logId"]?.object?["keyId"])
        else { return nil }
        return TrustedRoot.Log(
            baseURL: value?["baseUrl"]?.string ?? "",
            key: key,
            validFor: period(publicKey?["validFor"]?.object),
            logID: logID
        )
    }

    private static func period(_ value: JSONObject?) -> ValidityPeriod {
        ValidityPeriod(
            start: moment(value?["start"]) ?? Moment(Timestamp(seconds: 0)),
            end: moment(value?["end"])
        )
    }

    /// Fractions, of which there are few, are read as nine digits.
    private static func moment(_ value: JSONValue?) -> Moment? {
        guard let text = value?.string, let whole = Timestamp("\(text.prefix(19))Z") else { return nil }
        let digits = text.utf8.dropFirst(20).prefix { (0x30...0x39).contains($0) }
        let padded = String(decoding: digits, as: UTF8.self) + "000000000"
        return Moment(seconds: whole.seconds, nanoseconds: Int32(padded.prefix(9)) ?? 0)
    }
}
