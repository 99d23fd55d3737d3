// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

import Foundation
import TrustCore

/// A question on the terminal that only `yes` answers.
enum Confirmation {
    /// Asks; throws if the answer is another, or nobody is there to give it.
    static func demand(_ question: TerminalText, otherwise: String = "nothing was signed") throws {
        guard isatty(STDIN_FILENO) == 1 else {
            throw Failure(
                .configuration,
                "there is no terminal to confirm on",
                remedy: "look at it with `--dry-run`, then give `--yes`"
            )
        }
        try? FileHandle.standardError.write(contentsOf: Data((question.text + " (yes/no) ").utf8))
        guard let answer = readLine(strippingNewline: true), Array(answer.utf8) == Array("yes".utf8) else {
            throw Failure(.cancelled, "not confirmed; \(otherwise)")
        }
    }
}
