// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

import TrustCore
import Yams

/// Reads YAML as far as our files need it: one document of lists, text and mappings with text keys, each key
/// once, no anchors.
package enum YAMLReader {
    /// The deepest nesting; lock files have about seven levels.
    package static let maximumDepth = 32

    /// Reads a document; throws a ``YAMLFault`` and nothing else of its own.
    package static func read(_ text: String) throws -> YAMLNode {
        if let line = lineOfReference(in: text) { throw reference(line) }
        do {
            // The parser limits nesting to 1,000 levels, and its nodes know their anchors while it lives.
            let parser = try Parser(yaml: text, encoding: .utf8)
            guard let root = try parser.singleRoot() else {
                throw YAMLFault(.syntax, expected: "a YAML document", found: "nothing")
            }
            return try withExtendedLifetime(parser) { try converted(root, depth: 0) }
        } catch YamlError.duplicatedKeysInMapping(let keys, let context) {
            throw twice(keys.first ?? "", context.mark.line)
        } catch let error as YamlError {
            throw YAMLFault(.syntax, line: place(of: error), expected: "well-formed YAML")
        }
    }

    private static func reference(_ line: Int) -> YAMLFault {
        YAMLFault(.alias, line: line, expected: "no `&anchor` and no `*alias`")
    }

    private static func twice(_ key: String, _ line: Int) -> YAMLFault {
        YAMLFault(
            .duplicateKey,
            line: line,
            expected: "each key once",
            found: "`\(QuotedText.short(key))` twice"
        )
    }

    private static func place(of error: YamlError) -> Int? {
        switch error {
        case .scanner(_, _, let mark, _), .parser(_, _, let mark, _), .composer(_, _, let mark, _): mark.line
        default: nil
        }
    }

    private static func converted(_ node: Node, depth: Int) throws -> YAMLNode {
        let line = node.mark?.line ?? 0
        guard depth <= maximumDepth else {
            throw YAMLFault(.tooDeep, line: line, expected: "at most \(maximumDepth) levels")
        }
        guard node.anchor == nil else { throw reference(line) }
        switch node {
        case .scalar(let scalar):
            return YAMLNode(content: .scalar(scalar.string, isPlain: scalar.style == .plain), line: line)
        case .sequence(let sequence):
            let elements = try sequence.map { try converted($0, depth: depth + 1) }
            return YAMLNode(content: .sequence(elements), line: line)
        case .mapping(let mapping):
            var members: [YAMLNode.Member] = []
            var keys: Set<ByteKey> = []
            for (key, value) in mapping {
                guard case .scalar(let name) = key, name.anchor == nil else {
                    throw YAMLFault(.syntax, line: line, expected: "text as keys")
                }
                // The parser compares keys by type too; here `1` and `"1"` are one key.
                guard keys.insert(ByteKey(name.string)).inserted else { throw twice(name.string, line) }
                members.append(
                    YAMLNode.Member(key: name.string, value: try converted(value, depth: depth + 1))
                )
            }
            return YAMLNode(content: .mapping(members), line: line)
        case .alias: throw reference(line)
        }
    }

    /// The line of the first `&name` or `*name` that stands where a YAML value can begin.
    ///
    /// A look at the bytes before the parser sees them, so that nothing that multiplies is ever composed. It
    /// knows nothing of quotes and so may take text for a reference, never a reference for text: a value can
    /// begin only at a line's beginning or after `-`, `?`, `:`, `,`, `[`, `{`. (Unicode line ends count as
    /// any other non-ASCII.)
    private static func lineOfReference(in text: String) -> Int? {
        var line = 1
        var previous = UInt8(ascii: "\n")
        var afterSpace = true
        var pending = false
        for byte in text.utf8 {
            if pending, !ASCIIClass.isSpace(byte) { return line }
            pending = false
            switch byte {
            case 0x20, 0x09:
                afterSpace = true
                continue
            case 0x0A: line += 1
            case UInt8(ascii: "&"), UInt8(ascii: "*"):
                pending = isBeginning(after: previous, spaced: afterSpace)
            default: break
            }
            previous = byte
            afterSpace = false
        }
        return nil
    }

    private static func isBeginning(after byte: UInt8, spaced: Bool) -> Bool {
        switch byte {
        case 0x0A, 0x0D, UInt8(ascii: ","), UInt8(ascii: "["), UInt8(ascii: "{"), UInt8(ascii: ":"),
            UInt8(ascii: "?"):
            true
        case UInt8(ascii: "-"): spaced
        default: byte >= 0x80
        }
    }
}
