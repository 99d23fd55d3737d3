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
    /// The members of the body; none where there is no body.
    public let body: JSONObject

    /// Makes one.
    public init(
        _ method: Method,
        _ path: [String],
        query: [String: String] = [:],
        body: JSONObject = JSONObject()
    ) {
        self.method = method
        self.path = path
        self.query = query
        self.body = body
    }

    /// The body's members, for reading.
    var fields: JSONFields { JSONFields(body, of: "the request") }

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
