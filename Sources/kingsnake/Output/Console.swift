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
        usesColor = isatty(STDOUT_FILENO) == 1 && environment["NO_COLOR"] == nil && environment["TERM"] != "dumb"
    }

    /// A line of the result; not shown with `--json`.
    func say(_ line: String = "") {
        guard style == .text else { return }
        write(line + "\n", to: STDOUT_FILENO)
    }

    /// A remark beside the result, on standard error; not shown with `--quiet` or `--json`.
    func remark(_ line: String) {
        guard style == .text, !isQuiet else { return }
        write(line + "\n", to: STDERR_FILENO)
    }

    /// A warning, on standard error, whatever the style.
    func warn(_ line: String) { write("warning: \(line)\n", to: STDERR_FILENO) }

    /// The result as one JSON document; not shown without `--json`.
    func emit(_ document: JSONObject) {
        guard style == .json else { return }
        let bytes = JSONWriter.encode(.object(document), .indented) + [0x0A]
        write(String(decoding: bytes, as: UTF8.self), to: STDOUT_FILENO)
    }

    /// Text in bold where the terminal shows it.
    func bold(_ text: String) -> String { usesColor ? "\u{1B}[1m\(text)\u{1B}[0m" : text }
    /// Text in green where the terminal shows it; the words alone must say as much.
    func good(_ text: String) -> String { usesColor ? "\u{1B}[32m\(text)\u{1B}[0m" : text }
    /// Text in red where the terminal shows it; the words alone must say as much.
    func bad(_ text: String) -> String { usesColor ? "\u{1B}[31m\(text)\u{1B}[0m" : text }

    private func write(_ text: String, to descriptor: Int32) {
        try? FileHandle(fileDescriptor: descriptor, closeOnDealloc: false).write(contentsOf: Data(text.utf8))
    }
}

/// The two forms of output.
enum OutputStyle: Sendable {
    case text
    case json
}
