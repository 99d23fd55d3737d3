// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

internal import TrustCore

/// `/operations/`: what needs somebody who operates the server.
struct AttentionPage: Sendable {
    let channels: [ChannelAttention]
    /// How many channels were looked at.
    let examined: Int
    /// The name after which the next page of channels begins; nil if there is none.
    let next: String?
    let logs: [(log: LogState, trouble: ServerCondition.Trouble?)]
    /// Uploads that failed, with the names of their channels.
    let failures: [(channel: ChannelName, failure: FailedUpload)]

    /// How many channels a page looks at.
    static let channelsPerPage = 50
    /// How many uploads that failed are shown.
    static let failuresPerPage = 100

    var page: Page {
        Page(
            title: "What needs attention",
            crumbs: [PageAddresses.home],
            isForOne: true,
            content: HTMLContent.buildBlock(
                Tag.h1 { "What needs attention" },
                HTML.section(.channels, "Channels") { channelList },
                HTML.section(.logs, "Publish logs") { logList },
                HTML.section(.failures, "Uploads that failed") { failureTable }
            )
        )
    }

    @HTMLContent private var channelList: HTML {
        let troubled = channels.filter { !$0.matters.isEmpty }
        if troubled.isEmpty {
            Tag.p {
                HTML.mark(.good, "nothing")
                " The \(examined) \(examined == 1 ? "channel" : "channels") looked at here \(examined == 1 ? "is" : "are") as they should be."
            }
        }
        Tag.ul(.style(.rows)) {
            troubled.map { attention in
                Tag.li(.style(.row)) {
                    Tag.h3 {
                        HTML.link(PageAddresses.channel(attention.channel.name), attention.channel.name.text)
                    }
                    Tag.ul(.style(.rows)) { attention.matters.map(Self.matter) }
                }
            }
        }
        if let next {
            Pager.html(PageAddress(["operations"], isFolder: true, query: [("after", next)]), "More channels")
        }
    }

    private static func matter(_ matter: ChannelAttention.Matter) -> HTML {
        Tag.li(.style(.row)) {
            matter.isUrgent ? HTML.mark(.bad, "urgent") : HTML.mark(.warn, "soon")
            " "
            ForeignText.readable(matter.text)
            if let remedy = matter.remedy { Tag.p { ForeignText.readable(remedy) } }
        }
    }

    @HTMLContent private var logList: HTML {
        if logs.isEmpty { Tag.p { "There is none yet." } }
        Tag.ul(.style(.rows)) {
            logs.map { log, trouble in
                Tag.li(.style(.row)) {
                    Tag.span(.style(.title)) { ForeignText.shown(log.log.origin) }
                    Tag.span(.style(.marks)) {
                        if trouble != nil {
                            HTML.mark(.bad, "stopped or failing")
                        } else if log.published ?? 0 < log.log.size {
                            HTML.mark(.warn, "behind")
                        } else {
                            HTML.mark(.good, "published")
                        }
                        if log.log.channel == nil, log.cosignatures == 0 { HTML.mark(.soft, "no witness") }
                    }
                    Tag.p {
                        "\(log.log.size) \(log.log.size == 1 ? "entry" : "entries"), \(log.published ?? 0) of them in the published checkpoint"
                    }
                    if let trouble {
                        Tag.p {
                            "Since "
                            HTML.time(trouble.since)
                            ": \(trouble.text)"
                        }
                    }
                }
            }
        }
    }

    @HTMLContent private var failureTable: HTML {
        if failures.isEmpty {
            Tag.p { "None is remembered." }
        } else {
            Tag.div(.style(.wide), .landmark(.region), .spoken("Table of uploads that failed"), .focusable) {
                Tag.table {
                    Tag.caption {
                        "The newest first; of each channel the last \(FailedUpload.keptPerChannel) are kept."
                    }
                    Tag.thead {
                        Tag.tr {
                            ["When", "Channel", "File", "Code", "Who"].map { name in
                                Tag.th(.columnHead) { name }
                            }
                        }
                    }
                    Tag.tbody { failures.map(Self.row) }
                }
            }
        }
    }

    private static func row(_ channel: ChannelName, _ failure: FailedUpload) -> HTML {
        Tag.tr {
            Tag.th(.rowHead) { HTML.time(failure.time) }
            Tag.td { channel.text }
            Tag.td { HTML.name(failure.fileName) }
            Tag.td { failure.code.map { code in Tag.code { code } } ?? HTML(text: "the server could not") }
            Tag.td { HTML.name(failure.publisher.name) }
        }
    }
}
