// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

import TrustCore

/// An `http:`, `https:` or `file:` URL in its parts, with one spelling for one place.
struct AbsoluteURL {
    /// What to do about the credentials in it.
    enum Credentials {
        case withCredentials, withoutCredentials, redacted
    }

    private(set) var scheme: String
    private var user: String?
    private var host: String
    /// The path's segments as they were written, percent-encoded.
    private(set) var path: [String]

    init(_ text: String, _ code: NameCode) throws {
        func refusal(_ expected: String) -> Refusal {
            // The text may hold credentials that cannot be told apart in what is no URL: it is not shown.
            Refusal(code, "a URL", expected: expected)
        }
        guard text.utf8.count <= ChannelURL.maximumLength else {
            throw refusal("at most \(ChannelURL.maximumLength) bytes")
        }
        guard text.utf8.allSatisfy({ (0x21..<0x7F).contains($0) && !Self.isForbidden($0) }) else {
            throw refusal("ASCII without spaces, backslashes, query or fragment")
        }
        guard let (scheme, rest) = Self.scheme(of: text) else {
            throw refusal("an absolute `https:`, `http:` or `file:` URL")
        }
        self.scheme = scheme
        let slash = rest.firstIndex(of: "/") ?? rest.endIndex
        let authority = rest[..<slash]
        if let at = authority.lastIndex(of: "@") {
            user = String(authority[..<at])
            host = authority[authority.index(after: at)...].lowercased()
        } else {
            user = nil
            host = authority.lowercased()
        }
        for (name, port) in [("https", ":443"), ("http", ":80")] where scheme == name && host.hasSuffix(port)
        {
            host.removeLast(port.count)
        }
        if scheme == "file", host == "localhost" { host = "" }
        guard scheme == "file" ? host.isEmpty && user == nil : Self.isHost(host) else {
            throw refusal(scheme == "file" ? "`file:///` and a path" : "a host name")
        }
        path = try Self.segments(of: rest[slash...], refusal)
        // Without the first, a second one would be taken for the token: the place without credentials has one name.
        guard Self.tokenPosition(in: pathWithoutToken, scheme) == nil else {
            throw refusal("one token, as `/t/TOKEN/`")
        }
    }

    /// The path's segments, without a token.
    var pathWithoutToken: [String] {
        guard let at = tokenPosition else { return path }
        return Array(path[..<(at - 1)] + path[(at + 1)...])
    }

    /// Where the token is: the segment after the first that is `t`, as in `/t/TOKEN/channel`.
    private var tokenPosition: Int? { Self.tokenPosition(in: path, scheme) }

    private static func tokenPosition(in path: [String], _ scheme: String) -> Int? {
        guard scheme != "file", let mark = path.firstIndex(of: "t"), mark + 1 < path.count else { return nil }
        return mark + 1
    }

    func text(_ credentials: Credentials) -> String {
        var path = path
        var before = ""
        switch credentials {
        case .withCredentials: before = user.map { $0 + "@" } ?? ""
        case .withoutCredentials: path = pathWithoutToken
        case .redacted:
            before = user == nil ? "" : "***@"
            if let at = tokenPosition { path[at] = "***" }
        }
        return "\(scheme)://\(before)\(host)" + path.map { "/" + $0 }.joined()
    }

    /// Takes off the last segments.
    mutating func dropLast(_ count: Int) { path.removeLast(count) }

    private static func isForbidden(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "\\"), UInt8(ascii: "?"), UInt8(ascii: "#"), UInt8(ascii: "\""), UInt8(ascii: "<"),
            UInt8(ascii: ">"), UInt8(ascii: "`"), UInt8(ascii: "^"), UInt8(ascii: "{"), UInt8(ascii: "|"),
            UInt8(ascii: "}"):
            true
        default: false
        }
    }

    private static func scheme(of text: String) -> (String, Substring)? {
        for scheme in ["https", "http", "file"] {
            let start = text.prefix(scheme.count + 3)
            if start.lowercased() == scheme + "://" { return (scheme, text.dropFirst(scheme.count + 3)) }
        }
        return nil
    }

    private static func isHost(_ host: String) -> Bool {
        var name = host[...]
        // A port after the host; an IPv6 address stands in brackets.
        if let colon = name.lastIndex(of: ":"), !name.hasSuffix("]") {
            let port = name[name.index(after: colon)...]
            guard UInt16(port) != nil, port.utf8.allSatisfy(ASCIIClass.isDigit) else { return false }
            name = name[..<colon]
        }
        if name.hasPrefix("["), name.hasSuffix("]") {
            let address = name.dropFirst().dropLast()
            return address.contains(":")
                && address.utf8.allSatisfy {
                    ASCIIClass.isHexadecimal($0) || $0 == UInt8(ascii: ":") || $0 == UInt8(ascii: ".")
                }
        }
        return !name.isEmpty
            && name.utf8.allSatisfy {
                ASCIIClass.isAlphanumeric($0) || $0 == UInt8(ascii: "-") || $0 == UInt8(ascii: ".")
                    || $0 == UInt8(ascii: "_")
            }
    }

    private static func segments(of path: Substring, _ refusal: (String) -> Refusal) throws -> [String] {
        var segments = path.dropFirst().split(separator: "/", omittingEmptySubsequences: false).map(
            String.init
        )
        while segments.last == "" { segments.removeLast() }
        for segment in segments {
            guard let decoded = PercentEncoding.decode(segment) else {
                throw refusal("whole percent escapes")
            }
            // An escape must not smuggle in what could not stand there plainly.
            let isPlain = decoded.utf8.allSatisfy { $0 >= 0x20 && $0 != 0x7F && $0 != 0x2F && $0 != 0x5C }
            guard !decoded.isEmpty, decoded != ".", decoded != "..", isPlain else {
                throw refusal("a path without empty parts, `.`, `..` or escaped slashes")
            }
        }
        return segments.map(normalized)
    }

    /// Undoes the escapes of unreserved characters and writes the others in upper case (RFC 3986, section
    /// 6.2.2).
    private static func normalized(_ segment: String) -> String {
        guard segment.utf8.contains(UInt8(ascii: "%")) else { return segment }
        var out = ""
        var rest = segment[...]
        while let character = rest.popFirst() {
            guard character == "%" else {
                out.append(character)
                continue
            }
            let escape = "%" + rest.prefix(2)
            rest = rest.dropFirst(2)
            let plain = PercentEncoding.decode(escape).map { PercentEncoding.segment($0) }
            out += plain ?? escape.uppercased()
        }
        return out
    }
}
