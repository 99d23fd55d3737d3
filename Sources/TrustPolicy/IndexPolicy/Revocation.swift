// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

public import CondaFormats
public import TrustCore

/// Files that are not to be used any more, by the word of whoever wrote the policy. All of its conditions must hold.
public struct Revocation: Sendable, Equatable {
    /// A span of time in which a channel listed files; both ends belong to it.
    public struct Window: Sendable, Equatable {
        /// Its begin; nil for the channel's.
        public let from: Timestamp?
        /// Its end; nil for none.
        public let until: Timestamp?

        /// Makes a span.
        public init(from: Timestamp?, until: Timestamp?) {
            self.from = from
            self.until = until
        }

        /// Whether the file may have been listed in it. Of one that nobody dates nobody can say that it was not, unless this
        /// machine saw it before.
        func mayHold(_ file: ListedFile) -> Bool {
            guard let indexed = file.indexed else {
                guard let from, let seen = file.firstSeen else { return true }
                return seen >= from
            }
            return from.map { indexed >= $0 } ?? true && until.map { indexed <= $0 } ?? true
        }

        /// In words.
        public var words: String {
            [from.map { "from \($0)" }, until.map { "until \($0)" }].compactMap(\.self).joined(separator: " ")
        }
    }

    /// The longest reason, in bytes.
    public static let maximumReason = 500
    /// The most revocations of a policy.
    public static let maximumCount = 10_000

    /// Digests of the files, all by SHA-256 or all by MD5; empty for any. What an index gives no such digest of cannot be
    /// found by it.
    public var digests: [Digest]
    /// Name, version and build of the files; nil for any.
    public var match: MatchSpec?
    /// Who published them; nil for anybody. Compared with verified attestations, so that it hides nothing from an index.
    public var publisher: Publisher?
    /// When the channel listed them; nil for any time.
    public var window: Window?
    /// The channel that has them; nil for any.
    public var channel: ChannelURL?
    /// Why, in the words of whoever wrote it.
    public var reason: String
    /// Where more is to be read: a URL.
    public var reference: String?

    /// Makes a revocation of everything, until conditions are set.
    init(reason: String, reference: String?) {
        digests = []
        self.reason = reason
        self.reference = reference
    }

    /// Whether the conditions hold for a file, as far as they are not about its publisher. What cannot be read about the
    /// file holds.
    func fits(_ file: ListedFile) -> Bool {
        if let channel, !ByteKey.areEqual(channel.identity, file.channel) { return false }
        if !digests.isEmpty, !digests.contains(where: { $0 == file.sha256 || $0 == file.md5 }) {
            return false
        }
        if let match, !Self.fits(match, file) { return false }
        return window?.mayHold(file) ?? true
    }

    private static func fits(_ match: MatchSpec, _ file: ListedFile) -> Bool {
        if let name = file.packageName, !match.name.matches(name.normalized) { return false }
        if let spec = match.version, let version = try? CondaVersion(file.version), !spec.matches(version) {
            return false
        }
        if let build = match.build, let name = try? ArchiveFileName(file.fileName) {
            return build.matches(name.build)
        }
        return true
    }

    /// Why, and where more is to be read, in words.
    var words: String {
        let more = reference.map { " (see \(ForeignText.shown($0)))" } ?? ""
        return ForeignText.readable(reason, maximumLength: Self.maximumReason) + more
    }
}
