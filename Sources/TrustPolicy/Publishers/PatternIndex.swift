// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

import CondaFormats
import TrustCore

/// Which of many patterns counts for a name, found without comparing the name with each: whoever judges all files of a
/// channel by thousands of entries asks for every file.
struct PatternIndex: Sendable, Equatable {
    private var names: [PackageName: Int] = [:]
    /// By the prefix, with its boundary.
    private var prefixes: [ByteKey: Int] = [:]
    private var all: Int?

    /// Makes an index of patterns, each of which stands once.
    init(_ patterns: [PackagePattern]) {
        for (number, pattern) in patterns.enumerated() {
            switch pattern {
            case .exactly(let name): names[name] = number
            case .prefix(let prefix): prefixes[ByteKey(prefix)] = number
            case .all: all = number
            }
        }
    }

    /// The number of the pattern that counts: a whole name before all, then the longest prefix. Nil if none fits.
    func closest(to name: PackageName) -> Int? {
        if let number = names[name] { return number }
        guard !prefixes.isEmpty else { return all }
        let text = name.normalized.utf8
        // A name is longer than its prefix.
        var end = text.index(text.endIndex, offsetBy: -1, limitedBy: text.startIndex) ?? text.startIndex
        while end > text.startIndex {
            let last = text.index(before: end)
            if PackagePattern.boundaries.contains(text[last]),
                let number = prefixes[ByteKey(String(decoding: text[..<end], as: UTF8.self))]
            {
                return number
            }
            end = last
        }
        return all
    }
}
