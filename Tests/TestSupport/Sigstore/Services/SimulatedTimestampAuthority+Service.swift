// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

internal import SigningKeys
package import TrustCore

/// The authority as a service (RFC 3161, 3.4, at the path that Sigstore's has).
extension SimulatedTimestampAuthority {
    /// Answers a request for a timestamp, or for the authority's certificates.
    package func answer(_ request: LoopbackRequest, at now: Timestamp) throws -> ServerBehaviour {
        switch (request.method, request.path) {
        case ("POST", "/api/v1/timestamp"):
            guard request.header("Content-Type") == "application/timestamp-query" else {
                throw SimulatedServiceRefusal(415, "unsupported media type")
            }
            return .bytes(try answer(request.body, at: now), "application/timestamp-reply", status: 201)
        case ("GET", "/api/v1/timestamp/certchain"):
            let chain = certificates.map { PEMBlock.write(label: "CERTIFICATE", $0) }.joined()
            return .bytes(Array(chain.utf8), "application/pem-certificate-chain")
        default: throw SimulatedServiceRefusal(404, "Not Found")
        }
    }
}
