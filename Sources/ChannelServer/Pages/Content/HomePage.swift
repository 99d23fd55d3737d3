// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

internal import TrustCore

/// `/`: what this server is, and where to go.
struct HomePage: Sendable {
    let site: PageSite
    let list: ChannelList
    let hasMore: Bool
    let isLoggedIn: Bool

    var page: Page {
        Page(
            title: site.name,
            content: HTMLContent.buildBlock(
                Tag.h1 { site.name },
                Tag.p(.style(.lead)) {
                    "Channels of conda packages. What is published here is written into a log that can only grow. Each "
                    "channel’s page says whether its index is signed, and each file’s page where it comes from."
                },
                HTML.section(.channels, "Channels") {
                    if list.items.isEmpty {
                        Tag.p {
                            isLoggedIn
                                ? "There is no channel that you may read."
                                : "There is no public channel. If you have a key, log in to see those you may read."
                        }
                    } else {
                        list.html
                    }
                    if hasMore { Pager.html(PageAddress(["channels"], isFolder: true), "All channels") }
                },
                HTML.section(.uses, "How to use it") {
                    Tag.p {
                        "conda, mamba and pixi read a channel by its URL, and believe this server. "
                        Tag.code { "kingsnake" }
                        " verifies: pin a channel’s root once, from a source that is not this server, and nothing "
                        "that is installed afterwards has to be believed. Each channel’s page has the commands."
                    }
                }
            )
        )
    }
}
