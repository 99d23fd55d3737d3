// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

public import TrustCore

/// Something that the administration of a server is asked: a request to `/api/v1/`, or the same without a network.
public struct AdministrationRequest: Sendable {
    /// What is asked for.
    public enum Method: String, Sendable, Hashable {
        /// Shows something.
        case get = "GET"
        /// Makes something new.
        case post = "POST"
        /// Changes something; twice the same is the same as once.
        case put = "PUT"
        /// Takes something away.
        case delete = "DELETE"
    }

    /// What is asked for.
    public let method: Method
    /// The parts of the path behind `/api/v1/`, decoded, such as `users` and `alice`.
    public let path: [String]
    /// What is behind `?`, decoded.
    public let query: [String: String]
    /// The body as it is sent, mostly a JSON object; empty where there is none.
    public let content: [UInt8]

    /// Makes one.
    public init(
        _ method: Method,
        _ path: [String],
        query: [String: String] = [:],
        body: JSONObject = JSONObject()
    ) {
        self.init(
            method,
            path,
            query: query,
            content: body.count == 0 ? [] : JSONWriter.encode(.object(body))
        )
    }

    /// Makes one whose body is sent byte for byte.
    public init(
        _ method: Method,
        _ path: [String],
        query: [String: String] = [:],
        content: [UInt8]
    ) {
        self.method = method
        self.path = path
        self.query = query
        self.content = content
    }

    /// The body's members, for reading; none where there is no body.
    ///
    /// - Throws: `server.request-malformed`.
    var fields: JSONFields {
        get throws {
            guard !content.isEmpty else { return JSONFields(JSONObject(), of: "the request") }
            do {
                let value = try JSONReader.read(content, of: "the body")
                return JSONFields(try JSONFields(value, of: "the body").object, of: "the request")
            } catch let refusal as Refusal {
                throw Refusal(
                    ServerCode.requestMalformed,
                    "the body",
                    expected: refusal.expected ?? "a JSON object",
                    found: refusal.found,
                    cause: refusal
                )
            }
        }
    }

    /// The URL, below the server's.
    public var target: String {
        let path = "/api/v1/" + path.map { PercentEncoding.segment($0) }.joined(separator: "/")
        let query = query.sorted { $0.key < $1.key }.map { "\($0.key)=\(PercentEncoding.segment($0.value))" }
        return query.isEmpty ? path : path + "?" + query.joined(separator: "&")
    }
}

/// On whose word the administration acts.
public enum AdministrationAuthority: Sendable {
    /// Of somebody who can write into the server's folder, and could change anything there anyway.
    case ownerOfFolder
    /// Of whoever sent a request.
    case caller(Caller)
}

/// One change that the administration made: what the server's log tells.
public struct AdministrativeChange: Sendable {
    /// What happened, such as `user-added`.
    public let event: String
    /// Who did it.
    public let by: String
    /// What it is about. Never a secret.
    public let details: [String: String]
}
