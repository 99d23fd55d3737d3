// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

import TrustCore

/// An `http:` or `https:` URL in the parts that a redirect and a request need. Nothing is decoded or
/// normalised in the URL we were given; only a relative redirect has its dot segments removed (RFC 3986 5.2).
struct WebAddress: Sendable {
    /// Whether the scheme is `https`.
    let isSecure: Bool
    /// `user:password`, still percent-encoded.
    let userInfo: String?
    /// Host and port, lower case.
    let authority: String
    /// Path and query, starting with a slash, without fragment.
    let target: String

    /// What is sent: no user, no fragment.
    var url: String { (isSecure ? "https://" : "http://") + authority + target }

    /// Whether the host is this machine by its very form: an address that begins with 127, `[::1]`, or `localhost`.
    var isLoopback: Bool {
        let bytes = Array(authority.utf8)
        let portStart = bytes.last == 0x5D ? nil : bytes.lastIndex(of: 0x3A)
        let host = bytes[..<(portStart ?? bytes.endIndex)]
        if host.elementsEqual("localhost".utf8) || host.elementsEqual("[::1]".utf8) { return true }
        let parts = host.split(separator: 0x2E, omittingEmptySubsequences: false)
        return parts.count == 4 && parts[0].elementsEqual("127".utf8)
            && parts.allSatisfy { part in
                part.allSatisfy { (0x30...0x39).contains($0) }
                    && UInt8(String(decoding: part, as: UTF8.self)) != nil
            }
    }

    init?(_ url: String) {
        guard let (scheme, rest) = Self.split(url), scheme == "http" || scheme == "https" else { return nil }
        guard rest.starts(with: Array("//".utf8)) else { return nil }
        self.init(isSecure: scheme == "https", afterScheme: rest.dropFirst(2), userInfo: nil)
    }

    /// Takes what follows `//`; nil if there is no host, a byte that no URL has, or a port that no host has.
    private init?(isSecure: Bool, afterScheme rest: ArraySlice<UInt8>, userInfo inherited: String?) {
        guard rest.allSatisfy({ $0 > 0x20 && $0 < 0x7F && $0 != 0x5C }) else { return nil }
        let end = rest.firstIndex { $0 == 0x2F || $0 == 0x3F || $0 == 0x23 } ?? rest.endIndex
        var host = rest[..<end]
        var userInfo = inherited
        if let at = host.lastIndex(of: 0x40) {
            userInfo = String(decoding: host[..<at], as: UTF8.self)
            host = host[(at + 1)...]
        }
        guard !host.isEmpty, Self.hasUsablePort(host) else { return nil }
        var target = rest[end...].prefix { $0 != 0x23 }
        if target.first != 0x2F { target = [0x2F] + target }
        self.isSecure = isSecure
        self.userInfo = userInfo
        authority = String(decoding: host, as: UTF8.self).lowercased()
        self.target = String(decoding: target, as: UTF8.self)
    }

    /// Whether the port, if there is one, is 1 to 65535 in digits. Below us a number that does not fit ends the
    /// process instead of the request.
    private static func hasUsablePort(_ authority: ArraySlice<UInt8>) -> Bool {
        // The colons of an IPv6 address are inside its brackets.
        let afterBrackets = authority.lastIndex(of: 0x5D).map { authority[($0 + 1)...] } ?? authority
        guard let colon = afterBrackets.lastIndex(of: 0x3A) else { return true }
        let digits = afterBrackets[(colon + 1)...]
        guard !digits.isEmpty else { return true }
        guard digits.allSatisfy({ (0x30...0x39).contains($0) }) else { return false }
        return UInt16(String(decoding: digits, as: UTF8.self)).map { $0 > 0 } ?? false
    }

