// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

import TrustCore

/// Where an index says that files are: the `base_url` of CEP 15 or the `shards_base_url` of CEP 16, resolved.
public struct PackageLocation: Sendable {
    /// The folder's URL, without a slash at its end; credentials of the channel included: never for messages.
    public let folderWithCredentials: String
    /// Whether the folder is the channel's own, at the same host and below the channel's path.
    /// Elsewhere, a proxy in front of the channel would not see what is fetched.
    public let isInsideChannel: Bool

    /// Resolves a base URL, absolute or relative to the channel's subdirectory. Nil and nothing are the
    /// subdirectory.
    ///
    /// A slash at the end makes no difference, although CEP 15 says "prepend": every client puts one in.
    /// Credentials of the channel stay with relative URLs and are never given to an absolute one.
    /// - Throws: a `Refusal` with `repodata.base-url`, `repodata.base-url-scheme` or
    /// `repodata.base-url-escape`.
    public init(channel: ChannelURL, subdir: Subdir, baseURL: String? = nil) throws {
        let channelText = channel.textWithCredentials
        let text = baseURL ?? ""
        let (origin, channelPath) = Self.split(channelText)
        let subject = "the base URL of \(channel)/\(subdir)"
        if let (scheme, _) = Self.scheme(of: text) {
            try Self.checkScheme(scheme, from: channelText, subject)
            let url = try Self.parse(text, subject)
            guard !url.text(.withCredentials).utf8.contains(UInt8(ascii: "@")) else {
                throw Self.malformed(subject, "a URL without a user name")
            }
            folderWithCredentials = url.text(.withCredentials)
        } else {
            guard !text.utf8.starts(with: "//".utf8) else {
                throw Self.malformed(subject, "a scheme before `//`")
            }
            let base = text.utf8.first == UInt8(ascii: "/") ? [] : channelPath + [subdir.text]
            let path = try Self.resolve(text, against: base, subject)
            folderWithCredentials = try Self.parse(origin + path.map { "/" + $0 }.joined(), subject)
                .text(.withCredentials)
        }
        isInsideChannel = (folderWithCredentials + "/").utf8.starts(with: (channelText + "/").utf8)
        guard isInsideChannel || !folderWithCredentials.utf8.starts(with: "file:".utf8) else {
            throw Refusal(RepodataCode.baseURLEscape, subject, expected: "a folder below the channel's")
        }
    }

    /// The URL to fetch a package from, credentials included: never for messages.
    public func url(of fileName: ArchiveFileName) -> String { url(of: fileName.text) }

    /// The URL of a file whose name has nothing to escape but `!` and `+`, which paths may hold as they are.
    func url(of file: String) -> String { folderWithCredentials + "/" + file }

    private static func scheme(of text: String) -> (String, Substring)? {
        guard let colon = text.firstIndex(of: ":"), !text[..<colon].contains("/") else { return nil }
        return (text[..<colon].lowercased(), text[colon...].dropFirst())
    }

    private static func checkScheme(_ scheme: String, from channel: String, _ subject: String) throws {
        let allowed =
            switch self.scheme(of: channel)?.0 {
            case "https": ["https"]
            case "http": ["https", "http"]
            default: ["https", "http", "file"]
            }
        guard allowed.contains(scheme) else {
            throw Refusal(
                RepodataCode.baseURLScheme,
                subject,
                expected: allowed.map { "`\($0):`" }.joined(separator: " or "),
                found: "`\(QuotedText.short(scheme)):`"
            )
        }
    }

    /// Splits a URL that is known to be good into `scheme://authority` and its path's segments.
    private static func split(_ url: String) -> (origin: String, path: [String]) {
        let parts = url.split(separator: "/", omittingEmptySubsequences: false).map(String.init)
        return (parts.prefix(3).joined(separator: "/"), parts.dropFirst(3).filter { !$0.isEmpty })
    }

    /// RFC 3986, section 5.2.4, but `..` may not climb above the root.
    private static func resolve(_ text: String, against base: [String], _ subject: String) throws -> [String]
    {
        var path = base
        // As bytes: to `String` a slash with a combining mark behind it is no slash.
        var parts = text.utf8.split(separator: UInt8(ascii: "/"), omittingEmptySubsequences: false)
            .map { Substring($0) }
        if parts.first == "" { parts.removeFirst() }
        if parts.last == "" { parts.removeLast() }
        for part in parts {
            switch part {
            case ".": continue
            case "..":
                guard path.popLast() != nil else {
                    throw Refusal(RepodataCode.baseURLEscape, subject, found: "`\(QuotedText.short(text))`")
                }
            default: path.append(String(part))
            }
        }
        return path
    }

    private static func parse(_ text: String, _ subject: String) throws -> AbsoluteURL {
        do {
            return try AbsoluteURL(text, NameCode.channelURL)
        } catch let refusal as Refusal {
            throw malformed(subject, refusal.expected)
        }
    }

    private static func malformed(_ subject: String, _ expected: String?) -> Refusal {
        Refusal(RepodataCode.baseURL, subject, expected: expected)
    }
}
