// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

import Foundation
import TrustCore

/// Where a command's words go: results to standard output, everything else to standard error.
///
/// With `--json` standard output carries exactly one JSON document, and nothing else.
struct Console: Sendable {
    let style: OutputStyle
    let isQuiet: Bool
    let errorIsTerminal: Bool
    let usesColor: Bool

    init(_ options: OutputOptions) {
        style = options.json ? .json : .text
        isQuiet = options.quiet
        errorIsTerminal = isatty(STDERR_FILENO) == 1
        let environment = ProcessInfo.processInfo.environment
        usesColor =
            isatty(STDOUT_FILENO) == 1 && environment["NO_COLOR"] == nil && environment["TERM"] != "dumb"
    }

    /// A line of the result; not shown with `--json`.
    func say(_ line: TerminalText = "") {
        guard style == .text else { return }
        write(line.text + "\n", to: STDOUT_FILENO)
    }

    /// A remark beside the result, on standard error; not shown with `--quiet` or `--json`.
    func remark(_ line: TerminalText) {
        guard style == .text, !isQuiet else { return }
        write(line.text + "\n", to: STDERR_FILENO)
    }

    /// A warning, on standard error, whatever the style.
    func warn(_ line: TerminalText) { write("warning: \(line.text)\n", to: STDERR_FILENO) }

    /// The result as one JSON document; not shown without `--json`.
    func emit(_ document: JSONObject) {
        guard style == .json else { return }
        write(Visible.json(JSONWriter.encode(.object(document), .indented)) + "\n", to: STDOUT_FILENO)
    }

    /// One of many results, as a JSON document on a line of its own; not shown without `--json`.
    func emitLine(_ document: JSONObject) {
        guard style == .json else { return }
        write(Visible.json(JSONWriter.encode(.object(document))) + "\n", to: STDOUT_FILENO)
    }

    /// Text in bold where the terminal shows it.
    func bold(_ text: String) -> Styled { Styled(text, code: usesColor ? "1" : nil) }
    /// Text in green where the terminal shows it; the words alone must say as much.
    func good(_ text: String) -> Styled { Styled(text, code: usesColor ? "32" : nil) }
    /// Text in red where the terminal shows it; the words alone must say as much.
    func bad(_ text: String) -> Styled { Styled(text, code: usesColor ? "31" : nil) }

    private func write(_ text: String, to descriptor: Int32) {
        StandardStream.send(text, to: descriptor)
    }
}

/// The two forms of output.
enum OutputStyle: Sendable {
    case text
    case json
}
