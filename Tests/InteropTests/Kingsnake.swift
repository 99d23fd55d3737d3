// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

import Foundation
import TestSupport
import Testing
import TrustCore

/// The real program, with a trust store and a cache of its own.
struct Kingsnake {
    /// The built program, which lies where the tests do.
    private static let executable: String = {
        #if os(macOS)
            let tests = Bundle.allBundles.first { $0.bundlePath.hasSuffix(".xctest") }?.bundleURL
            let folder = tests?.deletingLastPathComponent()
        #else
            let folder = Bundle.main.executableURL?.resolvingSymlinksInPath().deletingLastPathComponent()
        #endif
        return (folder?.path ?? ".") + "/kingsnake"
    }()

    /// The folder for all it keeps.
    let home: String

    /// Runs a command that must succeed, and answers what it says as JSON.
    @discardableResult
    func run(_ arguments: [String]) async throws -> JSONValue {
        let result = try await attempt(arguments)
        try #require(result.status == 0, "\(arguments): \(String(decoding: result.output, as: UTF8.self))")
        return try JSONReader.read(result.output, of: arguments.joined(separator: " "))
    }

    /// Runs a command, whatever becomes of it.
    func attempt(_ arguments: [String]) async throws -> ProgramResult {
        try await RunningProgram.run(
            Self.executable,
            arguments + ["--json"],
            environment: ["KINGSNAKE_HOME": home + "/home", "KINGSNAKE_CACHE": home + "/cache"]
        )
    }
}
