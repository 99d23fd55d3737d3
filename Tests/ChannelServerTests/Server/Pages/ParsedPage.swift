// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

import HummingbirdTesting
import NIOCore
import Testing

@testable import ChannelServer

/// A page as a browser would take it apart, as far as our pages go: what is not of the plainest form is an error.
///
/// It knows nothing of how pages are made, so that what slips through there is seen here.
struct ParsedPage {
    struct Element: Equatable {
        let name: String
        let attributes: [String: String]
        /// The names of the elements around it, the outermost first.
        let path: [String]
        var text = ""
    }

    struct Malformed: Error, CustomStringConvertible {
        let description: String
    }

    private(set) var elements: [Element] = []
    /// All text outside of tags, decoded.
    private(set) var text = ""

    private static let void: Set<String> = ["meta", "link", "input"]
    /// Every element and attribute that pages may have. Nothing in it runs, frames, or loads.
    private static let known: Set<String> = [
        "html", "head", "meta", "link", "title", "body", "header", "nav", "main", "footer", "section", "h1",
        "h2", "h3",
        "p", "ul", "ol", "li", "dl", "dt", "dd", "div", "pre", "details", "summary", "a", "span", "strong",
        "code", "time",
        "bdi", "small", "table", "caption", "thead", "tbody", "tr", "th", "td", "form", "label", "input",
        "button",
    ]
    private static let attributes: Set<String> = [
        "id", "class", "lang", "href", "rel", "charset", "name", "content", "datetime", "aria-label",
        "aria-labelledby",
        "aria-current", "role", "scope", "dir", "tabindex", "for", "action", "value", "type", "autocomplete",
        "maxlength",
    ]

    init(_ response: TestResponse) throws { try self.init(String(buffer: response.body)) }

    init(_ document: String) throws {
        let head = "<!doctype html>\n"
        guard document.hasPrefix(head) else { throw Malformed(description: "no doctype") }
        var rest = document.utf8.dropFirst(head.utf8.count)
        var open: [Int] = []
        while let byte = rest.first {
            guard byte == UInt8(ascii: "<") else {
                let run = rest.prefix { $0 != UInt8(ascii: "<") }
                let decoded = try Self.decode(String(Substring(run)))
                text += decoded
                for index in open { elements[index].text += decoded }
                rest = rest.dropFirst(run.count)
                continue
            }
            // A `>` in an attribute's value would end the tag here, and what follows would not fit.
            let tag = rest.dropFirst().prefix { $0 != UInt8(ascii: ">") }
            rest = rest.dropFirst(tag.count + 2)
            let words = String(Substring(tag))
            if words.hasPrefix("/") {
                guard let last = open.popLast(), "/" + elements[last].name == words else {
                    throw Malformed(description: "<\(words)> ends nothing")
                }
                continue
            }
            let element = try Self.element(words, path: open.map { elements[$0].name })
            elements.append(element)
            if !Self.void.contains(element.name) { open.append(elements.count - 1) }
        }
        guard open.isEmpty else {
            throw Malformed(description: "not ended: \(open.map { elements[$0].name })")
        }
    }

    func all(_ name: String) -> [Element] { elements.filter { $0.name == name } }

    /// The addresses of links, in order.
    var links: [String] { all("a").compactMap { $0.attributes["href"] } }

    private static func element(_ words: String, path: [String]) throws -> Element {
        let name = String(words.prefix { $0 != " " })
        guard known.contains(name) else { throw Malformed(description: "element `\(name)`") }
        var attributes: [String: String] = [:]
        var rest = words.dropFirst(name.count)
        while !rest.isEmpty {
            guard rest.hasPrefix(" "), let mark = rest.firstIndex(of: "=") else {
                throw Malformed(description: "attribute in <\(words)>")
            }
            let attribute = String(rest[rest.index(after: rest.startIndex)..<mark])
            rest = rest[rest.index(after: mark)...]
            guard Self.attributes.contains(attribute), attributes[attribute] == nil, rest.hasPrefix("\""),
                let end = rest.dropFirst().firstIndex(of: "\"")
            else { throw Malformed(description: "attribute `\(attribute)` of <\(words)>") }
            attributes[attribute] = try decode(String(rest[rest.index(after: rest.startIndex)..<end]))
            rest = rest[rest.index(after: end)...]
        }
        return Element(name: name, attributes: attributes, path: path)
    }

    /// Undoes the five escapes; any other ampersand is one that we did not write.
    private static func decode(_ text: String) throws -> String {
        var decoded = "", rest = text[...]
        let escapes = [("&amp;", "&"), ("&lt;", "<"), ("&gt;", ">"), ("&quot;", "\""), ("&#39;", "'")]
        while let first = rest.first {
            if first == "&" {
                guard let escape = escapes.first(where: { rest.hasPrefix($0.0) }) else {
                    throw Malformed(description: "an ampersand in `\(text.prefix(80))`")
                }
                decoded += escape.1
                rest = rest.dropFirst(escape.0.count)
            } else {
                guard !"\"'>".contains(first) || first == "'" else {
                    throw Malformed(description: "`\(first)` in `\(text.prefix(80))`")
                }
                decoded.append(first)
                rest = rest.dropFirst()
            }
        }
        return decoded
    }
}
