// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

internal import TrustCore

/// A list of channels, as lines of a page.
struct ChannelList: Sendable {
    /// One channel, and what its owner says of it.
    struct Item: Sendable {
        let channel: HostedChannel
        let packages: Int64
    }

    let items: [Item]

    var html: HTML {
        Tag.ul(.style(.rows)) {
            items.map { item in
                Tag.li(.style(.row)) {
                    Tag.a(.style(.title), .link(PageAddresses.channel(item.channel.name))) {
                        item.channel.name.text
                    }
                    Tag.span(.style(.marks)) {
                        if item.channel.visibility != .everybody { HTML.mark(.calm, "private") }
                    }
                    Tag.p {
                        "\(item.packages) \(item.packages == 1 ? "package" : "packages")"
                        if let description = item.channel.summary {
                            " · "
                            HTML.foreign(description, maximumLength: 300)
                        }
                    }
                }
            }
        }
    }
}

/// The channels that the caller may read: `/channels/`, and the beginning of them on `/`.
struct ChannelsPage: Sendable {
    let list: ChannelList
    /// The name after which the next page begins; nil if there is none.
    let next: String?
    let isLoggedIn: Bool

    var page: Page {
        Page(
            title: "Channels",
            crumbs: [PageAddresses.home],
            content: HTMLContent.buildBlock(
                Tag.h1 { "Channels" },
                Tag.div {
                    if list.items.isEmpty {
                        Tag.p {
                            isLoggedIn
                                ? "There is no channel that you may read." : "There is no public channel."
                        }
                    } else {
                        list.html
                    }
                    if let next {
                        Pager.html(
                            PageAddress(["channels"], isFolder: true, query: [("after", next)]),
                            "More channels"
                        )
                    }
                }
            )
        )
    }
}

/// Links to the other parts of a list.
enum Pager {
    static func html(_ next: PageAddress, _ text: String) -> HTML {
        Tag.nav(.style(.pager), .spoken("Pages")) { Tag.ul { Tag.li { HTML.link(next, text) } } }
    }
}

/// Where pages are.
enum PageAddresses {
    static let home = Page.Crumb(text: "Home", address: PageAddress([]))
    static let channels = Page.Crumb(text: "Channels", address: PageAddress(["channels"], isFolder: true))

    static func channel(_ name: ChannelName) -> PageAddress { PageAddress([name.text], isFolder: true) }

    static func package(_ name: String, in channel: ChannelName) -> PageAddress {
        PageAddress([channel.text, "packages", name])
    }

    static func file(_ file: String, _ subdir: String, of package: String, in channel: ChannelName)
        -> PageAddress
    {
        PageAddress([channel.text, "packages", package, subdir, file])
    }
}

extension HostedChannel {
    /// The setting that describes the channel to people; nil where its owner says nothing.
    var summary: String? {
        guard let text = settings[ChannelSettingsChange.description]?.string, !text.isEmpty else {
            return nil
        }
        return text
    }
}
