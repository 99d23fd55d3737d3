// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

internal import CondaFormats
internal import TrustCore

/// A user and a password that a client shows to a channel, on their way there. Never in a message.
struct ProxyLogin: Sendable, CustomStringConvertible {
    private let user: String
    private let password: String

    /// Nothing of it.
    var description: String { "a login" }

    /// Reads the field `Authorization`; nil if there is none.
    ///
    /// - Throws: `proxy.credentials` for what is no `Basic`: fetchers can show nothing else, and asking without it would be
    ///   asking as somebody else.
    init?(field: String?) throws {
        guard let field else { return nil }
        let refusal = Refusal(
            ProxyCode.credentials,
            "the field `Authorization`",
            expected: "`Basic` with a user and a password"
        )
        let words = field.split(separator: " ", maxSplits: 1, omittingEmptySubsequences: true)
        guard words.count == 2, words[0].lowercased() == "basic", let bytes = Base64.decode(String(words[1])),
            let text = String(validating: bytes, as: UTF8.self),
            let colon = text.utf8.firstIndex(of: UInt8(ascii: ":"))
        else { throw refusal }
        user = String(text[..<colon])
        password = String(text[text.index(after: colon)...])
    }

    /// Reads what stands before the host in a URL; nil if nothing does.
    init?(userInfo: String?) throws {
        guard let userInfo, !userInfo.isEmpty else { return nil }
        let parts = userInfo.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false)
        guard let user = PercentEncoding.decode(parts[0]),
            let password = parts.count == 2 ? PercentEncoding.decode(parts[1]) : ""
        else { throw Refusal(ProxyCode.credentials, "the user in the address") }
        self.user = user
        self.password = password
    }

    /// A channel's address with the credentials in it, which nothing that is shown has: see `ChannelURL`.
    static func merged(_ login: ProxyLogin?, _ token: String?, into channel: ChannelURL) throws -> ChannelURL
    {
        guard login != nil || token != nil else { return channel }
        let text = channel.textWithCredentials
        guard let mark = text.firstRange(of: "://") else { return channel }
        var rest = text[mark.upperBound...]
        var before = ""
        if let login {
            // What the client shows counts before what the settings say.
            let end = rest.firstIndex(of: "/") ?? rest.endIndex
            if let at = rest[..<end].lastIndex(of: "@") { rest = rest[rest.index(after: at)...] }
            before = "\(PercentEncoding.segment(login.user)):\(PercentEncoding.segment(login.password))@"
        }
        let slash = rest.firstIndex(of: "/") ?? rest.endIndex
        let middle = token.map { "/t/" + PercentEncoding.segment($0) } ?? ""
        do {
            return try ChannelURL(
                "\(text[..<mark.upperBound])\(before)\(rest[..<slash])\(middle)\(rest[slash...])"
            )
        } catch {
            throw Refusal(ProxyCode.credentials, "the credentials")
        }
    }
}
