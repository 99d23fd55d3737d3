// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

package import TrustCore

/// What a simulated service says no with.
package struct SimulatedServiceRefusal: Error {
    /// The status of HTTP.
    package let status: Int
    /// Why, for the client's log.
    package let message: String

    /// Refuses.
    package init(_ status: Int, _ message: String) {
        self.status = status
        self.message = message
    }

    /// The answer, with the number that gRPC has for such a refusal, as the real services give it.
    package var answer: ServerBehaviour {
        let code: Int64 =
            switch status {
            case 400: 3
            case 404: 5
            case 409: 6
            case 503: 14
            default: 13
            }
        return .json(
            ["code": .init(integerLiteral: code), "message": .string(message), "details": []],
            status: status
        )
    }
}

extension ServerBehaviour {
    /// Answers with JSON.
    package static func json(
        _ value: JSONValue,
        status: Int = 200,
        headers: [(String, String)] = []
    ) -> ServerBehaviour {
        .respond(
            status: status,
            headers: [("Content-Type", "application/json")] + headers,
            body: JSONWriter.encode(value)
        )
    }

    /// Answers with bytes.
    package static func bytes(_ body: [UInt8], _ type: String, status: Int = 200) -> ServerBehaviour {
        .respond(status: status, headers: [("Content-Type", type)], body: body)
    }
}

extension JSONFields {
    /// Reads the body of a request.
    package init(request body: [UInt8]) throws {
        try self.init(JSONReader.read(body, of: "request"), of: "request")
    }

    /// Bytes in base64 that must be there.
    package func bytes(_ key: String) throws -> [UInt8] {
        guard let bytes = Base64.decode(try string(key)) else { throw wrong(key, "base64") }
        return bytes
    }
}