    /// Where a `Location` leads from here.
    ///
    /// - Throws: `fetch.insecure-redirect` from https to anything else, and away from the web;
    ///   a failure where the location is no URL.
    func redirected(to location: String) throws -> WebAddress {
        let bytes = Array(location.utf8)[...]
        let shown = RedactedURL(location)
        if let (scheme, _) = Self.split(location) {
            guard scheme == "https" || (scheme == "http" && !isSecure) else {
                throw Refusal(
                    TransportCode.insecureRedirect,
                    RedactedURL(url).description,
                    expected: isSecure ? "a redirect to https" : "a redirect to http or https",
                    found: shown.description
                )
            }
        }
        let next: WebAddress? =
            if Self.split(location) != nil {
                WebAddress(location)
            } else if bytes.starts(with: Array("//".utf8)) {
                WebAddress(isSecure: isSecure, afterScheme: bytes.dropFirst(2), userInfo: nil)
            } else {
                WebAddress(
                    isSecure: isSecure,
                    afterScheme: Array(authority.utf8) + resolve(bytes),
                    userInfo: userInfo
                )
            }
        guard let next else {
            throw Failure(
                .network,
                "the server redirects to something that is not a URL",
                at: RedactedURL(url).description,
                cause: TransferFault.redirect
            )
        }
        return next.keepingUser(of: self)
    }

    /// Whether scheme, host and port are the same.
    func isSameOrigin(as other: WebAddress) -> Bool {
        isSecure == other.isSecure && ByteKey.areEqual(authority, other.authority)
    }

    /// The address of a request that a credential for this server goes along with; nil where it does not, for it is another
    /// server's, or has a user of its own.
    func credentialedAddress(of request: FetchRequest) -> WebAddress? {
        guard let address = WebAddress(request.url), address.isSameOrigin(as: self), address.userInfo == nil
        else { return nil }
        return address
    }

    /// Credentials go to the origin they were given for, and to nobody else.
    private func keepingUser(of origin: WebAddress) -> WebAddress {
        guard userInfo == nil, isSameOrigin(as: origin) else { return self }
        return WebAddress(isSecure: isSecure, userInfo: origin.userInfo, authority: authority, target: target)
    }

    private init(isSecure: Bool, userInfo: String?, authority: String, target: String) {
        self.isSecure = isSecure
        self.userInfo = userInfo
        self.authority = authority
        self.target = target
    }

    /// The path of a relative reference against our own (RFC 3986 5.2.2 to 5.2.4).
    private func resolve(_ reference: ArraySlice<UInt8>) -> ArraySlice<UInt8> {
        let base = Array(target.utf8).prefix { $0 != 0x3F }
        let query = reference.firstIndex { $0 == 0x3F || $0 == 0x23 } ?? reference.endIndex
        let path = reference[..<query]
        if path.isEmpty { return base + reference[query...] }
        let merged =
            if path.first == 0x2F {
                Array(path)
            } else {
                Array(base[...(base.lastIndex(of: 0x2F) ?? base.startIndex)]) + Array(path)
            }
        return (Self.withoutDots(merged) + reference[query...])[...]
    }

    private static func withoutDots(_ path: [UInt8]) -> [UInt8] {
        var kept: [ArraySlice<UInt8>] = []
        let segments = path.split(separator: 0x2F, omittingEmptySubsequences: false).dropFirst()
        for (position, segment) in segments.enumerated() {
            let isLast = position == segments.count - 1
            if segment.elementsEqual("..".utf8) {
                _ = kept.popLast()
                if isLast { kept.append([]) }
            } else if segment.elementsEqual(".".utf8) {
                if isLast { kept.append([]) }
            } else {
                kept.append(segment)
            }
        }
        return [0x2F] + Array(kept.joined(separator: [0x2F]))
    }

    /// Scheme (lower case) and the rest after the colon; nil for a relative reference.
    static func split(_ url: String) -> (scheme: String, rest: ArraySlice<UInt8>)? {
        let bytes = Array(url.utf8)
        guard let colon = bytes.firstIndex(of: 0x3A), colon > 0 else { return nil }
        let scheme = bytes[..<colon]
        guard scheme.allSatisfy(isSchemeByte) else { return nil }
        return (String(decoding: scheme, as: UTF8.self).lowercased(), bytes[(colon + 1)...])
    }

    private static func isSchemeByte(_ byte: UInt8) -> Bool {
        switch byte {
        case 0x30...0x39, 0x41...0x5A, 0x61...0x7A, 0x2B, 0x2D, 0x2E: true
        default: false
        }
    }
}
