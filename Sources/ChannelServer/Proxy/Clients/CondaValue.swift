// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

internal import CondaFormats
internal import TrustCore

/// A key of ours in a settings file of conda, and its value.
struct CondaValue {
    /// The key.
    let key: String
    /// Its lines in YAML, the key's included.
    let lines: [String]

    static func text(_ key: String, _ value: String) -> CondaValue {
        CondaValue(key: key, lines: ["\(key): \(quoted(value))"])
    }

    static func list(_ key: String, _ values: [String]) -> CondaValue {
        CondaValue(key: key, lines: ["\(key):"] + values.map { "  - \(quoted($0))" })
    }

    static func map(_ key: String, _ values: [(String, String)]) -> CondaValue {
        CondaValue(key: key, lines: ["\(key):"] + values.map { "  \(quoted($0.0)): \(quoted($0.1))" })
    }

    static func lists(_ key: String, _ values: [(String, [String])]) -> CondaValue {
        let lines = values.flatMap { name, values in
            ["  \(quoted(name)):" + (values.isEmpty ? " []" : "")] + values.map { "    - \(quoted($0))" }
        }
        return CondaValue(key: key, lines: ["\(key):"] + lines)
    }

    /// Text between double quotes: what JSON writes is YAML too.
    private static func quoted(_ text: String) -> String {
        String(decoding: JSONWriter.encode(.string(text)), as: UTF8.self)
    }
}
