// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

internal import Foundation
internal import Soak

/// `make soak`: runs the real server under load and faults, and checks what it promises. See docs/testing.md.
@main
enum SoakProgram {
    static func main() async {
        do {
            let options = try options(ProcessInfo.processInfo.environment)
            say(
                "soak: \(options.rounds) rounds from seed \(options.seed), beginning with round \(options.first)"
            )
            let summary = try await Soak(options) { say("soak: \($0)") }.run()
            say(summary.text)
            exit(summary.findings.isEmpty ? 0 : 1)
        } catch {
            say("soak: could not run: \(error)")
            exit(2)
        }
    }

    /// Writes a line at once, also where nobody reads it but a file.
    @Sendable private static func say(_ text: String) {
        try? FileHandle.standardOutput.write(contentsOf: Data((text + "\n").utf8))
    }

    private struct Wrong: Error, CustomStringConvertible {
        let description: String
    }

    /// Options from the environment, as `make` passes them on.
    private static func options(_ environment: [String: String]) throws -> SoakOptions {
        var options = SoakOptions()
        func number(_ name: String, _ standard: Int) throws -> Int {
            guard let text = environment[name], !text.isEmpty else { return standard }
            guard let number = Int(text), number > 0 else {
                throw Wrong(description: "\(name) is `\(text)`: expected a number above 0")
            }
            return number
        }
        options.rounds = try number("SOAK_ROUNDS", options.rounds)
        options.first = try number("SOAK_FIRST", options.first)
        options.tinyRequests = try number("SOAK_TINY_REQUESTS", options.tinyRequests)
        options.patience = try number("SOAK_PATIENCE", options.patience)
        options.seed = UInt64(try number("SOAK_SEED", Int.random(in: 1...999_999)))
        options.goesOn = environment["SOAK_GOES_ON"] == "1"
        if let keep = environment["SOAK_KEEP"], !keep.isEmpty { options.keep = keep }
        return options
    }
}
