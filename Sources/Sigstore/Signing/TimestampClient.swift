// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

import SigningKeys
import TrustCore

/// Asks an authority to say that a signature is there now (RFC 3161, over HTTP by its section 3.4).
struct TimestampClient: Sendable {
    private let service: SigningService

    init(_ service: SigningConfig.Service, _ caller: any ServiceCaller) {
        self.service = SigningService("the timestamp authority", at: service, by: caller)
    }

    /// Has a signature stamped. The answer is to this request; who signed it is not known.
    ///
    /// - Parameter nonce: random bytes, eight or more.
    /// - Throws: a `Refusal` with a TimestampCode, or a `Failure`.
    func stamp(_ signature: [UInt8], nonce: [UInt8]) async throws -> TimestampResponse {
        guard let request = TimestampRequest(imprint: Digest.of(signature), nonce: nonce) else {
            throw Failure(.configuration, "there is no random number for the timestamp")
        }
        let answer = try await service.post(
            "",
            request.encoded(),
            type: "application/timestamp-query",
            accept: "application/timestamp-reply"
        )
        do {
            let response = try TimestampResponse(der: answer.body)
            try response.check(answers: request)
            return response
        } catch let refusal as Refusal {
            throw refusal.located(at: service.shown)
        }
    }
}
