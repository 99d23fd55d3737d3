// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

internal import CondaFormats
internal import Gatekeeper
internal import TrustCore
internal import TrustPolicy

/// `/CHANNEL/packages/NAME/SUBDIR/FILE`: one file, where it comes from, and how to verify it.
struct FilePage: Sendable {
    let view: FileView

    private var file: HostedFile { view.file }
    private var channel: HostedChannel { view.channel }

    /// The most dependencies that are listed.
    private static let maximumList = 500
    /// How much of a record is shown, in bytes.
    private static let maximumRecord = 16 << 10

    var page: Page {
        Page(
            title: file.fileName.text,
            crumbs: [
                PageAddresses.home,
                Page.Crumb(text: channel.name.text, address: PageAddresses.channel(channel.name)),
                Page.Crumb(
                    text: file.fileName.name.normalized,
                    address: PageAddresses.package(file.fileName.name.normalized, in: channel.name)
                ),
            ],
            content: HTMLContent.buildBlock(head, verify, provenance, digests, dependencies)
        )
    }

    private var head: HTML {
        HTMLContent.buildBlock(
            Tag.h1 { file.fileName.text },
            Tag.p(.style(.marks)) {
                HTML.mark(.calm, file.subdir.text)
                FileRow.mark(of: file.state)
                attestationMark
            },
            view.brief?.summary.map { text in Tag.p(.style(.lead)) { HTML.foreign(text) } } ?? HTML.none,
            file.state == .removed
                ? Tag.p { "This file was removed. Its name stays taken." }
                : Tag.p {
                    HTML.link(view.beside(""), "Download")
                    ", \(ByteCount(file.size))"
                }
        )
    }

    private var attestationMark: HTML {
        guard case .read(let sidecar) = view.attestations else { return HTML.none }
        if !sidecar.unverified.isEmpty { return HTML.mark(.bad, "an attestation does not hold") }
        return sidecar.attestations.contains(where: \.isPublication)
            ? HTML.mark(.good, "attestation verified") : HTML.none
    }

    private var verify: HTML {
        HTML.section(.verify, "Verify it yourself") {
            if file.state == .removed {
                Tag.p { "There is nothing to verify any more but the log." }
            } else {
                switch view.signing {
                case .signed(let trust):
                    Tag.p {
                        "What is on this page is this server’s word. This asks only your own program, and the root that you pinned:"
                    }
                    if let root = trust.firstRoot {
                        HTML.command(
                            "kingsnake trust add \(view.site.url(of: channel.name)) --root-sha256 \(root.hex)",
                            "kingsnake verify \(view.url)"
                        )
                    } else {
                        HTML.command("kingsnake verify \(view.url)")
                    }
                case .unsigned, .broken:
                    Tag.p {
                        "The channel has no root to pin, or none that can be read, so that there is nothing to begin from: "
                        Tag.code { "kingsnake verify" }
                        " would refuse it."
                    }
                }
            }
            if let log = view.log {
                Tag.p { "That the publish log has it:" }
                HTML.command(
                    "kingsnake log prove \(view.site.publicURL)/\(log.path.joined(separator: "/")) \(file.fileName.text)"
                )
            }
        }
    }

    private var provenance: HTML {
        let provenance = Provenance(view: view)
        return HTMLContent.buildBlock(
            HTML.section(.provenance, "Where it comes from") { TimelineStep.list(provenance.steps) },
            HTML.section(.unknown, "What is not known") {
                Tag.ul(.style(.rows)) { provenance.unknown.map { text in Tag.li(.style(.row)) { text } } }
            }
        )
    }

    private var digests: HTML {
        HTML.section(.digests, "File") {
            Tag.dl(.style(.facts)) {
                HTML.fact("SHA-256") { HTML.digest(file.sha256) }
                if let md5 = view.record?["md5"]?.string {
                    HTML.fact("MD5, for old clients only") { HTML.name(md5) }
                }
                HTML.fact("Size") { "\(file.size) bytes" }
                HTML.fact("Version") { HTML.name(file.fileName.version) }
                HTML.fact("Build") { HTML.name(file.fileName.build) }
                if let built = view.record.flatMap(Self.built) {
                    HTML.fact("Built, it says") { HTML.time(built) }
                }
                if let license = view.record?["license"]?.string ?? view.brief?.license {
                    HTML.fact("Licence, it says") { HTML.foreign(license, maximumLength: 200) }
                }
                if let attestations = file.attestations, file.state != .removed {
                    HTML.fact("Attestations") {
                        HTML.link(view.beside(".sigs"), "\(file.fileName.text).sigs")
                        ", SHA-256 "
                        HTML.digest(attestations)
                    }
                }
                (view.brief?.links ?? []).map { name, address in
                    HTML.fact("\(name), it says") { HTML.foreignLink(address) }
                }
            }
            if let record = view.record {
                Tag.details {
                    Tag.summary { "Record, before what the index adds" }
                    Tag.pre(.style(.command)) { Tag.code { Self.text(of: record) } }
                }
            }
        }
    }

    @HTMLContent private var dependencies: HTML {
        let lists = [
            ("Needs", view.list("depends")), ("Does not go with anything but", view.list("constrains")),
        ]
        if lists.contains(where: { !$0.1.isEmpty }) {
            HTML.section(.dependencies, "Dependencies") {
                lists.filter { !$0.1.isEmpty }.map { name, specs in
                    HTMLContent.buildBlock(
                        Tag.h3 { name },
                        Tag.ul(.style(.columns)) {
                            specs.prefix(Self.maximumList).map { spec in Tag.li { HTML.name(spec) } }
                        },
                        specs.count > Self.maximumList
                            ? Tag.p(.style(.note)) {
                                "And \(specs.count - Self.maximumList) more: see the record."
                            } : HTML.none
                    )
                }
            }
        }
    }

    /// When the package says it was built: seconds or milliseconds since 1970, as indexes have both.
    private static func built(_ record: JSONObject) -> Timestamp? {
        guard let number = record["timestamp"]?.integer, number > 0 else { return nil }
        let seconds = number > 253_402_300_799 ? number / 1000 : number
        return seconds <= 253_402_300_799 ? Timestamp(seconds: seconds) : nil
    }

    private static func text(of record: JSONObject) -> String {
        let bytes = JSONWriter.encode(.object(record), .indented)
        let text = String(decoding: bytes.prefix(maximumRecord), as: UTF8.self)
        return bytes.count > maximumRecord ? text + "…" : text
    }
}
