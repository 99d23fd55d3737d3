// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

import CondaFormats
import TrustCore

/// What a policy says of packages, by pattern: of several that fit a name the closest counts.
struct PatternTable<Value: Sendable & Equatable>: Sendable, Equatable {
    struct Row: Sendable, Equatable {
        let pattern: PackagePattern
        let value: Value
    }

    /// In the order they were written.
    let rows: [Row]
    private let index: PatternIndex

    /// - Throws: a `Refusal` with `policy-file.too-large` or `policy-file.duplicate`.
    init(_ rows: [(PackagePattern, Value)], of subject: String) throws {
        guard rows.count <= PublisherPolicy.maximumEntries else {
            throw Refusal(
                PolicyFileCode.tooLarge,
                subject,
                expected: "at most \(PublisherPolicy.maximumEntries) patterns",
                found: "\(rows.count)"
            )
        }
        var seen: Set<ByteKey> = []
        for (pattern, _) in rows where !seen.insert(ByteKey(pattern.description)).inserted {
            throw Refusal(
                PolicyFileCode.duplicate,
                subject,
                expected: "each pattern once",
                found: "`\(pattern.description)` twice"
            )
        }
        self.rows = rows.map { Row(pattern: $0, value: $1) }
        index = PatternIndex(rows.map(\.0))
    }

    /// The row that counts for a name; nil if none fits.
    func row(for name: PackageName) -> Row? { index.closest(to: name).map { rows[$0] } }
}
