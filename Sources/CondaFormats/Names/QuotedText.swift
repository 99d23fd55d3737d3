// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

/// Foreign text made fit for a message.
package enum QuotedText {
    private static let maximumLength = 120

    /// The text's beginning, with everything that could move a terminal's cursor, reorder letters or look
    /// like another letter written as `\u{…}`.
    package static func short(_ text: some StringProtocol) -> String {
        var out = ""
        for scalar in text.unicodeScalars {
            guard out.utf8.count < maximumLength else { return out + "…" }
            if (0x20..<0x7F).contains(scalar.value) {
                out.unicodeScalars.append(scalar)
            } else {
                out += "\\u{\(String(scalar.value, radix: 16))}"
            }
        }
        return out
    }
}
