// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

internal import TrustCore

/// What all pages have: head, navigation, the way to the page, foot.
struct PageFrame: Sendable {
    let site: PageSite
    let caller: Caller

    /// The page as a document.
    func document(_ page: Page) -> [UInt8] {
        Tag.html(.language) {
            Tag.head {
                Tag.meta(.charset)
                Tag.meta(.viewport, .viewportContent)
                Tag.title { page.title == site.name ? site.name : "\(page.title) · \(site.name)" }
                Tag.link(.stylesheet, .assetAddress(PageAsset.stylesheet.address))
                Tag.link(.icon, .assetAddress(PageAsset.icon.address))
            }
            Tag.body {
                Tag.a(.style(.skip), .jump(.content)) { "Skip to the content" }
                head(page)
                Tag.main(.id(.content), .style(.inner), .target) {
                    if !page.crumbs.isEmpty { crumbs(page) }
                    page.content
                }
                foot
            }
        }.document()
    }

    private func head(_ page: Page) -> HTML {
        Tag.header(.style(.site)) {
            Tag.div(.style(.inner)) {
                Tag.nav(.spoken("Site")) {
                    Tag.ul {
                        Tag.li { Tag.a(.style(.brand), .link(PageAddress([]))) { site.name } }
                        Tag.li { HTML.link(PageAddress(["channels"], isFolder: true), "Channels") }
                        Tag.li { who }
                    }
                }
                SearchForm(question: page.question).html
            }
        }
    }

    private var who: HTML {
        guard let holder = caller.holder else { return HTML.link(PageAddress(["login"]), "Log in") }
        return Tag.a(.link(PageAddress(["login"]))) { "Logged in as \(ForeignText.shown(holder.name))" }
    }

    private func crumbs(_ page: Page) -> HTML {
        Tag.nav(.style(.crumbs), .spoken("Breadcrumbs")) {
            Tag.ol {
                page.crumbs.map { crumb in Tag.li { HTML.link(crumb.address, crumb.text) } }
                Tag.li { Tag.span(.currentPage) { page.title } }
            }
        }
    }

    private var foot: HTML {
        Tag.footer {
            Tag.div(.style(.inner)) {
                Tag.p {
                    "Served by Kingsnake. What a page says is this server’s word; what your own program verifies is not. "
                    HTML.link(PageAddress(["log", "checkpoint"]), "Publish log")
                }
            }
        }
    }
}

/// A field to search in, with its label.
struct SearchForm: Sendable {
    let question: String

    /// The longest question, in bytes: no name is longer.
    static let maximumLength = 64

    var html: HTML {
        Tag.form(.landmark(.search), .style(.finder), .sendsTo(PageAddress(["search"]))) {
            Tag.label(.labelOf(.query)) { "Search packages" }
            Tag.input(
                .searchField,
                .id(.query),
                .field("q"),
                .value(question),
                .withoutHistory,
                .maximumLength(Self.maximumLength)
            )
            Tag.button(.submit) { "Search" }
        }
    }
}
