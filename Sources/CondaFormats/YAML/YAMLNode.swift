// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

/// A value of a YAML file with everything left out that our files do not need: tags, anchors, types of
/// scalars.
package struct YAMLNode {
    /// One key of a mapping and its value.
    package struct Member {
        /// The key.
        package let key: String
        /// Its value.
        package let value: YAMLNode
    }

    /// What the value is.
    package enum Content {
        /// Text, and whether it stands without quotes; null is told apart by `isNull`.
        case scalar(String, isPlain: Bool)
        /// A list.
        case sequence([YAMLNode])
        /// Keys, each there once, with their values.
        case mapping([Member])
    }

    /// What the value is.
    package let content: Content
    /// Counted from 1.
    package let line: Int

    /// The word for the value's type, for messages.
    package var typeName: String {
        switch content {
        case .scalar: isNull ? "nothing" : "text"
        case .sequence: "a list"
        case .mapping: "a mapping"
        }
    }

    /// Whether it is one of YAML's words for nothing, without quotes.
    package var isNull: Bool {
        if case .scalar(let text, true) = content {
            ["", "~", "null", "Null", "NULL"].contains(text)
        } else {
            false
        }
    }

    /// The text, if it is a scalar other than null.
    package var text: String? {
        if case .scalar(let text, _) = content, !isNull { text } else { nil }
    }

    /// The elements, if it is a list.
    package var sequence: [YAMLNode]? {
        if case .sequence(let nodes) = content { nodes } else { nil }
    }
}
