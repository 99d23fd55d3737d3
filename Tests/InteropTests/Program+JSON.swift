// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

import TestSupport
import Testing
import TrustCore

extension Program {
    /// Runs a command that must succeed, and answers what it says as JSON.
    @discardableResult
    func must(_ arguments: [String]) async throws -> JSONValue {
        let result = try await run(arguments + ["--json"])
        try #require(result.status == 0, "\(arguments): \(result.transcript)")
        return try JSONReader.read(Array(result.output.utf8), of: arguments.joined(separator: " "))
    }
}
