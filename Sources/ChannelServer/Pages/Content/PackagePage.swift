// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

internal import CondaFormats
internal import TrustCore

/// `/CHANNEL/packages/NAME`: a package's versions and files, and what it says of itself.
struct PackagePage: Sendable {
    /// The files of one version.
    struct Version: Sendable {
        let text: String
        let files: [FileSummary]
    }

    let site: PageSite
    let channel: HostedChannel
    let name: PackageName
    let brief: PackageBrief?
    /// Those that are shown, newest first.
    let versions: [Version]
    /// How many there are, and which part is shown.
    let count: Int
    let number: Int
    /// Whether there are more files than were looked at.
    let isCut: Bool

    /// How many versions a page has.
    static let versionsPerPage = 20
    /// How many files are looked at.
    static let examined = 10_000

    var page: Page {
        Page(
            title: name.normalized,
            crumbs: [
                PageAddresses.home,
                Page.Crumb(text: channel.name.text, address: PageAddresses.channel(channel.name)),
            ],
            content: HTMLContent.buildBlock(head, about, list)
        )
    }

    /// The versions of some files, newest first by conda's order; of one version the file that was accepted last first.
    /// What is no version to conda comes last.
    static func versions(of files: [FileSummary]) -> [Version] {
        var order: [(version: CondaVersion?, text: String)] = []
        var groups: [ByteKey: [FileSummary]] = [:]
        for file in files {
            let key = ByteKey(file.fileName.version)
            if groups[key] == nil {
                order.append((try? CondaVersion(file.fileName.version), file.fileName.version))
            }
            groups[key, default: []].append(file)
        }
        let sorted = order.sorted { one, other in
            switch (one.version, other.version) {
            case (let a?, let b?) where a != b: b < a
            case (_?, nil): true
            case (nil, _?): false
            default: other.text.utf8.lexicographicallyPrecedes(one.text.utf8)
            }
        }
        return sorted.map { Version(text: $0.text, files: groups[ByteKey($0.text)] ?? []) }
    }

    private var head: HTML {
        HTMLContent.buildBlock(
            Tag.h1 { name.normalized },
            brief?.summary.map { text in Tag.p(.style(.lead)) { HTML.foreign(text) } } ?? HTML.none,
            HTML.command("conda install --channel \(site.url(of: channel.name)) \(name.normalized)")
        )
    }

    private var about: HTML {
        guard let brief else { return HTML.none }
        return HTML.section(.facts, "What the package says of itself") {
            if let description = brief.description, description != brief.summary {
                Tag.p { HTML.foreign(description, maximumLength: 3000) }
            }
            Tag.dl(.style(.facts)) {
                if let license = brief.license {
                    HTML.fact("Licence") { HTML.foreign(license, maximumLength: 200) }
                }
                brief.links.map { name, address in HTML.fact(name) { HTML.foreignLink(address) } }
            }
            Tag.p(.style(.note)) {
                "Nobody checked this: it is the word of whoever built the newest version."
            }
        }
    }

    private var list: HTML {
        HTML.section(.versions, "Versions") {
            Tag.ol(.style(.versions)) {
                versions.map { version in
                    Tag.li {
                        Tag.h3 { ForeignText.shown(version.text) }
                        Tag.ul(.style(.rows)) {
                            version.files.map { FileRow(file: $0, channel: channel.name).html }
                        }
                    }
                }
            }
            if isCut {
                Tag.p(.style(.note)) {
                    "There are more files than the \(Self.examined) newest, which are looked at here."
                }
            }
            if (number + 1) * Self.versionsPerPage < count {
                Pager.html(
                    PageAddress(
                        [channel.name.text, "packages", name.normalized],
                        query: [("page", "\(number + 1)")]
                    ),
                    "Older versions"
                )
            }
        }
    }
}
