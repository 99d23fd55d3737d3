// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

internal import CondaFormats
internal import TUF
internal import TrustCore

/// `/CHANNEL/`: how to use a channel, what its signatures are worth, its log, and its packages.
struct ChannelPage: Sendable {
    let site: PageSite
    let channel: HostedChannel
    let usage: ChannelUsage
    let packageCount: Int64
    let subdirs: [Subdir]
    let signing: ChannelSigning
    let log: LogState?
    let newest: [FileSummary]
    let packages: [(name: PackageName, brief: PackageBrief?)]
    /// The name after which the next page of packages begins; nil if there is none.
    let next: PackageName?
    /// Whether this is the first page of packages: the others have nothing else.
    let isFirst: Bool
    let now: Timestamp

    private var url: String { site.url(of: channel.name) }

    var page: Page {
        Page(
            title: channel.name.text,
            crumbs: [PageAddresses.home, PageAddresses.channels],
            content: HTMLContent.buildBlock(head, isFirst ? begin : HTML.none, packageList)
        )
    }

    private var head: HTML {
        HTMLContent.buildBlock(
            Tag.h1 { channel.name.text },
            Tag.p(.style(.marks)) {
                if channel.visibility != .everybody { HTML.mark(.calm, "private") }
                signatureMark
            },
            channel.summary.map { text in Tag.p(.style(.lead)) { HTML.foreign(text) } } ?? HTML.none
        )
    }

    private var signatureMark: HTML {
        switch signing {
        case .unsigned: HTML.mark(.warn, "index not signed")
        case .broken: HTML.mark(.bad, "signatures cannot be read")
        case .signed(let trust) where !trust.expired(at: now).isEmpty: HTML.mark(.bad, "signatures expired")
        case .signed: HTML.mark(.good, "index signed with TUF")
        }
    }

    private var begin: HTML {
        HTMLContent.buildBlock(
            Tag.div {
                Tag.dl(.style(.facts)) {
                    HTML.fact("URL") { Tag.code { url } }
                    HTML.fact("Packages") { "\(packageCount)" }
                    HTML.fact("Files") { "\(usage.files), \(ByteCount(UInt64(clamping: usage.bytes)))" }
                    HTML.fact("Subdirs") {
                        Tag.ul(.style(.plain)) {
                            subdirs.map { subdir in Tag.li { Tag.code { subdir.text } } }
                        }
                    }
                    HTML.fact("Since") { HTML.day(channel.created) }
                }
            },
            HTML.section(.uses, "Install from it") {
                HTML.command("conda install --channel \(url) PACKAGE")
                HTML.command("mamba install --channel \(url) PACKAGE")
                HTML.command("pixi workspace channel add \(url)")
                Tag.p(.style(.soft)) {
                    "These believe whatever this server answers"
                    channel.visibility == .everybody
                        ? "." : ", and need a key: see your tool’s documentation."
                }
            },
            HTML.section(.trust, "Verify what it serves") { trust },
            HTML.section(.log, "Publish log") { logFacts },
            newest.isEmpty
                ? HTML.none
                : HTML.section(.newest, "Newest files") {
                    Tag.ul(.style(.rows)) { newest.map { FileRow(file: $0, channel: channel.name).html } }
                }
        )
    }

    @HTMLContent private var trust: HTML {
        switch signing {
        case .unsigned:
            Tag.p {
                "Nobody signs this channel’s index yet: there is no root to pin. Its owner makes one with "
                Tag.code { "kingsnake root init" }
                "."
            }
        case .broken:
            Tag.p {
                "The metadata in force contradict each other, or cannot be read. Clients that verify refuse the channel."
            }
        case .signed(let trust):
            if let root = trust.firstRoot {
                Tag.p {
                    "Pin the channel’s root once. Compare its digest with one from the channel’s owner first: this page comes from the very server that is to be verified."
                }
                HTML.command("kingsnake trust add \(url) --root-sha256 \(root.hex)")
            }
            Tag.dl(.style(.facts)) {
                if let root = trust.firstRoot { HTML.fact("First root, SHA-256") { HTML.digest(root) } }
                [RoleName.root, .targets, .snapshot, .timestamp].compactMap { trust.role($0) }.map(role)
            }
            if !unsignedSubdirs(trust).isEmpty {
                Tag.p(.style(.note)) {
                    "Not signed: the index of \(unsignedSubdirs(trust).map(\.text).joined(separator: ", "))."
                }
            }
        }
    }

    private func unsignedSubdirs(_ trust: IndexTrust) -> [Subdir] {
        subdirs.filter { !trust.signed.contains($0) }
    }

    private func role(_ role: RoleStatus) -> HTML {
        HTML.fact("\(role.role.text), version \(role.version)") {
            if let expires = role.expires {
                expires <= now ? "expired on " : "good until "
                HTML.time(expires)
                if expires <= now {
                    " "
                    HTML.mark(.bad, "expired")
                }
            }
        }
    }

    @HTMLContent private var logFacts: HTML {
        if let log {
            Tag.p {
                "What happens to this channel’s files is written into a log that can only grow, and that everybody "
                channel.visibility == .everybody ? "can watch." : "who may read the channel can watch."
            }
            Tag.dl(.style(.facts)) {
                HTML.fact("Name (origin)") { Tag.code { ForeignText.shown(log.log.origin) } }
                if let key = log.key {
                    HTML.fact("Key") { Tag.code { ForeignText.shown(key) } }
                }
                HTML.fact("Entries") {
                    "\(log.log.size)"
                    if let published = log.published {
                        ", of which \(published) are in the "
                        HTML.link(log.address("checkpoint"), "newest checkpoint")
                    } else {
                        ", no checkpoint is published yet"
                    }
                }
                HTML.fact("Cosignatures") {
                    log.cosignatures == 0
                        ? "none: no witness has seen the checkpoint"
                        : "\(log.cosignatures) beside the log’s own, not verified here"
                }
            }
            if let key = log.key {
                HTML.command(
                    "kingsnake log verify \(site.publicURL)/\(log.path.joined(separator: "/")) --key \(ForeignText.shown(key))"
                )
            }
        } else {
            Tag.p { "Nothing was published here yet, so there is no entry in any log." }
        }
    }

    private var packageList: HTML {
        HTML.section(.packages, isFirst ? "Packages" : "More packages") {
            if packages.isEmpty {
                Tag.p { "There are none\(isFirst ? " yet" : " after that name")." }
            } else {
                Tag.ul(.style(.rows)) {
                    packages.map { name, brief in
                        Tag.li(.style(.row)) {
                            Tag.a(
                                .style(.title),
                                .link(PageAddresses.package(name.normalized, in: channel.name))
                            ) {
                                name.normalized
                            }
                            if let version = brief?.version {
                                Tag.span(.style(.soft)) { ForeignText.shown(version) }
                            }
                            if let summary = brief?.summary {
                                Tag.p { HTML.foreign(summary, maximumLength: 300) }
                            }
                        }
                    }
                }
            }
            if let next {
                Pager.html(
                    PageAddress([channel.name.text], isFolder: true, query: [("after", next.normalized)]),
                    "More packages"
                )
            }
        }
    }
}
