// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

import TrustCore

/// The channel that a ``MatchSpec`` asks for (CEP 29, channel matching).
public enum ChannelSpec: Hashable, Sendable {
    /// One channel.
    case url(ChannelURL)
    /// A channel's name, such as `conda-forge` or `pkgs/main`.
    case name(String)
    /// A pattern for names or for URLs.
    case pattern(TextPattern)

    /// Takes a URL, a name or a pattern (`name.channel-url`, `matchspec.value`).
    public init(_ text: some StringProtocol) throws {
        let text = String(text)
        if text.contains("*") {
            let isPattern = text.utf8.allSatisfy {
                ASCIIClass.isAlphanumeric($0) || "._-~/:*%+@!$&,;=()".utf8.contains($0)
            }
            guard isPattern, text.last != "$" else {
                throw Refusal(
                    NameCode.matchSpecValue,
                    "channel",
                    expected: "a glob for a channel's name or URL",
                    found: "`\(QuotedText.short(text))`"
                )
            }
            self = .pattern(TextPattern(text))
        } else if text.contains("://") {
            self = .url(try ChannelURL(text))
        } else {
            let isName =
                !text.isEmpty
                && text.split(separator: "/", omittingEmptySubsequences: false).allSatisfy { part in
                    !part.isEmpty && part != "." && part != ".."
                        && part.utf8.allSatisfy { ASCIIClass.isAlphanumeric($0) || "._-".utf8.contains($0) }
                }
            guard isName else {
                throw Refusal(
                    NameCode.matchSpecValue,
                    "channel",
                    expected: "a channel's name or URL",
                    found: "`\(QuotedText.short(text))`"
                )
            }
            self = .name(text)
        }
    }

    /// Whether the channel is the one asked for.
    ///
    /// - Parameter alias: the URL below which names stand. Without it a name is compared with the whole path
    ///   of the channel's URL and **the host is not looked at**: enough to search, not to decide on trust.
    public func matches(_ channel: ChannelURL, namesBelow alias: ChannelURL? = nil) -> Bool {
        switch self {
        case .url(let url): return channel == url
        case .name(let name):
            if let alias { return channel.identity == "\(alias.identity)/\(name)" }
            return channel.path.joined(separator: "/") == name
        case .pattern(let pattern):
            if pattern.matches(channel.identity) { return true }
            guard let alias else { return pattern.matches(channel.path.joined(separator: "/")) }
            guard channel.identity.hasPrefix(alias.identity + "/") else { return false }
            return pattern.matches(channel.identity.dropFirst(alias.identity.count + 1))
        }
    }
}

extension ChannelSpec {
    /// Whether it is a pattern.
    var isPattern: Bool { if case .pattern = self { true } else { false } }
}

extension ChannelSpec: CustomStringConvertible {
    /// The name, the pattern, or the URL for messages.
    public var description: String {
        switch self {
        case .url(let url): url.description
        case .name(let name): name
        case .pattern(let pattern): pattern.text
        }
    }
}
