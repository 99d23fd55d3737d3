// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

/// Text that a stranger chose and people compare by eye, such as the name of a repository.
enum ForeignText {
    private static let maximumLength = 1_000

    /// The text with every character spelt out that is no plain ASCII, as in `\u{430}`: none of them can look
    /// like another letter.
    static func shown(_ text: String) -> String {
        var shown = ""
        for scalar in text.unicodeScalars {
            guard shown.utf8.count < maximumLength else { return shown + "…" }
            if (0x20..<0x7F).contains(scalar.value) {
                shown.unicodeScalars.append(scalar)
            } else {
                shown += "\\u{\(String(scalar.value, radix: 16, uppercase: true))}"
            }
        }
        return shown
    }
}
