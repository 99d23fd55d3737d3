// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

/// Foreign text made fit for messages: printable ASCII, and not too much of it.
package enum Printable {
    /// Replaces what could confuse a terminal or a reader by `?`, and shortens.
    package static func text(_ text: String, limit: Int = 80) -> String {
        let bytes = text.utf8.prefix(limit).map { (0x21...0x7E).contains($0) && $0 != 0x60 ? $0 : 0x3F }
        return String(decoding: bytes, as: UTF8.self) + (text.utf8.count > limit ? "…" : "")
    }

    /// What a program said, in one line: its lines are separated by ` / `, and what could confuse a terminal
    /// or a reader is replaced by `?`.
    package static func line(_ bytes: [UInt8], limit: Int) -> String {
        bytes.prefix(limit).split(whereSeparator: { $0 == 0x0A || $0 == 0x0D })
            .map { line in
                let clean = line.map {
                    (0x20...0x7E).contains($0) && $0 != 0x60 ? $0 : $0 == 0x09 ? 0x20 : 0x3F
                }
                return String(decoding: clean, as: UTF8.self)
            }
            .joined(separator: " / ")
    }
}
