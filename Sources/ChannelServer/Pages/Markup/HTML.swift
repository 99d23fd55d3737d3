// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

internal import TrustCore

/// Markup. It is put together from elements and attributes that are named in this folder, and from text, which is
/// escaped where it becomes markup: no string becomes an element, whoever wrote it.
struct HTML: Sendable {
    /// UTF-8.
    fileprivate(set) var bytes: [UInt8] = []

    /// The longest text in one place, in bytes: what is longer is cut.
    static let maximumText = 64 << 10

    /// Nothing.
    init() {}

    /// A text, in the content of an element.
    init(text: String) { Self.escape(text, to: &bytes) }

    /// An element.
    init(_ tag: Tag, _ attributes: [Attribute], _ content: HTML) {
        bytes = [UInt8(ascii: "<")] + tag.rawValue.utf8
        for attribute in attributes {
            guard let (name, value) = attribute.pair else { continue }
            bytes.append(0x20)
            bytes += name.utf8
            bytes += "=\"".utf8
            Self.escape(value, to: &bytes)
            bytes.append(UInt8(ascii: "\""))
        }
        bytes.append(UInt8(ascii: ">"))
        if tag.isVoid { return }
        bytes += content.bytes
        bytes += "</\(tag.rawValue)>".utf8
    }

    mutating func append(_ other: HTML) { bytes += other.bytes }

    /// A whole document.
    func document() -> [UInt8] { Array("<!doctype html>\n".utf8) + bytes + [0x0A] }

    /// Writes text so that it means itself in content and in attributes with quotation marks. What cannot be seen,
    /// or would turn the order of letters round, is spelt out.
    private static func escape(_ text: String, to bytes: inout [UInt8]) {
        var left = maximumText
        for scalar in text.unicodeScalars {
            guard left > 0 else {
                bytes += "…".utf8
                return
            }
            left -= 1
            switch scalar {
            case "&": bytes += "&amp;".utf8
            case "<": bytes += "&lt;".utf8
            case ">": bytes += "&gt;".utf8
            case "\"": bytes += "&quot;".utf8
            case "'": bytes += "&#39;".utf8
            case "\n", "\t": bytes.append(UInt8(ascii: scalar))
            case _ where scalar.isASCII && scalar.value >= 0x20 && scalar.value < 0x7F:
                bytes.append(UInt8(ascii: scalar))
            case _ where ForeignText.isHidden(scalar): bytes += ForeignText.spelt(scalar).utf8
            default: bytes += String(scalar).utf8
            }
        }
    }
}

/// Puts markup together from elements and texts.
@resultBuilder
enum HTMLContent {
    static func buildExpression(_ html: HTML) -> HTML { html }
    static func buildExpression(_ text: String) -> HTML { HTML(text: text) }
    static func buildExpression(_ all: [HTML]) -> HTML { buildArray(all) }
    static func buildOptional(_ html: HTML?) -> HTML { html ?? HTML() }
    static func buildEither(first: HTML) -> HTML { first }
    static func buildEither(second: HTML) -> HTML { second }

    static func buildArray(_ all: [HTML]) -> HTML {
        var whole = HTML()
        for html in all { whole.append(html) }
        return whole
    }

    static func buildBlock(_ all: HTML...) -> HTML { buildArray(all) }
}
