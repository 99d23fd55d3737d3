// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

public import TrustCore

/// A description of packages, such as `numpy >=1.2,<2` or `conda-forge::numpy[build='py3*']` (CEP 29).
///
/// Two deliberate differences from what is in use: regular expressions are refused, and so are keys that this
/// type does not know, since a condition that is not checked allows more than was asked for. Where the CEP
/// and both conda and rattler differ (`pkg =1.8 build`, `!=1.8`), the programs' reading is taken.
public struct MatchSpec: Hashable, Sendable {
    /// The longest specification, in bytes.
    public static let maximumLength = 4096

    /// The package's name, or a pattern for it.
    public let name: TextPattern
    /// Conditions on the version.
    public internal(set) var version: VersionSpec?
    /// The build, or a pattern for it.
    public internal(set) var build: TextPattern?
    /// A condition on the build number.
    public internal(set) var buildNumber: BuildNumberSpec?
    /// The channel.
    public internal(set) var channel: ChannelSpec?
    /// The channel's subdirectory, or a pattern for it.
    public internal(set) var subdir: TextPattern?
    /// The archive's file name, or a pattern for it.
    public internal(set) var fileName: TextPattern?
    /// The package's URL.
    public internal(set) var url: PackageURL?
    /// The archive's MD5.
    public internal(set) var md5: Digest?
    /// The archive's SHA-256.
    public internal(set) var sha256: Digest?

    /// Takes a specification, or the URL of a package.
    ///
    /// - Throws: a `Refusal` with a `matchspec.…` or `version.…` code, or that of a name in it.
    public init(_ text: some StringProtocol) throws { self = try MatchSpecParser.parse(String(text)) }

    /// Makes a specification of everything called so.
    init(name: TextPattern) { self.name = name }

    /// The package's name, if the specification asks for one name.
    public var exactName: PackageName? { name.isGlob ? nil : try? PackageName(name.text) }

    /// Whether the candidate fulfils every condition.
    ///
    /// - Parameter alias: the URL below which channel names stand; see
    /// ``ChannelSpec/matches(_:namesBelow:)``.
    public func matches(_ candidate: MatchCandidate, channelNamesBelow alias: ChannelURL? = nil) -> Bool {
        func holds<Condition, Value>(
            _ condition: Condition?,
            _ value: Value?,
            _ check: (Condition, Value) -> Bool
        ) -> Bool {
            guard let condition else { return true }
            guard let value else { return false }
            return check(condition, value)
        }
        return name.matches(candidate.name.normalized)
            && holds(version, candidate.version) { $0.matches($1) }
            && holds(build, candidate.build) { $0.matches($1) }
            && holds(buildNumber, candidate.buildNumber) { $0.matches($1) }
            && holds(channel, candidate.channel) { $0.matches($1, namesBelow: alias) }
            && holds(subdir, candidate.subdir) { $0.matches($1.text) }
            && holds(fileName, candidate.fileName) { $0.matches($1.text) }
            && holds(url, candidate.url, ==)
            && holds(md5, candidate.md5, ==)
            && holds(sha256, candidate.sha256, ==)
    }
}

extension MatchSpec: CustomStringConvertible {
    /// The canonical form (CEP 29, appendix A), with every condition but the name in brackets where the short
    /// form could be read in two ways.
    public var description: String {
        var (text, pairs) = beginning
        switch version {
        case .clause(.equal(let version)):
            text += "==\(version.text)"
            if let build, !build.isGlob { text += "=\(build.text)" } else { pairs.appendIf("build", build) }
        case .clause(.startsWith(let version)):
            text += "=\(version.text)"
            pairs.appendIf("build", build)
        default:
            pairs.appendIf("version", version)
            pairs.appendIf("build", build)
        }
        pairs.appendIf("build_number", buildNumber)
        pairs.appendIf("fn", fileName)
        pairs.appendIf("url", url)
        pairs.appendIf("md5", md5?.hex)
        pairs.appendIf("sha256", sha256?.hex)
        guard !pairs.isEmpty else { return text }
        return text + "[" + pairs.map { "\($0.0)=\(Self.quoted($0.1))" }.joined(separator: ",") + "]"
    }
}

extension MatchSpec {
    /// The name, with channel and subdirectory in front as far as they are read again as what they are.
    private var beginning: (text: String, pairs: [(String, String)]) {
        var pairs: [(String, String)] = []
        guard let channel, !channel.isPattern else {
            pairs.appendIf("channel", channel)
            pairs.appendIf("subdir", subdir)
            return (name.text, pairs)
        }
        if let subdir, Self.isRead("\(channel)/\(subdir)", asChannel: channel.description, subdir.text) {
            return ("\(channel)/\(subdir)::\(name.text)", pairs)
        }
        let canStandInFront = Self.isRead(channel.description, asChannel: channel.description, nil)
        if !canStandInFront { pairs.appendIf("channel", channel) }
        pairs.appendIf("subdir", subdir)
        return (canStandInFront ? "\(channel)::\(name.text)" : name.text, pairs)
    }

    /// A value in quotes. URLs may hold `'`; no value holds `"`.
    private static func quoted(_ value: String) -> String {
        let mark = value.utf8.contains(UInt8(ascii: "'")) ? "\"" : "'"
        return mark + value + mark
    }
}

extension [(String, String)] {
    fileprivate mutating func appendIf(_ key: String, _ value: (some CustomStringConvertible)?) {
        if let value { append((key, value.description)) }
    }
}
