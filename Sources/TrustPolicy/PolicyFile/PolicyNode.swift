// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

import CondaFormats
import TrustCore

/// A value of a policy, in YAML or in JSON, that knows its place. One reader of both: what the user writes
/// and what a channel's owner signs mean the same.
struct PolicyNode {
    struct Member {
        let key: String
        let value: PolicyNode
    }

    enum Content {
        /// Text; in YAML also what stands there without quotes.
        case text(String)
        /// A number of JSON, or what may be one in YAML: then it is text as well.
        case number(String)
        /// A truth value of JSON, or what may be one in YAML: then it is text as well.
        case bool(Bool, String)
        case list([PolicyNode])
        case mapping([Member])
        case nothing
    }

    let content: Content
    /// Where it is, for messages: `line 3`, or `entries[0].publishers`.
    let place: String
    /// YAML's words without quotes are whatever is asked for; JSON's types are not.
    let isYAML: Bool
    let subject: String

    init(_ yaml: YAMLNode, _ subject: String) {
        switch yaml.content {
        case .scalar(let text, let isPlain):
            if yaml.isNull {
                content = .nothing
            } else if isPlain, ByteKey.areEqual(text, "true") || ByteKey.areEqual(text, "false") {
                content = .bool(ByteKey.areEqual(text, "true"), text)
            } else if isPlain, !text.isEmpty, text.utf8.allSatisfy({ (0x30...0x39).contains($0) }) {
                content = .number(text)
            } else {
                content = .text(text)
            }
        case .sequence(let elements): content = .list(elements.map { PolicyNode($0, subject) })
        case .mapping(let members):
            content = .mapping(members.map { Member(key: $0.key, value: PolicyNode($0.value, subject)) })
        }
        place = "line \(yaml.line)"
        isYAML = true
        self.subject = subject
    }

    init(_ json: JSONValue, at place: String, _ subject: String) {
        switch json {
        case .null: content = .nothing
        case .bool(let flag): content = .bool(flag, "")
        case .number(let number): content = .number(number.token)
        case .string(let text): content = .text(text)
        case .array(let elements):
            content = .list(
                elements.enumerated().map { PolicyNode($1, at: "\(place)[\($0)]", subject) }
            )
        case .object(let object):
            content = .mapping(
                object.members.map { member in
                    let name = place.isEmpty ? member.key : "\(place).\(member.key)"
                    return Member(key: member.key, value: PolicyNode(member.value, at: name, subject))
                }
            )
        }
        self.place = place.isEmpty ? "the top" : place
        isYAML = false
        self.subject = subject
    }

    var typeName: String {
        switch content {
        case .text: "text"
        case .number: isYAML ? "text" : "a number"
        case .bool: isYAML ? "text" : "a boolean"
        case .list: "a list"
        case .mapping: "a mapping"
        case .nothing: "nothing"
        }
    }

    /// The text; nil for anything else and for the empty one.
    var text: String? {
        switch content {
        case .text(let text): text.isEmpty ? nil : text
        case .number(let token): isYAML ? token : nil
        case .bool(_, let text): isYAML ? text : nil
        default: nil
        }
    }

    var list: [PolicyNode]? { if case .list(let elements) = content { elements } else { nil } }

    var mapping: PolicyMapping? {
        if case .mapping(let members) = content { PolicyMapping(members, self) } else { nil }
    }

    func refusal(_ code: PolicyFileCode, expected: String, found: String? = nil) -> Refusal {
        Refusal(code, subject, at: place, expected: expected, found: found)
    }

    func wrong(_ what: String) -> Refusal { refusal(.shape, expected: what, found: typeName) }
}
