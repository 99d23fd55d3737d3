// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

/// Why YAML was not read. Each sort of file says by a code of its own what that means.
package struct YAMLFault: Error {
    /// What is wrong.
    package enum Kind: Sendable, CaseIterable {
        /// It is not well-formed, or no single document, or a key is not text.
        case syntax
        /// An anchor or an alias.
        case alias
        /// One key twice.
        case duplicateKey
        /// Nested deeper than any honest file.
        case tooDeep
    }

    /// What is wrong.
    package let kind: Kind
    /// Where, counted from 1; nil where the parser does not say.
    package let line: Int?
    /// What the rule demands.
    package let expected: String
    /// What was there instead.
    package let found: String?

    init(_ kind: Kind, line: Int? = nil, expected: String, found: String? = nil) {
        self.kind = kind
        self.line = line
        self.expected = expected
        self.found = found
    }
}
