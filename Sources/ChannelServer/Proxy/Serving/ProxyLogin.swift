// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

internal import CondaFormats
internal import TrustCore

/// What a client shows to a channel, on its way there: a user and a password, or a token. Never in a message.
struct ProxyLogin: Sendable, CustomStringConvertible {
    private enum Shown: Sendable {
        case password(user: String, String)
        case bearer(BearerToken)
    }

    private let shown: Shown

    /// Nothing of it.
    var description: String { "a login" }

    /// The token, if it is one.
    var bearer: BearerToken? {
        guard case .bearer(let token) = shown else { return nil }
        return token
    }

    /// Reads the field `Authorization`; nil if there is none.
    ///
    /// - Throws: `proxy.credentials` for what is neither `Basic` nor `Bearer`: fetchers can show nothing else, and asking
    ///   without it would be asking as somebody else.
    init?(field: String?) throws {
        guard let field else { return nil }
        let words = field.split(separator: " ", maxSplits: 1, omittingEmptySubsequences: true)
        switch words.first?.lowercased() {
        case "basic" where words.count == 2:
            if let shown = Self.password(words[1]) {
                self.shown = shown
                return
            }
        case "bearer" where words.count == 2:
            if let token = BearerToken(words[1]) {
                shown = .bearer(token)
                return
            }
        default: break
        }
        throw Refusal(
            ProxyCode.credentials,
            "the field `Authorization`",
            expected: "`Basic` with a user and a password, or `Bearer` with a token"
        )
    }

    private static func password(_ text: Substring) -> Shown? {
        guard let bytes = Base64.decode(String(text)), let text = String(validating: bytes, as: UTF8.self),
            let colon = text.utf8.firstIndex(of: UInt8(ascii: ":"))
        else { return nil }
        return .password(user: String(text[..<colon]), String(text[text.index(after: colon)...]))
    }

    /// Reads what stands before the host in a URL; nil if nothing does.
    init?(userInfo: String?) throws {
        guard let userInfo, !userInfo.isEmpty else { return nil }
        let parts = userInfo.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false)
        guard let user = PercentEncoding.decode(parts[0]),
            let password = parts.count == 2 ? PercentEncoding.decode(parts[1]) : ""
        else { throw Refusal(ProxyCode.credentials, "the user in the address") }
        shown = .password(user: user, password)
    }

    /// A channel's address with the user, the password and the token of a path in it, which nothing that is shown has: see
    /// `ChannelURL`. A token of a field is no part of an address.
    ///
    /// - Throws: `proxy.credentials` if it would have two tokens then: the second one would be shown.
    static func merged(_ login: ProxyLogin?, _ token: String?, into channel: ChannelURL) throws -> ChannelURL
    {
        guard login != nil || token != nil else { return channel }
        let text = channel.textWithCredentials
        guard let mark = text.firstRange(of: "://") else { return channel }
        var rest = text[mark.upperBound...]
        var before = ""
        if case .password(let user, let password)? = login?.shown {
            let end = rest.firstIndex(of: "/") ?? rest.endIndex
            if let at = rest[..<end].lastIndex(of: "@") { rest = rest[rest.index(after: at)...] }
            before = "\(PercentEncoding.segment(user)):\(PercentEncoding.segment(password))@"
        }
        let slash = rest.firstIndex(of: "/") ?? rest.endIndex
        let middle = token.map { "/t/" + PercentEncoding.segment($0) } ?? ""
        let merged = try? ChannelURL(
            "\(text[..<mark.upperBound])\(before)\(rest[..<slash])\(middle)\(rest[slash...])"
        )
        guard let merged, merged == channel else { throw Refusal(ProxyCode.credentials, "the credentials") }
        return merged
    }
}
