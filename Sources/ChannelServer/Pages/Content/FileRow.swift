// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

internal import CondaFormats
internal import TrustCore

/// A file in a list.
struct FileRow: Sendable {
    let file: FileSummary
    let channel: ChannelName

    var html: HTML {
        Tag.li(.style(.row)) {
            Tag.a(.style(.title), .link(address)) { "\(file.subdir.text)/\(file.fileName.text)" }
            Tag.span(.style(.marks)) {
                Self.mark(of: file.state)
                if file.hasAttestations, file.state != .removed { HTML.mark(.calm, "has attestations") }
            }
            Tag.p {
                "\(ByteCount(file.size)), accepted "
                HTML.day(Timestamp(seconds: Int64(clamping: file.acceptedAt / 1000)))
            }
        }
    }

    private var address: PageAddress {
        PageAddresses.file(
            file.fileName.text,
            file.subdir.text,
            of: file.fileName.name.normalized,
            in: channel
        )
    }

    /// What a file's state is called; nothing for what is as it should be.
    static func mark(of state: HostedFile.State) -> HTML {
        switch state {
        case .listed: HTML.none
        case .yanked: HTML.mark(.warn, "yanked")
        case .removed: HTML.mark(.bad, "removed")
        }
    }
}
