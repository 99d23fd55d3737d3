// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

internal import TrustCore

/// The elements of which pages are made; there are no others, and none that runs or loads anything but the
/// stylesheet and the icon.
enum Tag: String, Sendable, CaseIterable {
    case html, head, meta, link, title, body
    case header, nav, main, footer, section, h1, h2, h3
    case p, ul, ol, li, dl, dt, dd, div, pre, details, summary
    case a, span, strong, code, time, bdi, small
    case table, caption, thead, tbody, tr, th, td
    case form, label, input, button

    /// Whether it has no content and no end.
    var isVoid: Bool { self == .meta || self == .link || self == .input }

    /// The element with its content.
    func callAsFunction(_ attributes: Attribute..., @HTMLContent content: () -> HTML) -> HTML {
        HTML(self, attributes, content())
    }

    /// The element without content.
    func callAsFunction(_ attributes: Attribute...) -> HTML { HTML(self, attributes, HTML()) }
}

/// The attributes that elements have. What a stranger can choose is text, which is escaped, or an address, which was
/// looked at.
enum Attribute: Sendable {
    case id(Anchor)
    case style(Style)
    case styles([Style])
    case language
    /// A link of ours.
    case link(PageAddress)
    /// A link to somewhere else, without a word of where it is from.
    case foreign(ForeignAddress)
    /// A place of this page.
    case jump(Anchor)
    case stylesheet
    case icon
    case assetAddress(PageAddress)
    case charset
    case viewport
    case viewportContent
    case datetime(Timestamp)
    /// What a screen reader calls it.
    case spoken(String)
    case labelledBy(Anchor)
    case currentPage
    case landmark(Landmark)
    case columnHead
    case rowHead
    case anyDirection
    /// Can be reached by the keyboard although it is no link.
    case focusable
    /// Can be jumped to.
    case target
    case labelOf(Anchor)
    case sendsTo(PageAddress)
    case field(String)
    case value(String)
    case searchField
    case submit
    case withoutHistory
    case maximumLength(Int)
    case foreignRelation

    /// Places of a page that are jumped to or named by.
    enum Anchor: String, Sendable, CaseIterable {
        case content, query, uses, trust, log, newest, packages, versions, facts, provenance, signatures,
            unknown,
            verify, attention, channels, failures, logs, results, breadcrumbs, digests, dependencies
    }

    /// Roles that no element has by itself.
    enum Landmark: String, Sendable {
        case search, region
    }

    /// Name and value.
    var pair: (name: String, value: String)? {
        switch self {
        case .id(let anchor): ("id", anchor.rawValue)
        case .style(let style): ("class", style.rawValue)
        case .styles(let styles): ("class", styles.map(\.rawValue).joined(separator: " "))
        case .language: ("lang", "en")
        case .link(let address): ("href", address.text)
        case .foreign(let address): ("href", address.text)
        case .foreignRelation: ("rel", "nofollow noopener noreferrer")
        case .jump(let anchor): ("href", "#" + anchor.rawValue)
        case .stylesheet: ("rel", "stylesheet")
        case .icon: ("rel", "icon")
        case .assetAddress(let address): ("href", address.text)
        case .charset: ("charset", "utf-8")
        case .viewport: ("name", "viewport")
        case .viewportContent: ("content", "width=device-width, initial-scale=1")
        case .datetime(let time): ("datetime", time.description)
        case .spoken(let text): ("aria-label", text)
        case .labelledBy(let anchor): ("aria-labelledby", anchor.rawValue)
        case .currentPage: ("aria-current", "page")
        case .landmark(let landmark): ("role", landmark.rawValue)
        case .columnHead: ("scope", "col")
        case .rowHead: ("scope", "row")
        case .anyDirection: ("dir", "auto")
        case .focusable: ("tabindex", "0")
        case .target: ("tabindex", "-1")
        case .labelOf(let anchor): ("for", anchor.rawValue)
        case .sendsTo(let address): ("action", address.text)
        case .field(let name): ("name", name)
        case .value(let text): ("value", text)
        case .searchField: ("type", "search")
        case .submit: ("type", "submit")
        case .withoutHistory: ("autocomplete", "off")
        case .maximumLength(let count): ("maxlength", "\(count)")
        }
    }
}
