// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

internal import TrustCore

/// Where a log stands: all that decides what happens next, read in one transaction.
///
/// The order of a publication, in which a process may die between any two steps, and another go on:
/// 1. entries are in the database, each with its index, in the transactions of what they are about;
/// 2. tiles and bundles of new entries are blobs;
/// 3. one transaction puts them up as documents, and decides on the root of that size;
/// 4. the signer remembers what it will sign, outside the database, and signs;
/// 5. the signed checkpoint is recorded;
/// 6. witnesses cosign;
/// 7. one transaction records the cosigned checkpoint and puts it up.
///
/// Nothing of a larger size is decided before that is through, so no size is passed over once it was decided,
/// and there is one root for a size.
struct LogSituation: Sendable, Equatable {
    /// A size and the root that it has.
    struct Head: Sendable, Hashable {
        let size: Int64
        let root: [UInt8]
    }

    /// The log, and how many entries the database has of it.
    let log: HostedLog
    /// The root of the largest size that was decided on.
    let decided: LoggedRoot?
    /// What the signer remembers to have signed last.
    let signed: Head?
    /// What the document says that everybody reads.
    let published: Head?
}

/// What happens next.
enum LogStep: Sendable, Equatable {
    /// Nothing: all entries are published.
    case nothing
    /// Entries are to be made tiles, and the root of the size with them decided on.
    case integrate(Range<Int64>)
    /// The root that was decided on is to be signed.
    case sign(LoggedRoot)
    /// The signed checkpoint is to be cosigned and put up.
    case publish(LoggedRoot)
}

extension LogSituation {
    /// The most entries that one checkpoint adds: what bounds memory.
    static let largestStep: Int64 = 65_536

    /// Decides.
    ///
    /// - Throws: `publish-log.database-behind` or `publish-log.second-root`: the log stops.
    func next(largestStep: Int64 = Self.largestStep) throws -> LogStep {
        let size = decided?.size ?? 0
        // A database that was copied between a publication's first step and its last has the entries, and no root yet.
        // Nothing else is signed before the size that was; whether it has the same root is seen before that is decided on.
        if let signed, signed.size > size, signed.size <= log.size, published?.size ?? 0 <= size {
            return .integrate(size..<min(signed.size, size + largestStep))
        }
        try checkAhead("the signer", signed, decidedSize: decided?.size)
        try checkAhead("the published checkpoint", published, decidedSize: decided?.size)
        guard log.size >= size else {
            throw behind(expected: "\(size) entries, which a root was decided on for", found: "\(log.size)")
        }
        guard let decided else { return .integrate(0..<min(log.size, largestStep)) }
        guard !decided.checkpoint.isEmpty else { return .sign(decided) }
        guard published?.size == decided.size else { return .publish(decided) }
        return log.size == size ? .nothing : .integrate(size..<min(log.size, size + largestStep))
    }

    private func checkAhead(_ whose: String, _ head: Head?, decidedSize: Int64?) throws {
        guard let head else { return }
        guard let decided, head.size <= decided.size else {
            throw behind(
                expected: "at least \(head.size) entries, as \(whose) says",
                found: decidedSize.map { "a root for \($0)" } ?? "no root at all"
            )
        }
        guard head.size < decided.size || head.root == decided.root.bytes else {
            throw Refusal(
                PublishLogCode.secondRoot,
                "log `\(log.origin)` at \(head.size) entries",
                expected: decided.root.hex,
                found: "\(Hex.encode(head.root)), by \(whose)"
            )
        }
    }

    private func behind(expected: String, found: String) -> Refusal {
        Refusal(PublishLogCode.databaseBehind, "log `\(log.origin)`", expected: expected, found: found)
    }
}
