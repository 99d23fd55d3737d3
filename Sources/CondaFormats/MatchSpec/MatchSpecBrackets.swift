// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

import TrustCore

/// Reads `[key='value',key2=value2]`.
enum MatchSpecBrackets {
    enum Key: String {
        case name, version, build, channel, subdir, url, md5, sha256
        case buildNumber = "build_number"
        case fileName = "fn"
    }

    struct Pair {
        let key: Key
        let value: String
    }

    static func parse(_ text: Substring) throws -> [Pair] {
        func syntax(_ expected: String) -> Refusal {
            Refusal(NameCode.matchSpecSyntax, QuotedText.short(text), expected: expected)
        }
        var rest = text.dropFirst()
        var pairs: [Pair] = []
        while true {
            rest = rest.drop { $0 == " " || $0 == "," || $0 == "\t" }
            guard let next = rest.first else { throw syntax("`]`") }
            if next == "]" { break }
            let word = rest.prefix { $0 == "_" || $0.isLetter || $0.isNumber }
            guard !word.isEmpty else { throw syntax("a key") }
            guard let key = Key(rawValue: String(word)), !pairs.contains(where: { $0.key == key }) else {
                throw Refusal(
                    NameCode.matchSpecKey,
                    QuotedText.short(text),
                    expected: "a known key, once",
                    found: "`\(QuotedText.short(word))`"
                )
            }
            rest = rest[word.endIndex...].drop { $0 == " " }
            guard rest.first == "=" else { throw syntax("`=` after `\(word)`") }
            rest = rest.dropFirst().drop { $0 == " " }
            let value: Substring
            if let quote = rest.first, quote == "'" || quote == "\"" {
                rest = rest.dropFirst()
                value = rest.prefix { $0 != quote }
                rest = rest[value.endIndex...]
                guard rest.first == quote, !value.contains("\\") else { throw syntax("the closing quote") }
                rest = rest.dropFirst()
            } else {
                value = rest.prefix { !" ,]'\"[".contains($0) }
                rest = rest[value.endIndex...]
            }
            guard !value.isEmpty else { throw syntax("a value for `\(word)`") }
            guard let end = rest.first, " ,]\t".contains(end) else { throw syntax("`,` or `]`") }
            pairs.append(Pair(key: key, value: String(value)))
        }
        guard !pairs.isEmpty else { throw syntax("a key in the brackets") }
        guard MatchSpecParser.trimmed(rest.dropFirst()).isEmpty else { throw syntax("nothing after `]`") }
        return pairs
    }
}
