// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

import TrustCore

/// What the mirrors threw in one search, and what to tell the caller in the end.
struct MirrorLedger {
    private var entries: [(error: any Error, report: MirrorReport)] = []

    mutating func add(_ error: any Error, _ report: MirrorReport) { entries.append((error, report)) }

    /// The most telling error: forged before outdated before missing, any refusal before a failure, the first
    /// of equals.
    func verdict(on resource: String, of mirrors: MirrorList) -> any Error {
        guard let worst = entries.min(by: { Self.rank($0.error) < Self.rank($1.error) }) else {
            return Failure(.network, "no mirror delivered", at: resource)
        }
        if mirrors.addresses.count == 1 { return entries.last?.error ?? worst.error }
        let reports = entries.map(\.report)
        if let refusal = worst.error as? Refusal {
            return Refusal(
                refusal.code,
                refusal.subject,
                at: refusal.location ?? worst.report.mirror,
                expected: refusal.expected,
                found: refusal.found,
                remedy: refusal.remedy,
                cause: MirrorsExhausted(reports: reports, underlying: refusal.cause)
            )
        }
        let failure = worst.error as? Failure
        return Failure(
            .network,
            "none of the \(mirrors.addresses.count) mirrors delivered `\(resource)`; the first said: "
                + worst.report.message,
            at: failure?.location ?? worst.report.mirror,
            remedy: "check the connection and the list of mirrors",
            cause: MirrorsExhausted(reports: reports, underlying: failure?.cause)
        )
    }

    private static func rank(_ error: any Error) -> Int {
        guard let refusal = error as? Refusal else { return 10 }
        switch refusal.code.entry.kind {
        case .invalid: return 0
        case .stale: return 1
        case .missing: return 2
        case .policy: return 3
        }
    }
}
