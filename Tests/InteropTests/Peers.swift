// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

import Foundation
import TestSupport
import TrustCore

/// The other programs, in the Python environment that `scripts/peers` makes.
enum Peers {
    /// Whether `KINGSNAKE_PEERS` names that environment.
    static let arePresent = FileManager.default.isExecutableFile(atPath: python)
    /// What a skipped test says.
    static let absence =
        "KINGSNAKE_PEERS does not name the environment that `scripts/peers` makes: see `make interop`"

    private static let python = (ProcessInfo.processInfo.environment["KINGSNAKE_PEERS"] ?? "") + "/bin/python"

    /// Runs a script of `scripts/interop`, and answers what the peer said.
    ///
    /// - Parameter umask: as the shell's command takes it; nil for the tests' own.
    /// - Throws: a ``PeerRefusal`` if the peer refused or failed.
    static func run(
        _ script: String,
        _ arguments: [String],
        umask: String? = nil,
        environment: [String: String] = [:]
    ) async throws -> JSONValue {
        let folder = try TemporaryFolder()
        var program = program(in: folder)
        program.umask = umask
        program.environment.merge(environment) { $1 }
        let result = try await program.run([path(script)] + arguments)
        guard let answer = try? JSONReader.read(Array(result.output.utf8), of: script) else {
            throw PeerRefusal(error: "status \(result.status)", message: result.errors)
        }
        guard result.status == 0 else {
            throw PeerRefusal(
                error: answer["error"]?.string ?? "status \(result.status)",
                message: answer["message"]?.string ?? result.errors
            )
        }
        return answer
    }

    /// Runs a script as a client of `kingsnake run`.
    ///
    /// - Parameter options: of `kingsnake run`.
    /// - Returns: what the peer said, if it said anything, and how the run ended.
    static func run(_ script: String, _ arguments: [String], by kingsnake: Program, _ options: [String] = [])
        async throws -> (answer: JSONValue?, result: ProgramResult)
    {
        var kingsnake = kingsnake
        kingsnake.environment["PYTHONDONTWRITEBYTECODE"] = "1"
        let result = try await kingsnake.run(["run"] + options + ["--", python, path(script)] + arguments)
        return (try? JSONReader.read(Array(result.output.utf8), of: script), result)
    }

    /// Starts a script that goes on running.
    static func start(_ script: String, _ arguments: [String]) async throws -> RunningProgram {
        let folder = try TemporaryFolder()
        return try await program(in: folder).start([path(script)] + arguments)
    }

    private static func path(_ script: String) -> String {
        "\(SharedData.checkout)/scripts/interop/\(script).py"
    }

    private static func program(in folder: TemporaryFolder) -> Program {
        var program = Program(in: folder.path, name: python)
        // No byte code beside the scripts, whatever the user's habit is.
        program.environment["PYTHONDONTWRITEBYTECODE"] = "1"
        return program
    }
}

/// A peer did not do what it was asked to.
struct PeerRefusal: Error, CustomStringConvertible {
    let error: String
    let message: String

    var description: String { "\(error): \(message)" }
}

extension JSONValue {
    /// A member, if it is an object that has it.
    subscript(key: String) -> JSONValue? { object?[key] }

    /// The strings in it, if it is an array of strings.
    var strings: [String]? { array?.compactMap(\.string) }
}
