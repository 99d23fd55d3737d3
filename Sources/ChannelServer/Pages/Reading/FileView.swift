// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

internal import CondaFormats
internal import TrustCore

/// All that a page says of one file, as it was found.
struct FileView: Sendable {
    let site: PageSite
    let channel: HostedChannel
    let file: HostedFile
    let brief: PackageBrief?
    /// The record, with the members in order; nil if it cannot be read.
    let record: JSONObject?
    let history: FileHistory
    /// The log that has the entry about the file's acceptance; nil if none is found.
    let log: LogState?
    let attestations: FileAttestations
    let signing: ChannelSigning
    /// Whether something about the package changed that the index does not say yet.
    let isStale: Bool
    let now: Timestamp

    var subdirFile: String { "\(file.subdir.text)/\(file.fileName.text)" }
    /// Where the file is for clients.
    var url: String {
        "\(site.url(of: channel.name))/\(file.subdir.text)/\(PercentEncoding.segment(file.fileName.text))"
    }
    var acceptedAt: Timestamp { Timestamp(seconds: Int64(clamping: file.acceptedAt / 1000)) }
    /// The entry that says that it was accepted.
    var publication: FileHistory.Event? { history.publication(of: file) }

    /// Where something beside the file is.
    func beside(_ ending: String) -> PageAddress {
        PageAddress([channel.name.text, file.subdir.text, file.fileName.text + ending])
    }

    /// The texts of a member of the record that is a list.
    func list(_ member: String) -> [String] { record?[member]?.array?.compactMap(\.string) ?? [] }
}
