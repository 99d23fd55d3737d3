// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

internal import TrustCore

/// Runs a body that must be refused, and answers the refusal's code name.
///
/// For tests that demand exactly one code: `#expect(refusalCode { try … } == "tuf.rollback")`.
/// Where nothing was thrown it answers `nil`; where something else was thrown, that error's description, so
/// that
/// the failed expectation shows it.
public func refusalCode<Result>(_ body: () throws -> Result) -> String? {
    do {
        _ = try body()
        return nil
    } catch {
        return codeName(of: error)
    }
}

/// Runs an asynchronous body that must be refused, and answers the refusal's code name.
public func refusalCode<Result>(
    isolation: isolated (any Actor)? = #isolation,
    _ body: () async throws -> Result
) async -> String? {
    do {
        _ = try await body()
        return nil
    } catch {
        return codeName(of: error)
    }
}

private func codeName(of error: any Error) -> String {
    (error as? Refusal)?.codeName ?? "not a refusal: \(error)"
}
