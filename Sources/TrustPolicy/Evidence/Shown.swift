// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

import CondaFormats

/// Foreign text in findings: short, and without anything that could move a cursor or reorder letters.
enum Shown {
    static func text(_ text: String) -> String { QuotedText.short(text) }

    /// In backticks; the word `nothing` for nil.
    static func quoted(_ text: String?) -> String { text.map { "`\(Self.text($0))`" } ?? "nothing" }
}
