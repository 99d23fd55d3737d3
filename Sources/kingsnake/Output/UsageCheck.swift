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

    /// A package, by its URL or as a file.
    static func package(_ text: String) throws {
        guard text.contains("://") else { return try archive(text) }
        try url(text, of: "the package") { _ = try PackageURL($0) }
    }

    /// The path of a file or a folder: the empty one would mean whatever folder the program happens to run in.
    static func path(_ text: String?, of what: String) throws {
        guard text?.isEmpty != true else { throw ValidationError("\(what) is empty: expected a path") }
    }

    /// The URL of a channel, as an option or an argument gives it.
    static func channel(_ text: String, of what: String) throws {
        try url(text, of: what) { _ = try ChannelURL($0) }
    }

    /// A URL that must be one as far as a look can tell. What is wrong is said without showing it, for it may hold
    /// a password.
    static func url(_ text: String, of argument: String, _ read: (String) throws -> Void) throws {
        guard text.contains("://") else {
            throw ValidationError(
                "\(argument): `\(text)` is not a URL: expected `https://…`, `http://…` or `file:///…`"
            )
        }
        do {
            try read(text)
        } catch let refusal as Refusal {
            let expected = refusal.expected.map { "; expected \($0)" } ?? ""
            throw ValidationError("\(argument): \(refusal.code.entry.summary)\(expected)")
        }
    }
}
