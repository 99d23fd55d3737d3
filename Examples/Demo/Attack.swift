// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

import TestSupport
import TrustCore

/// One thing an attacker tries, and the code by which it must be refused.
struct Attack {
    let name: String
    let what: String
    let expected: String
    private let perform: @Sendable (DemoWorld) async throws -> String?

    init(
        _ name: String,
        _ what: String,
        _ expected: String,
        perform: @escaping @Sendable (DemoWorld) async throws -> String?
    ) {
        self.name = name
        self.what = what
        self.expected = expected
        self.perform = perform
    }

    /// Performs it, and answers the code of the refusal, if there was one.
    func run(in world: DemoWorld) async throws -> String? { try await perform(world) }

    /// The row of the table.
    func line(found: String?, matches: Bool) -> String {
        let name = self.name.padding(toLength: 24), what = self.what.padding(toLength: 58)
        let mark = matches ? "refused" : "NOT AS EXPECTED (\(expected))"
        return "\(name)\(what)\(mark) \(found ?? "nothing was refused")"
    }
}

extension String {
    /// The text with blanks behind it, at least one.
    func padding(toLength length: Int) -> String {
        self + String(repeating: " ", count: max(1, length - count))
    }
}
