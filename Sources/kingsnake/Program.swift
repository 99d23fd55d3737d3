// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

import ArgumentParser
import Foundation
import TrustCore

/// Where the process begins and ends. Errors become their report and their exit status here, and nowhere
/// else.
@main
enum Program {
    static func main() async {
        signal(SIGPIPE, SIG_IGN)
        do {
            var command = try Kingsnake.parseAsRoot()
            if var asynchronous = command as? any AsyncParsableCommand {
                try await asynchronous.run()
            } else {
                try command.run()
            }
        } catch {
            end(with: error)
        }
    }

    private static func end(with error: any Error) -> Never {
        // Usage errors, `--help` and `--version` are the argument parser's business; its code 64 becomes our 2.
        guard isOurs(error) else {
            let code = Kingsnake.exitCode(for: error)
            let message = Kingsnake.fullMessage(for: error)
            if !message.isEmpty {
                let stream = code.isSuccess ? FileHandle.standardOutput : FileHandle.standardError
                // What is wrong with an argument is said with the argument's own words.
                let text = code.isSuccess ? message : Self.plain(message)
                try? stream.write(contentsOf: Data((text + "\n").utf8))
            }
            exit(code.isSuccess ? 0 : code == .validationFailure ? 2 : code.rawValue)
        }
        let report = ErrorReport(error: error)
        if CommandLine.arguments.contains("--json") {
            let text = Visible.json(JSONWriter.encode(.object(report.json), .indented)) + "\n"
            try? FileHandle.standardOutput.write(contentsOf: Data(text.utf8))
        } else {
            try? FileHandle.standardError.write(contentsOf: Data(report.text.utf8))
        }
        exit(report.exitStatus)
    }

    /// A usage error in our own words' form: visible, and beginning with a small letter as all errors do.
    private static func plain(_ message: String) -> String {
        let lines = Visible.lines(message)
        return lines.hasPrefix("Error: ") ? "error: " + lines.dropFirst("Error: ".count) : lines
    }

    private static func isOurs(_ error: any Error) -> Bool {
        switch error {
        case is Refusal, is Failure, is NotAllowed: true
        case is ExitCode, is ValidationError, is CleanExit: false
        default: !"\(type(of: error))".hasPrefix("CommandError")
        }
    }
}
