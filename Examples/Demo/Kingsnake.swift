// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

import Foundation
import TrustCore

/// Runs the real program, as a user would, and shows the command.
struct Kingsnake {
    /// The built program, beside this one.
    let executable: String
    /// The demo's own trust store, keys and cache: the user's are not touched.
    let environment: [String: String]

    /// What a run left behind.
    struct Result {
        let status: Int32
        let output: String
        let errors: String

        /// The refusal's code in a `--json` result, if the run was refused.
        var refusalCode: String? {
            let value = try? JSONReader.read(Array(output.utf8), of: "output")
            let error = value?.object?["error"]?.object
            return error?["code"]?.string
        }

        /// The first problem that an audit found, if it found one.
        var firstProblem: String? {
            let value = try? JSONReader.read(Array(output.utf8), of: "output")
            return value?.object?["problems"]?.array?.first?.object?["code"]?.string
        }
    }

    init(folder: String) {
        executable =
            URL(fileURLWithPath: CommandLine.arguments[0]).resolvingSymlinksInPath()
            .deletingLastPathComponent().appendingPathComponent("kingsnake").path
        var environment = ProcessInfo.processInfo.environment
        environment["KINGSNAKE_HOME"] = folder + "/home"
        environment["KINGSNAKE_CACHE"] = folder + "/cache"
        self.environment = environment
    }

    /// Runs a command that must succeed, and prints it and what it says.
    func show(_ arguments: String...) throws { try show(arguments) }

    /// Runs a command that must succeed, and prints it and what it says.
    func show(_ arguments: [String]) throws {
        print("$ kingsnake " + arguments.map(Self.quoted).joined(separator: " "))
        let result = try run(arguments)
        for line in (result.output + result.errors).split(separator: "\n", omittingEmptySubsequences: false)
        where !line.isEmpty {
            print("  \(line)")
        }
        print()
        guard result.status == 0 else { throw DemoError("the command ended with status \(result.status)") }
    }

    /// Runs a command and waits for it.
    func run(_ arguments: [String]) throws -> Result {
        try Self.run(executable, arguments, environment: environment)
    }

    /// Runs any program and waits for it.
    static func run(_ program: String, _ arguments: [String], environment: [String: String]) throws -> Result
    {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: program)
        process.arguments = arguments
        process.environment = environment
        // Files, not pipes: a full pipe nobody reads would stop the program.
        let base = FileManager.default.temporaryDirectory.appendingPathComponent(
            "kingsnake-demo-\(UUID().uuidString)"
        )
        let files = (base.appendingPathExtension("out"), base.appendingPathExtension("err"))
        for file in [files.0, files.1] { try Data().write(to: file) }
        defer { for file in [files.0, files.1] { try? FileManager.default.removeItem(at: file) } }
        process.standardOutput = try FileHandle(forWritingTo: files.0)
        process.standardError = try FileHandle(forWritingTo: files.1)
        process.standardInput = FileHandle.nullDevice
        try process.run()
        process.waitUntilExit()
        return Result(
            status: process.terminationStatus,
            output: String(decoding: try Data(contentsOf: files.0), as: UTF8.self),
            errors: String(decoding: try Data(contentsOf: files.1), as: UTF8.self)
        )
    }

    private static func quoted(_ argument: String) -> String {
        argument.contains(" ") ? "'\(argument)'" : argument
    }
}

/// The demo cannot go on.
struct DemoError: Error, CustomStringConvertible {
    let description: String

    init(_ description: String) { self.description = description }
}
