// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

import TrustCore

/// Reads `channel/subdir::name version build[key='value',…]`.
enum MatchSpecParser {
    static func parse(_ text: String) throws -> MatchSpec {
        func syntax(_ expected: String) -> Refusal {
            Refusal(NameCode.matchSpecSyntax, QuotedText.short(text), expected: expected)
        }
        guard text.utf8.count <= MatchSpec.maximumLength else {
            throw syntax("at most \(MatchSpec.maximumLength) bytes")
        }
        guard text.utf8.allSatisfy({ (0x20..<0x7F).contains($0) || $0 == 0x09 }) else {
            throw syntax("printable ASCII")
        }
        var positional = trimmed(text[...])
        if positional.contains("://"),
            ArchiveFormat.allCases.contains(where: { positional.hasSuffix($0.suffix) })
        {
            return try exactly(try PackageURL(positional))
        }
        var pairs: [MatchSpecBrackets.Pair] = []
        if let bracket = positional.firstIndex(of: "[") {
            pairs = try MatchSpecBrackets.parse(positional[bracket...])
            positional = trimmed(positional[..<bracket])
        }
        let (before, rest) = try divided(positional, syntax)
        let name = rest.prefix { $0.isASCII && ($0.isLetter || $0.isNumber || "._-*".contains($0)) }
        guard !name.isEmpty else { throw syntax("a package name") }
        if !name.contains("*") { _ = try PackageName(name) }
        var spec = MatchSpec(name: TextPattern(name))
        try spec.setChannel(before)
        try spec.setVersionAndBuild(rest[name.endIndex...], syntax)
        for pair in pairs { try spec.set(pair) }
        return spec
    }

    static func trimmed(_ text: Substring) -> Substring {
        var text = text.drop { $0 == " " || $0 == "\t" }
        while text.last == " " || text.last == "\t" { text.removeLast() }
        return text
    }

    /// Splits off `channel:namespace:`; the namespace is read and ignored (CEP 29, syntax).
    private static func divided(
        _ text: Substring,
        _ syntax: (String) -> Refusal
    ) throws -> (channel: Substring?, rest: Substring) {
        guard let second = text.lastIndex(of: ":") else { return (nil, text) }
        let rest = trimmed(text[text.index(after: second)...])
        guard let first = text[..<second].lastIndex(of: ":") else { return (nil, rest) }
        let channel = text[..<first]
        guard !channel.isEmpty else { throw syntax("a channel before `::`") }
        return (channel, rest)
    }

    private static func exactly(_ url: PackageURL) throws -> MatchSpec {
        var spec = MatchSpec(name: TextPattern(url.fileName.name.normalized))
        spec.version = .clause(.equal(try CondaVersion(url.fileName.version)))
        spec.build = TextPattern(url.fileName.build)
        spec.url = url
        return spec
    }
}

extension MatchSpec {
    /// The systems that a subdirectory may name, so that `channel/linux-64` is not taken for a channel (CEP
    /// 29).
    private static let systems = ["linux", "osx", "win", "freebsd", "emscripten", "wasi", "zos"]

    fileprivate mutating func setChannel(_ text: Substring?) throws {
        guard var text else { return }
        if let (channel, subdir) = Self.divided(text) {
            self.subdir = TextPattern(subdir.text)
            text = channel
        }
        // `*` asks for nothing.
        if text != "*" { channel = try ChannelSpec(text) }
    }

    /// Splits `CHANNEL/SUBDIR`; nil if no subdirectory that may stand there is behind the last slash.
    private static func divided(_ text: Substring) -> (channel: Substring, subdir: Subdir)? {
        guard let slash = text.lastIndex(of: "/") else { return nil }
        let last = text[text.index(after: slash)...]
        guard last == "noarch" || systems.contains(where: { last.hasPrefix($0 + "-") }),
            let subdir = Subdir(ifValid: last)
        else { return nil }
        return (text[..<slash], subdir)
    }

    /// Whether a text in front of `::` is read as this channel and this subdirectory.
    static func isRead(_ text: String, asChannel channel: String, _ subdir: String?) -> Bool {
        guard !text.utf8.contains(UInt8(ascii: "[")) else { return false }
        let parts = divided(text[...])
        return (parts?.channel ?? text[...]) == channel && parts?.subdir.text == subdir
    }

    fileprivate mutating func setVersionAndBuild(
        _ text: Substring,
        _ syntax: (String) -> Refusal
    ) throws {
        let text = MatchSpecParser.trimmed(text)
        guard !text.isEmpty else { return }
        var parser = VersionSpecParser(String(text))
        let (version, rest) = try parser.beginning()
        self.version = version
        guard !rest.isEmpty else { return }
        let build = MatchSpecParser.trimmed(rest.first == "=" ? rest.dropFirst() : rest)
        guard Self.isBuild(build) else { throw syntax("a build after the version") }
        self.build = TextPattern(build)
        // With a build, `=1.8` means this version (conda and rattler agree on that, against CEP 29).
        if case .clause(.startsWith(let exact)) = version, text.first == "=",
            !text.contains("*") || Self.isPlain(text)
        {
            self.version = .clause(.equal(exact))
        }
    }

    /// Whether the version before the first space or second `=` has no star of its own.
    private static func isPlain(_ text: Substring) -> Bool {
        !text.drop { $0 == "=" || $0 == " " }.prefix { $0 != " " && $0 != "=" }.contains("*")
    }

    fileprivate static func isBuild(_ text: some StringProtocol) -> Bool {
        !text.isEmpty
            && text.utf8.allSatisfy { ASCIIClass.isAlphanumeric($0) || "._+*".utf8.contains($0) }
    }

    fileprivate mutating func set(_ pair: MatchSpecBrackets.Pair) throws {
        let value = pair.value
        func wrong(_ expected: String) -> Refusal {
            Refusal(
                NameCode.matchSpecValue,
                pair.key.rawValue,
                expected: expected,
                found: "`\(QuotedText.short(value))`"
            )
        }
        guard value.first != "^", value.last != "$" else {
            throw Refusal(NameCode.matchSpecPattern, pair.key.rawValue, expected: "a glob")
        }
        switch pair.key {
        case .version: version = try VersionSpec(value)
        case .build:
            guard Self.isBuild(value) else { throw wrong("a build") }
            build = TextPattern(value)
        case .buildNumber: buildNumber = try BuildNumberSpec(value)
        case .channel: channel = try ChannelSpec(value)
        case .subdir:
            let isPattern =
                value.contains("*")
                && value.utf8.allSatisfy { ASCIIClass.isAlphanumeric($0) || "-*".utf8.contains($0) }
            guard isPattern || Subdir(ifValid: value) != nil else { throw wrong("a subdirectory") }
            subdir = TextPattern(value)
        case .fileName:
            if value.contains("*") {
                let isPattern = value.utf8.allSatisfy {
                    ASCIIClass.isAlphanumeric($0) || "._-+!*".utf8.contains($0)
                }
                guard isPattern else { throw wrong("a file name") }
            } else {
                _ = try ArchiveFileName(value)
            }
            fileName = TextPattern(value)
        case .url: url = try PackageURL(value)
        case .md5:
            guard let digest = Digest(.md5, hex: value) else { throw wrong("32 hexadecimal digits") }
            md5 = digest
        case .sha256:
            guard let digest = Digest(.sha256, hex: value) else { throw wrong("64 hexadecimal digits") }
            sha256 = digest
        // What stands in brackets never replaces the name that people read.
        case .name: break
        }
    }
}
