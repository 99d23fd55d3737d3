// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

internal import CondaFormats
internal import TrustCore

/// The target of a request, in the forms that a proxy is asked by (RFC 9112 3.2). Decides nothing but what is meant.
enum ProxyTarget: Sendable {
    /// A file of a channel.
    case file(ProxyAddress)
    /// Something of the proxy's own: the parts after `/_kingsnake/`.
    case own([String])

    /// Reads a target.
    ///
    /// - Parameters:
    ///   - target: as it was sent: a path, or a whole URL.
    ///   - host: the field `Host`, which counts for paths only: in a whole URL, the URL's host does (RFC 9112 3.2.2).
    ///   - login: what came in a field.
    /// - Throws: `proxy.path`, `proxy.not-a-channel-file`, `proxy.foreign-host`, `proxy.loop`, `proxy.credentials`.
    init(_ target: String, host: String?, login: ProxyLogin?, at place: ProxyPlace) throws {
        guard let whole = WholeURL(target) else {
            guard let host, place.answers(to: host) else {
                throw Refusal(ProxyCode.foreignHost, "the request", found: host.map { "`\(Self.shown($0))`" })
            }
            self = try Self.local(target, login, place)
            return
        }
        if place.isSelf(whole.authority) {
            self = try Self.local(whole.path, login ?? ProxyLogin(userInfo: whole.userInfo), place)
            return
        }
        let parts = try Self.parts(of: whole.path)
        let login = try login ?? ProxyLogin(userInfo: whole.userInfo)
        self = .file(
            try Self.address(whole.scheme, whole.authority, parts, token: nil, login, isForwarded: true)
        )
    }

    /// A path at the proxy itself.
    private static func local(_ target: String, _ login: ProxyLogin?, _ place: ProxyPlace) throws
        -> ProxyTarget
    {
        var parts = try parts(of: target)
        if parts.first == ProxyAddress.ownMark { return .own(Array(parts.dropFirst())) }
        var token: String?
        // Clients put their token first, whatever comes after it.
        if parts.count >= 2, parts[0] == "t" {
            token = parts[1]
            parts.removeFirst(2)
        }
        if parts.count >= 3, parts[0] == ProxyAddress.pathMark, ["http", "https"].contains(parts[1]) {
            // A password would be in the logs of all who pass the path on; there is a field for it.
            guard !parts[2].utf8.contains(UInt8(ascii: "@")) else {
                throw Refusal(
                    ProxyCode.credentials,
                    "the address",
                    expected: "a user and a password in the field `Authorization`"
                )
            }
            let authority = parts[2].lowercased()
            guard !place.isSelf(authority) else {
                throw Refusal(ProxyCode.loop, "the request", found: "the proxy’s own address")
            }
            let rest = Array(parts.dropFirst(3))
            return .file(try address(parts[1], authority, rest, token: token, login, isForwarded: false))
        }
        guard let name = parts.first, let channel = place.names[name], parts.count >= 2 else {
            throw notAFile(parts)
        }
        guard let (channelParts, file) = ProxiedFile.split(Array(parts.dropFirst())), channelParts.isEmpty
        else { throw notAFile(parts) }
        // What the client shows counts in place of all that the settings say.
        let isShown = login != nil || token != nil
        let url = try ProxyLogin.merged(login, token, into: isShown ? ChannelURL(channel.identity) : channel)
        return .file(ProxyAddress(channel: url, bearer: login?.bearer, file: file, isForwarded: false))
    }

    private static func address(
        _ scheme: String,
        _ authority: String,
        _ parts: [String],
        token: String?,
        _ login: ProxyLogin?,
        isForwarded: Bool
    ) throws -> ProxyAddress {
        guard let (channelParts, file) = ProxiedFile.split(parts) else { throw notAFile(parts) }
        let path = channelParts.map { "/" + PercentEncoding.segment($0) }.joined()
        let channel: ChannelURL
        do {
            channel = try ChannelURL("\(scheme)://\(authority)\(path)")
        } catch {
            throw Refusal(ProxyCode.path, "the address", expected: "a host, and the path of a channel")
        }
        // A second token would be taken for a part of the channel's name, and shown.
        guard try ChannelURL(channel.identity) == channel else {
            throw Refusal(ProxyCode.credentials, "the address", expected: "one token")
        }
        return ProxyAddress(
            channel: try ProxyLogin.merged(login, token, into: channel),
            bearer: login?.bearer,
            file: file,
            isForwarded: isForwarded
        )
    }

    /// The parts of a path, decoded once; whatever could be decoded twice is none.
    private static func parts(of target: String) throws -> [String] {
        let refusal = Refusal(
            ProxyCode.path,
            "the address",
            expected: "plain parts between slashes, and no query"
        )
        guard !target.utf8.contains(UInt8(ascii: "?")), !target.utf8.contains(UInt8(ascii: "#")) else {
            throw refusal
        }
        switch ServedPath.read(target) {
        case .malformed: throw refusal
        case .other: throw notAFile([])
        case .parts(let path):
            guard !path.parts.contains(where: { $0.utf8.contains(UInt8(ascii: "%")) }) else { throw refusal }
            return path.parts
        }
    }

    private static func notAFile(_ parts: [String]) -> Refusal {
        Refusal(ProxyCode.notAChannelFile, parts.last.map { Self.shown($0) } ?? "the address")
    }

    private static func shown(_ text: String) -> String { String(ForeignText.shown(text).prefix(80)) }

    /// A target for a log: without user, token or query, whatever it is.
    static func shown(target: String) -> String {
        guard let whole = WholeURL(target) else { return shown(path: target) }
        return "\(whole.scheme)://\(shown(whole.authority))\(shown(path: whole.path))"
    }

    /// A path without what stands before an `@`, which is a user and a password where a host is part of the path.
    private static func shown(path: String) -> String {
        ServedPath.shown(path).split(separator: "/", omittingEmptySubsequences: false).map { part in
            part.lastIndex(of: "@").map { "…" + part[$0...] } ?? String(part)
        }.joined(separator: "/")
    }

    /// `http://user@host:port/path`, taken apart.
    private struct WholeURL {
        let scheme: String
        let userInfo: String?
        let authority: String
        let path: String

        init?(_ target: String) {
            guard let scheme = ["http", "https"].first(where: { Self.begins(target, $0 + "://") }) else {
                return nil
            }
            self.scheme = scheme
            let rest = target.utf8.dropFirst(scheme.utf8.count + 3)
            let end = rest.firstIndex { "/?#".utf8.contains($0) } ?? rest.endIndex
            var host = rest[..<end]
            if let at = host.lastIndex(of: UInt8(ascii: "@")) {
                userInfo = String(decoding: host[..<at], as: UTF8.self)
                host = host[host.index(after: at)...]
            } else {
                userInfo = nil
            }
            authority = String(decoding: host, as: UTF8.self).lowercased()
            let path = String(decoding: rest[end...], as: UTF8.self)
            self.path = path.utf8.first == UInt8(ascii: "/") ? path : "/" + path
        }

        private static func begins(_ text: String, _ word: String) -> Bool {
            String(decoding: text.utf8.prefix(word.utf8.count), as: UTF8.self).lowercased() == word
        }
    }
}
