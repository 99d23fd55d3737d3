// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

import SigningKeys
import TrustCore

/// One service of an instance, and how it is asked.
///
/// What it answers is read by its protocol here, and no more: what the answer is worth, the verifiers say.
struct SigningService: Sendable {
    /// What it is, for messages: `the certificate authority`.
    let what: String
    let url: String
    let caller: any ServiceCaller
    /// Whether messages may quote answers. What was sent a secret could say it again.
    private let mayBeQuoted: Bool

    init(
        _ what: String,
        at service: SigningConfig.Service,
        by caller: any ServiceCaller,
        mayBeQuoted: Bool = true
    ) {
        self.what = what
        self.mayBeQuoted = mayBeQuoted
        var bytes = Array(service.url.utf8)
        while bytes.last == UInt8(ascii: "/") { bytes.removeLast() }
        url = String(decoding: bytes, as: UTF8.self)
        self.caller = caller
    }

    /// What is shown of a service in messages.
    var shown: String { Printable.text(url, limit: 200) }

    /// Sends a body, and answers what comes back with a status of success.
    ///
    /// - Parameters:
    ///   - secret: what is in the request and must not be in a message, whatever the service says.
    ///   - accepting: other statuses that are an answer.
    func post(
        _ path: String,
        _ body: [UInt8],
        type: String = "application/json",
        accept: String = "application/json",
        headers: [(name: String, value: String)] = [],
        secret: String? = nil,
        accepting: Set<Int> = []
    ) async throws -> ServiceResponse {
        let request = ServiceRequest(
            .post,
            url + path,
            headers: [("Content-Type", type), ("Accept", accept)] + headers,
            body: body
        )
        let response = try await caller.send(request)
        if accepting.contains(response.status) { return response }
        return try checked(response, secret)
    }

    /// Reads a resource of the service.
    func get(_ path: String) async throws -> ServiceResponse {
        let request = ServiceRequest(.get, url + path, headers: [("Accept", "application/json")])
        return try checked(try await caller.send(request), nil)
    }

    private func checked(_ response: ServiceResponse, _ secret: String?) throws -> ServiceResponse {
        guard (200..<300).contains(response.status) else {
            let words = Self.message(of: response, without: secret).map { ": \($0)" } ?? ""
            throw Failure(
                response.status >= 500 || response.status == 429 ? .network : .configuration,
                "\(what) answered with status \(response.status)\(words)",
                at: shown,
                remedy: remedy(for: response.status)
            )
        }
        return response
    }

    private func remedy(for status: Int) -> String? {
        switch status {
        case 300..<400: "write the address that it leads to into the signing configuration"
        case 404, 405: "check the service's address and version in the signing configuration"
        case 429, 500...: "try again later; nothing was written"
        default: nil
        }
    }

    /// The sentence that services put into the answers that are errors; nil if there is none, or a part of the secret
    /// is in it.
    private static func message(of response: ServiceResponse, without secret: String?) -> String? {
        let limits = JSONLimits(bytes: 1 << 16, depth: 16, values: 1 << 10)
        guard let value = try? JSONReader.read(response.body, of: "the answer", limits: limits),
            let text = value.object?["message"]?.string, !text.utf8.isEmpty
        else { return nil }
        let bytes = Array(text.utf8)
        for part in (secret ?? "").utf8.split(separator: UInt8(ascii: ".")) where part.count >= 8 {
            let start = part.prefix(8)
            let isThere = bytes.indices.contains { bytes[$0...].starts(with: start) }
            if isThere { return nil }
        }
        return "`\(Printable.line(bytes, limit: 300))`"
    }
}

// MARK: - Reading answers

extension SigningService {
    typealias Fields = ProtobufFields<SigningCode>

    /// The message that an answer is.
    func fields(_ response: ServiceResponse) throws -> Fields {
        try reading {
            try Fields(JSONReader.read(response.body, of: what, limits: BundleLimits.json), of: what)
        }
    }

    /// Reads an answer's form: whatever is wrong with it is `signing.answer`.
    func reading<Value>(_ body: () throws -> Value) throws -> Value {
        do {
            return try body()
        } catch let refusal as Refusal {
            let isOurs = refusal.is(SigningCode.answer)
            throw Refusal(
                SigningCode.answer,
                what,
                at: (isOurs ? refusal.location : nil) ?? shown,
                expected: refusal.expected,
                found: mayBeQuoted ? refusal.found : nil,
                cause: mayBeQuoted && !isOurs ? refusal : nil
            )
        }
    }

    /// Says that an answer's form is not the protocol's.
    func wrong(_ expected: String, found: String? = nil) -> Refusal {
        Refusal(SigningCode.answer, what, at: shown, expected: expected, found: mayBeQuoted ? found : nil)
    }
}
