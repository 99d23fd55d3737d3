// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

package import TrustCore

extension SigningConfig {
    /// The signing configuration in JSON (`signing_config.v0.2.json`), for other clients: what is parsed again is equal.
    public func encoded() -> [UInt8] { JSONWriter.encode(encodedValue(), .indented) }

    /// The signing configuration as a JSON value.
    package func encodedValue() -> JSONValue {
        var config = JSONObject()
        config["mediaType"] = .string("application/vnd.dev.sigstore.signingconfig.v0.2+json")
        config["caUrls"] = .array(certificateAuthorities.map { $0.encodedValue() })
        config["oidcUrls"] = .array(identityProviders.map { $0.encodedValue() })
        config["rekorTlogUrls"] = .array(transparencyLogs.map { $0.encodedValue() })
        config["rekorTlogConfig"] = transparencyLogSelector.encodedValue()
        config["tsaUrls"] = .array(timestampAuthorities.map { $0.encodedValue() })
        config["tsaConfig"] = timestampAuthoritySelector.encodedValue()
        return .object(config)
    }
}

extension SigningConfig.Service {
    fileprivate func encodedValue() -> JSONValue {
        [
            "url": .string(url), "majorApiVersion": .init(integerLiteral: majorAPIVersion),
            "validFor": validFor.encodedValue(), "operator": .string(operatorName),
        ]
    }
}

extension SigningConfig.Selector {
    fileprivate func encodedValue() -> JSONValue {
        switch self {
        case .all: ["selector": "ALL"]
        case .any: ["selector": "ANY"]
        case .exact(let count): ["selector": "EXACT", "count": .init(integerLiteral: Int64(count))]
        }
    }
}
