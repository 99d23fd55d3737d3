// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

import TrustCore

/// The base URL of a channel: the folder that holds `noarch/` (CEP 26), without a slash at the end.
///
/// Scheme and host are lower case, the scheme's own port is left out, and there is neither query nor fragment
/// nor `..`, so that one place has one spelling. A user and password before the host, or a token as
/// `/t/TOKEN/`, are kept for fetching and left out of ``description`` and ``identity``. That the place exists
/// and is a channel is not checked.
public struct ChannelURL: Sendable {
    /// The longest URL, in bytes.
    public static let maximumLength = 2048

    /// The URL to fetch from, credentials included: never for messages.
    public let textWithCredentials: String
    /// The URL without credentials: what channels are compared by.
    public let identity: String
    /// The URL for messages, with `***` in place of credentials.
    public let description: String
    /// The path's segments, without the token.
    public let path: [String]

    /// Takes a URL (`name.channel-url`).
    public init(_ text: some StringProtocol) throws {
        let url = try AbsoluteURL(String(text), NameCode.channelURL)
        textWithCredentials = url.text(.withCredentials)
        identity = url.text(.withoutCredentials)
        description = url.text(.redacted)
        path = url.pathWithoutToken
    }

    /// The channel's last name, such as `conda-forge`; empty for a channel at a host's top.
    public var name: String { path.last ?? "" }

    /// The URL, credentials included, of a file in a subdirectory; the name is percent-encoded.
    public func url(of file: String, in subdir: Subdir) -> String {
        "\(textWithCredentials)/\(subdir.text)/\(PercentEncoding.segment(file))"
    }
}

extension ChannelURL: Hashable, CustomStringConvertible {
    /// Equal if the URLs without credentials are.
    public static func == (a: ChannelURL, b: ChannelURL) -> Bool { a.identity == b.identity }

    /// Hashes the URL without credentials.
    public func hash(into hasher: inout Hasher) { hasher.combine(identity) }
}

extension ChannelURL: CustomDebugStringConvertible, CustomReflectable {
    /// The URL for messages: a dump must not show credentials either.
    public var debugDescription: String { description }

    /// Nothing but the URL for messages.
    public var customMirror: Mirror { Mirror(self, children: ["description": description]) }
}
