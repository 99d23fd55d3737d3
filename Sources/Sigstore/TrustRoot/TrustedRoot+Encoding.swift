// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

import SigningKeys
import SwiftASN1
package import TrustCore
import X509

extension TrustedRoot {
    /// The trust root in JSON (`trusted_root.json`), for other clients: what is parsed again is equal.
    ///
    /// Logs that were set aside are left out. An authority's `subject`, which is for people, is written as its last
    /// certificate has it.
    public func encoded() -> [UInt8] { JSONWriter.encode(encodedValue(), .indented) }

    /// The trust root as a JSON value.
    package func encodedValue() -> JSONValue {
        var root = JSONObject()
        root["mediaType"] = .string("application/vnd.dev.sigstore.trustedroot+json;version=0.1")
        root["tlogs"] = .array(transparencyLogs.map { $0.encodedValue() })
        root["certificateAuthorities"] = .array(certificateAuthorities.map { $0.encodedValue() })
        root["ctlogs"] = .array(certificateLogs.map { $0.encodedValue() })
        root["timestampAuthorities"] = .array(timestampAuthorities.map { $0.encodedValue() })
        return .object(root)
    }
}

extension TrustedRoot.Log {
    fileprivate func encodedValue() -> JSONValue {
        var log = JSONObject()
        log["baseUrl"] = .string(baseURL)
        log["hashAlgorithm"] = "SHA2_256"
        log["publicKey"] = [
            "rawBytes": .string(Base64.text(key.subjectPublicKeyInfo)),
            "keyDetails": .string(key.algorithm.rawValue), "validFor": validFor.encodedValue(),
        ]
        log["logId"] = ["keyId": .string(Base64.text(logID))]
        if let checkpointKeyID { log["checkpointKeyId"] = ["keyId": .string(Base64.text(checkpointKeyID))] }
        if let operatorName { log["operator"] = .string(operatorName) }
        return .object(log)
    }
}

extension TrustedRoot.Authority {
    fileprivate func encodedValue() -> JSONValue {
        var authority = JSONObject()
        authority["subject"] = subject
        authority["uri"] = .string(uri)
        authority["certChain"] = [
            "certificates": .array(certificates.map { ["rawBytes": .string(Base64.text($0))] })
        ]
        authority["validFor"] = validFor.encodedValue()
        if let operatorName { authority["operator"] = .string(operatorName) }
        return .object(authority)
    }

    /// What the last certificate says of itself, as far as that can be read.
    private var subject: JSONValue {
        var subject: JSONObject = JSONObject()
        guard let last = certificates.last, let certificate = try? Certificate(derEncoded: last) else {
            return .object(subject)
        }
        let attributes = certificate.subject.flatMap { Array($0) }
        let fields: [(String, ASN1ObjectIdentifier)] = [
            ("organization", .RDNAttributeType.organizationName),
            ("commonName", .RDNAttributeType.commonName),
        ]
        for (name, type) in fields {
            guard let text = attributes.first(where: { $0.type == type }).flatMap({ String($0.value) }) else {
                continue
            }
            subject[name] = .string(text)
        }
        return .object(subject)
    }
}

extension ValidityPeriod {
    /// The period as `TimeRange`, without an end if there is none yet.
    func encodedValue() -> JSONValue {
        var period = JSONObject()
        period["start"] = .string(start.description)
        if let end { period["end"] = .string(end.description) }
        return .object(period)
    }
}
