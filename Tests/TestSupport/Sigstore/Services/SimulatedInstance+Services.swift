// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

package import TrustCore

extension SimulatedInstance {
    /// What its services answer, all at one address.
    package mutating func answer(
        _ request: LoopbackRequest,
        issuers: [TrustedIssuer],
        at now: Timestamp
    ) -> ServerBehaviour {
        let path = request.path
        do {
            if path.hasPrefix("/api/v1/timestamp") { return try timestampAuthority.answer(request, at: now) }
            if path.hasPrefix("/api/v1/log") { return try rekorV1.answer(request, at: now) }
            if path == "/api/v2/signingCert" || path == "/api/v2/trustBundle" {
                let fulcio = SimulatedFulcio(
                    authority: authority,
                    certificateLog: certificateLog,
                    issuers: issuers
                )
                return try fulcio.answer(request, at: now)
            }
            return try rekorV2.answer(request, at: now)
        } catch let refusal as SimulatedServiceRefusal {
            return refusal.answer
        } catch {
            return SimulatedServiceRefusal(400, "\(error)").answer
        }
    }
}
