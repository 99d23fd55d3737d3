// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

internal import TrustCore

/// What pages are put together from, over and over.
extension HTML {
    /// Nothing at all.
    static let none = HTML()

    /// Text that a stranger wrote for people to read: in one line and cut, and its direction is its own.
    static func foreign(_ text: String, maximumLength: Int = ForeignText.maximumLength) -> HTML {
        Tag.bdi { ForeignText.readable(text, maximumLength: maximumLength) }
    }

    /// A name that a stranger chose and people compare: plain ASCII, all else spelt out.
    static func name(_ text: String) -> HTML { Tag.code { ForeignText.shown(text) } }

    /// Bytes of a digest or key as hexadecimal.
    static func digest(_ digest: Digest) -> HTML { Tag.code(.style(.digest)) { digest.hex } }

    /// A moment, for people and for programs.
    static func time(_ time: Timestamp) -> HTML {
        let text = time.description
        // `2026-11-22T02:46:13Z`: to the minute is enough to read.
        let isUsual = text.utf8.count == 20
        let date = String(decoding: text.utf8.prefix(10), as: UTF8.self)
        let clock = String(decoding: text.utf8.dropFirst(11).prefix(5), as: UTF8.self)
        return Tag.time(.datetime(time)) { isUsual ? "\(date) \(clock) UTC" : text }
    }

    /// A day, for people and for programs.
    static func day(_ time: Timestamp) -> HTML {
        Tag.time(.datetime(time)) { String(decoding: time.description.utf8.prefix(10), as: UTF8.self) }
    }

    /// A link of ours.
    static func link(_ address: PageAddress, _ text: String) -> HTML { Tag.a(.link(address)) { text } }

    /// A link to what a stranger named, if it is one that a page may have; the text otherwise.
    static func foreignLink(_ text: String) -> HTML {
        guard let address = ForeignAddress(text) else { return name(text) }
        return Tag.a(.foreign(address), .foreignRelation) { ForeignText.shown(text) }
    }

    /// A command to be copied.
    static func command(_ lines: String...) -> HTML {
        Tag.pre(.style(.command)) { Tag.code { lines.joined(separator: "\n") } }
    }

    /// A mark of a state, said in words.
    static func mark(_ style: Style, _ text: String) -> HTML { Tag.span(.styles([.mark, style])) { text } }

    /// A fact with its name, in a list of such.
    static func fact(_ name: String, @HTMLContent _ value: () -> HTML) -> HTML {
        Tag.div {
            Tag.dt { name }
            Tag.dd(content: value)
        }
    }

    /// A section with a heading that names it.
    static func section(_ anchor: Attribute.Anchor, _ title: String, @HTMLContent _ content: () -> HTML)
        -> HTML
    {
        Tag.section(.labelledBy(anchor)) {
            Tag.h2(.id(anchor)) { title }
            content()
        }
    }
}
