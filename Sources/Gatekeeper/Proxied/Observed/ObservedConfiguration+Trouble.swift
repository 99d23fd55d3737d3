// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

import CondaFormats
import Transport
import TrustCore

/// What becomes of the last view where the channel could not be asked, or shows what it had replaced.
extension ObservedConfiguration {
    /// Whether the last view may be shown though this happened.
    func isBearable(_ error: any Error) -> Bool {
        switch error {
        case let failure as Failure:
            // Who is not let in any more gets nothing of what others may still see.
            return failure.kind == .network && !(isPrivate && failure.isAccessDenial)
        case let refusal as Refusal where refusal.is(LedgerCode.rollback):
            guard rollback == .keepNewer else { return false }
            report(refusal)
            return true
        default: return false
        }
    }

    /// Whether the whole index may say what a shard does not: a shard that is not what its index promises, or that cannot be
    /// had. Not where this machine itself refuses a shard for what it was replaced by.
    func leavesToText(_ error: any Error) -> Bool {
        switch error {
        case let failure as Failure: failure.kind == .network && !failure.isAccessDenial
        case let refusal as Refusal: LedgerCode(rawValue: refusal.codeName) == nil
        default: false
        }
    }

    /// Refuses to go on with what was last confirmed too long ago.
    func checkAge(_ checked: Timestamp, after cause: any Error) throws {
        let end = checked.advanced(bySeconds: grace)
        guard end <= now() else { return }
        // That it went back says more than that it is old.
        if let refusal = cause as? Refusal { throw refusal }
        throw Refusal(
            LedgerCode.tooOld,
            channel.description,
            expected: "to be confirmed by \(end)",
            found: "last confirmed \(checked)",
            cause: cause
        )
    }
}
