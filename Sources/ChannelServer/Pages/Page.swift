// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

internal import HTTPTypes
internal import TrustCore

/// One page: what stands between the head and the foot that all have.
struct Page: Sendable {
    /// A step on the way to a page.
    struct Crumb: Sendable {
        let text: String
        let address: PageAddress
    }

    var status: HTTPResponse.Status = .ok
    /// What it is called in a browser's list: without the server's name.
    let title: String
    /// The way to it from the beginning, without itself.
    var crumbs: [Crumb] = []
    /// What was searched for.
    var question = ""
    /// Whether it is only for whoever asked.
    var isForOne = false
    let content: HTML
}

/// What all pages of a server know of it.
struct PageSite: Sendable {
    /// Where the server is for others, without a slash at the end.
    let publicURL: String

    /// The host, with its port if it has one: what the server is called.
    var name: String {
        let bytes = Array(publicURL.utf8), mark = Array("://".utf8)
        let start = bytes.indices.first { bytes[$0...].starts(with: mark) }
        let host = bytes[(start.map { $0 + mark.count } ?? 0)...].prefix { $0 != UInt8(ascii: "/") }
        return String(decoding: host, as: UTF8.self)
    }

    /// The URL of a channel.
    func url(of channel: ChannelName) -> String { "\(publicURL)/\(channel.text)" }
}
