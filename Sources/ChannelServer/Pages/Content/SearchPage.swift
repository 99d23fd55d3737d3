// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

internal import TrustCore

/// `/search?q=`: packages whose names have a part in them, of the channels that the caller may read.
struct SearchPage: Sendable {
    /// One package of one channel.
    struct Hit: Sendable {
        let package: String
        let channel: ChannelName
        let brief: PackageBrief?
    }

    /// What was asked, as it was asked.
    let question: String
    let hits: [Hit]
    /// Where it goes on; nil if it is through.
    let next: (package: String, channel: ChannelName)?

    var page: Page {
        var page = Page(
            title: question.isEmpty
                ? "Search" : "Search for \(ForeignText.readable(question, maximumLength: 80))",
            crumbs: [PageAddresses.home],
            content: content
        )
        page.question = ForeignText.readable(question, maximumLength: SearchForm.maximumLength)
        return page
    }

    private var content: HTML {
        HTMLContent.buildBlock(
            Tag.h1 { "Search" },
            Tag.div {
                if question.isEmpty {
                    Tag.p { "Write a package’s name, or a part of it, into the field above." }
                } else {
                    Tag.p(.id(.results)) {
                        found
                        " “"
                        HTML.foreign(question, maximumLength: 80)
                        "”."
                    }
                    Tag.ul(.style(.rows)) { hits.map(Self.row) }
                }
                if let next {
                    Pager.html(
                        PageAddress(
                            ["search"],
                            query: [("q", question), ("after", next.package), ("in", next.channel.text)]
                        ),
                        "Go on searching"
                    )
                }
            }
        )
    }

    private var found: String {
        switch (hits.count, next == nil) {
        case (0, true): "No package has in its name"
        case (0, false): "None so far has in its name"
        case (1, true): "One package has in its name"
        case (let count, true): "\(count) packages have in their names"
        case (let count, false): "The next \(count) packages that have in their names"
        }
    }

    private static func row(_ hit: Hit) -> HTML {
        Tag.li(.style(.row)) {
            Tag.a(.style(.title), .link(PageAddresses.package(hit.package, in: hit.channel))) { hit.package }
            Tag.span(.style(.soft)) {
                if let version = hit.brief?.version { "\(ForeignText.shown(version)) " }
                "in \(hit.channel.text)"
            }
            if let summary = hit.brief?.summary { Tag.p { HTML.foreign(summary, maximumLength: 300) } }
        }
    }
}
