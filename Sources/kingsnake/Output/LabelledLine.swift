// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

/// A line of a description: what it is about, in a column of its own, and what it says.
struct LabelledLine {
    private let label: String
    private let text: String

    init(_ label: String, _ text: String) {
        self.label = label
        self.text = text
    }

    private static let width = 13

    func say(on console: Console) {
        let padding = String(repeating: " ", count: max(1, Self.width - label.count))
        console.say("  \(label)\(padding)\(text)")
    }
}
