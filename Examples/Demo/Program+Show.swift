// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

import TestSupport

extension Program {
    /// Runs a command that must succeed, and prints it and what it says.
    func show(_ arguments: String...) throws { try show(arguments) }

    /// Runs a command that must succeed, and prints it and what it says.
    func show(_ arguments: [String]) throws {
        print("$ kingsnake " + arguments.map(Self.quoted).joined(separator: " "))
        let result = try runBlocking(arguments)
        for line in (result.output + result.errors).split(separator: "\n") { print("  \(line)") }
        print()
        guard result.status == 0 else { throw DemoError("the command ended with status \(result.status)") }
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
