// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

import ArgumentParser
import CondaFormats
import TrustCore

/// Checks of what the user typed, so that a slip of the fingers is a usage error and not suspected tampering.
enum UsageCheck {
    /// Makes a value of an argument; a refusal of it becomes a usage error with the argument's own words.
    static func value<Value>(_ argument: String, _ make: (String) throws -> Value) throws -> Value {
        do {
            return try make(argument)
        } catch let refusal as Refusal {
            let expected = refusal.expected.map { "; expected \($0)" } ?? ""
            throw ValidationError("`\(argument)`: \(refusal.code.entry.summary)\(expected)")
        }
    }

    /// The name of a package file at the end of a path.
    static func archive(_ path: String) throws {
        _ = try value(path) { try ArchiveFileName($0.split(separator: "/").last.map(String.init) ?? $0) }
    }

    /// A URL, as far as a look can tell: the rest is said without showing it, for it may hold a password.
    static func url(_ text: String, of what: String) throws {
        guard text.contains("://") else {
            throw ValidationError(
                "`\(text)` is not the URL of \(what): expected `https://…`, `http://…` or "
                    + "`file:///…`"
            )
        }
    }
}
