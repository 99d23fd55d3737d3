// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

/// The one door to services that are asked something, where ``Fetcher`` is the door to resources that are read.
///
/// A conforming type makes exactly one attempt, follows no redirect and sends no credentials but those in the request.
/// What is answered is unverified, whatever its status.
public protocol ServiceCaller: Sendable {
    /// Sends a request and answers what the service says, refusals (status 400 and above) included.
    ///
    /// - Throws: a ``Refusal`` with `limit.too-large`, or a ``Failure`` if no whole answer came.
    func send(_ request: ServiceRequest) async throws -> ServiceResponse
}

/// A request to a service.
public struct ServiceRequest: Sendable {
    /// What is asked for.
    public enum Method: String, Sendable, Hashable {
        /// Reads.
        case get = "GET"
        /// Sends the body.
        case post = "POST"
        /// Puts the body in place of what is there.
        case put = "PUT"
        /// Takes something away.
        case delete = "DELETE"
    }

    /// What is asked for.
    public var method: Method
    /// An absolute `https:` URL, or an `http:` one of this machine.
    public var url: String
    /// Header fields beside those that every request has, in order.
    public var headers: [(name: String, value: String)]
    /// What is sent.
    public var body: [UInt8]
    /// Answers of more bytes are refused.
    public var maximumLength: Int
    /// How long the whole of it may take.
    public var timeout: Duration

    /// Makes a request.
    public init(
        _ method: Method,
        _ url: String,
        headers: [(name: String, value: String)] = [],
        body: [UInt8] = [],
        maximumLength: Int = 1 << 20,
        timeout: Duration = .seconds(60)
    ) {
        self.method = method
        self.url = url
        self.headers = headers
        self.body = body
        self.maximumLength = maximumLength
        self.timeout = timeout
    }
}

/// What a service answers.
public struct ServiceResponse: Sendable {
    /// The status of HTTP.
    public let status: Int
    /// The header fields, their names as they came.
    public let headers: [(name: String, value: String)]
    /// The body.
    public let body: [UInt8]

    /// Takes an answer.
    public init(status: Int, headers: [(name: String, value: String)] = [], body: [UInt8] = []) {
        self.status = status
        self.headers = headers
        self.body = body
    }
}
