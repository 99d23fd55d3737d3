// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

internal import TrustCore

/// A step in what happened to a file, and by whose word.
struct TimelineStep: Sendable {
    /// Whose word it is: said in words, too, not by colour alone.
    enum Basis: Sendable {
        /// This server verified a signature over it when the page was made.
        case verified(String)
        /// Somebody says so.
        case stated(String)
        /// Nobody says so.
        case missing

        var words: String {
            switch self {
            case .verified(let how): "Verified: \(how)"
            case .stated(let whose): "Stated: \(whose)"
            case .missing: "Not known"
            }
        }

        var style: Style {
            switch self {
            case .verified: .verified
            case .stated: .stated
            case .missing: .missing
            }
        }
    }

    let title: String
    let basis: Basis
    var time: Timestamp?
    let content: HTML

    init(_ title: String, _ basis: Basis, at time: Timestamp? = nil, @HTMLContent _ content: () -> HTML) {
        self.title = title
        self.basis = basis
        self.time = time
        self.content = content()
    }

    var html: HTML {
        Tag.li(.style(basis.style)) {
            Tag.h3 { title }
            Tag.p(.style(.basis)) {
                if let time {
                    HTML.time(time)
                    " · "
                }
                basis.words
            }
            content
        }
    }

    /// Steps in their order.
    static func list(_ steps: [TimelineStep]) -> HTML {
        Tag.ol(.style(.timeline)) { steps.map(\.html) }
    }
}
