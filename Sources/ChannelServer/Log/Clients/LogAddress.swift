// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

internal import Transport
public import TrustCore

/// Finds a log by an address that people have: its own, a channel's, or a server's.
public struct LogAddress: Sendable {
    /// The addresses where the log may be, the likeliest first, without slashes at their ends.
    public let candidates: [String]
    private let shown: String

    /// Takes an address, such as `https://channels.example.org`, `https://channels.example.org/main` or
    /// `https://channels.example.org/log`.
    ///
    /// Of one that ends in `/log` nothing else is thought. Otherwise a private channel's own log comes before the
    /// server's, which is beside the channel.
    public init(_ url: String) {
        var url = url
        while url.utf8.last == UInt8(ascii: "/") { url.removeLast() }
        shown = RedactedURL(url).description
        if url.utf8.reversed().starts(with: "/log".utf8.reversed()) {
            candidates = [url]
            return
        }
        var found = [url + "/log"]
        if let parent = Self.parent(url) { found.append(parent + "/log") }
        // A log that is called otherwise, such as a mirror of one.
        candidates = found + [url]
    }

    /// The first of the addresses where there is a log.
    ///
    /// What is there is not verified. Who may not read a private channel is told so, and is not led to another log.
    ///
    /// - Throws: `publish-log.missing` if there is none at any of them; a `Failure`.
    public func find(by fetcher: any Fetcher) async throws -> String {
        for url in candidates {
            let path = "\(url)/\(LogDocuments.checkpoint)"
            let bytes = try await fetcher.bytes(path, maximumLength: SignedNote.maximumLength)
            if bytes != nil { return url }
        }
        throw Refusal(
            PublishLogCode.missing,
            "log of `\(shown)`",
            expected: "a checkpoint at "
                + candidates.map { "\(RedactedURL($0))/\(LogDocuments.checkpoint)" }.joined(separator: " or "),
            found: "nothing"
        )
    }

    /// The address above a channel's; nil for one that has no path.
    private static func parent(_ url: String) -> String? {
        let bytes = Array(url.utf8), mark = Array("://".utf8)
        guard let scheme = bytes.indices.first(where: { bytes[$0...].starts(with: mark) }),
            let slash = bytes.lastIndex(of: UInt8(ascii: "/")), slash > scheme + mark.count
        else { return nil }
        return String(decoding: bytes[..<slash], as: UTF8.self)
    }
}
