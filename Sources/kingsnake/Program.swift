// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

import ArgumentParser
import Foundation
import TrustCore

/// Where the process begins and ends. Errors become their report and their exit status here, and nowhere else.
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
        end(status: 0)
    }

    /// Ends the process; never with 0 if a part of the result was lost. A reader that went away wanted no more, and is
    /// told nothing.
    private static func end(status: Int32) -> Never {
        guard status == 0, let number = StandardStream.outputError else { exit(status) }
        if number != EPIPE {
            let failure = Failure(
                .disk,
                "could not write the result to standard output: \(String(cString: strerror(number)))"
            )
            StandardStream.send(ErrorReport(error: failure).text, to: STDERR_FILENO)
        }
        exit(ErrorReport.failureStatus)
    }

    private static func end(with error: any Error) -> Never {
        // Usage errors, `--help` and `--version` are the argument parser's business; its code 64 becomes our 2.
        guard isOurs(error) else {
            let code = Kingsnake.exitCode(for: error)
            let message = Kingsnake.fullMessage(for: error)
            if !message.isEmpty {
                // What is wrong with an argument is said with the argument's own words.
                let text = code.isSuccess ? message : Self.plain(message)
                StandardStream.send(text + "\n", to: code.isSuccess ? STDOUT_FILENO : STDERR_FILENO)
            }
            end(status: code.isSuccess ? 0 : code == .validationFailure ? 2 : code.rawValue)
        }
        let report = ErrorReport(error: error)
        if CommandLine.arguments.contains("--json") {
            let text = Visible.json(JSONWriter.encode(.object(report.json), .indented)) + "\n"
            StandardStream.send(text, to: STDOUT_FILENO)
        } else {
            StandardStream.send(report.text, to: STDERR_FILENO)
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
