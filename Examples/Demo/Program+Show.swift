// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

import TestSupport

extension Program {
    /// Runs a command that must succeed, and prints it and what it says.
    func show(_ arguments: String...) throws { try show(arguments) }

    /// Runs a command that must succeed, and prints it and what it says.
    ///
    /// - Parameter lines: how many lines of what it says are enough.
    func show(_ arguments: [String], lines limit: Int = .max) throws {
        print("$ kingsnake " + arguments.map(Self.quoted).map(short).joined(separator: " "))
        let result = try runBlocking(arguments)
        let lines = (result.output + result.errors).split(separator: "\n")
        for line in lines.prefix(limit) { print("  \(short(String(line)))") }
        if lines.count > limit { print("  … \(lines.count - limit) more lines") }
        print()
        guard result.status == 0 else { throw DemoError("the command ended with status \(result.status)") }
    }

    /// Paths as they are from the demo's folder, where commands run.
    private func short(_ text: String) -> String { text.replacing(folder + "/", with: "") }

    /// Runs a command that must succeed, and says nothing.
    func demanding(_ arguments: [String]) throws -> ProgramResult {
        let result = try runBlocking(arguments)
        guard result.status == 0 else { throw DemoError("\(arguments): \(result.errors)\(result.output)") }
        return result
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
