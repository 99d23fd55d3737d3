// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

import TrustCore

/// The channel that an attestation says its package is for (CEP 27): an absolute URL that ends in no slash
/// and has no credentials in it.
///
/// A channel has neither query nor fragment; a URL with one is refused, because it could not be compared.
public struct TargetChannel: Sendable {
    /// The longest URL, in bytes: what the schema of CEP 27 says.
    public static let maximumLength = 2083

    /// The URL, as it was written.
    public let text: String
    /// The one spelling that channels are compared by.
    let identity: String

    /// Takes a URL.
    ///
    /// - Throws: `attestation.target-channel`, `attestation.target-channel-slash` or
    ///   `attestation.target-channel-credentials`. None of them shows the URL, which may hold a secret.
    public init(_ text: String, of subject: String = "the statement") throws {
        func refusal(_ code: AttestationCode, _ expected: String) -> Refusal {
            Refusal(code, subject, at: "field `targetChannel`", expected: expected)
        }
        let bytes = Array(text.utf8)
        guard (1...Self.maximumLength).contains(bytes.count) else {
            throw refusal(.targetChannel, "1 to \(Self.maximumLength) bytes")
        }
        guard bytes.allSatisfy({ (0x21..<0x7F).contains($0) && !Self.forbidden.contains($0) }) else {
            throw refusal(.targetChannel, "ASCII without spaces, backslashes, query or fragment")
        }
        guard let mark = Self.schemeEnd(bytes) else { throw refusal(.targetChannel, "an absolute URL") }
        let rest = bytes[(mark + 3)...]
        let authority = rest.prefix { $0 != UInt8(ascii: "/") }
        var path = rest.dropFirst(authority.count)
            .split(separator: UInt8(ascii: "/"), omittingEmptySubsequences: false)
            .map { String(decoding: $0, as: UTF8.self) }
        guard !authority.contains(UInt8(ascii: "@")), !Self.hasToken(path) else {
            throw refusal(.targetChannelCredentials, "no user name, password or token")
        }
        guard bytes.last != UInt8(ascii: "/") else {
            throw refusal(.targetChannelSlash, "no slash at the end")
        }
        guard let host = Self.host(authority, scheme: bytes[..<mark]) else {
            throw refusal(.targetChannel, "a host name")
        }
        // What is before the first slash.
        if !path.isEmpty { path.removeFirst() }
        let segments = path.compactMap(PercentEncoding.decode)
        guard segments.count == path.count, segments.allSatisfy(Self.isPlain) else {
            throw refusal(.targetChannel, "a path without empty parts, `.`, `..` or escaped slashes")
        }
        self.text = text
        identity =
            Self.lowercased(bytes[..<mark]) + "://" + host
            + segments.map { "/" + PercentEncoding.segment($0) }.joined()
    }

    /// Whether a URL is that of this channel: scheme and host in any case, the scheme's own port written or
    /// not, and escapes of plain characters do not make another. What is no URL of a channel is none of this
    /// one either.
    public func isSame(as channel: String) -> Bool {
        var url = channel[...]
        while url.utf8.last == UInt8(ascii: "/") { url = Substring(url.utf8.dropLast()) }
        guard let other = try? TargetChannel(String(url)) else { return false }
        return ByteKey.areEqual(other.identity, identity)
    }

    private static let forbidden = Array("\\?#\"<>`^{|}".utf8)

    private static func schemeEnd(_ bytes: [UInt8]) -> Int? {
        guard let colon = bytes.firstIndex(of: UInt8(ascii: ":")), isLetter(bytes[0]),
            bytes[..<colon].allSatisfy({ isLetter($0) || isDigit($0) || "+-.".utf8.contains($0) }),
            bytes[colon...].starts(with: "://".utf8)
        else { return nil }
        return colon
    }

    /// A token before a channel, as conda writes it: `/t/TOKEN/channel`.
    private static func hasToken(_ path: [String]) -> Bool {
        guard let mark = path.firstIndex(where: { ByteKey.areEqual($0, "t") }) else { return false }
        return mark + 1 < path.count
    }

    /// The host and its port, if that is not the scheme's own; nil if it is none.
    private static func host(_ authority: ArraySlice<UInt8>, scheme: ArraySlice<UInt8>) -> String? {
        var name = authority
        var port: ArraySlice<UInt8> = []
        if authority.last != UInt8(ascii: "]"), let colon = authority.lastIndex(of: UInt8(ascii: ":")) {
            name = authority[..<colon]
            port = authority[(colon + 1)...]
            guard UInt16(String(decoding: port, as: UTF8.self)) != nil, port.allSatisfy(isDigit) else {
                return nil
            }
        }
        let isAddress =
            name.count > 2 && name.first == UInt8(ascii: "[") && name.last == UInt8(ascii: "]")
            && name.dropFirst().dropLast().allSatisfy { Self.addressBytes.contains($0) }
        let isName =
            !name.isEmpty && name.allSatisfy { isLetter($0) || isDigit($0) || "-._".utf8.contains($0) }
        guard isAddress || isName else { return nil }
        let usual = ["https": "443", "http": "80"][lowercased(scheme)]
        if port.isEmpty || port.elementsEqual((usual ?? "").utf8) { return lowercased(name) }
        return "\(lowercased(name)):\(String(decoding: port, as: UTF8.self))"
    }

    private static let addressBytes = Array("0123456789abcdefABCDEF:.".utf8)

    private static func isPlain(_ segment: String) -> Bool {
        !segment.isEmpty && !ByteKey.areEqual(segment, ".") && !ByteKey.areEqual(segment, "..")
            && segment.utf8.allSatisfy { $0 >= 0x20 && $0 != 0x7F && $0 != 0x2F && $0 != 0x5C }
    }

    private static func lowercased(_ bytes: ArraySlice<UInt8>) -> String {
        String(decoding: bytes.map { (0x41...0x5A).contains($0) ? $0 + 0x20 : $0 }, as: UTF8.self)
    }

    private static func isLetter(_ byte: UInt8) -> Bool { (0x61...0x7A).contains(byte | 0x20) }
    private static func isDigit(_ byte: UInt8) -> Bool { (0x30...0x39).contains(byte) }
}

extension TargetChannel: CustomStringConvertible {
    /// The URL, as it was written.
    public var description: String { text }
}
