// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

/// A file of a channel, by its name.
public struct HostedName: Sendable, Hashable, Codable, Comparable, CustomStringConvertible {
    /// The channel.
    public let channel: String
    /// The subdir.
    public let subdir: String
    /// The file's name.
    public let file: String

    /// Names one.
    public init(_ channel: String, _ subdir: String, _ file: String) {
        self.channel = channel
        self.subdir = subdir
        self.file = file
    }

    /// Its path on the server.
    public var description: String { "\(channel)/\(subdir)/\(file)" }
    /// By path.
    public static func < (one: HostedName, other: HostedName) -> Bool { one.description < other.description }
}

/// What became of a request.
public enum Fate: Sendable, Hashable, Codable {
    /// It was answered.
    case answered(Int)
    /// No whole head of an answer came: it may have happened, or not.
    case silent

    /// Whether it was answered with success.
    public var isSuccess: Bool {
        if case .answered(let status) = self { return (200..<300).contains(status) }
        return false
    }
}

/// When something was asked and answered, by one counter for the whole soak.
public struct Span: Sendable, Hashable, Codable {
    /// Before it was sent.
    public let began: Int
    /// After the answer, or when none could come any more.
    public let ended: Int

    /// Makes one.
    public init(_ began: Int, _ ended: Int) {
        self.began = began
        self.ended = ended
    }
}

/// One upload, as its sender saw it.
public struct UploadAttempt: Sendable, Hashable, Codable {
    /// Under which name.
    public let name: HostedName
    /// SHA-256 of what was sent.
    public let sha256: String
    /// By which protocol, and with which kind of key.
    public let manner: String
    /// When.
    public let span: Span
    /// What became of it.
    public let fate: Fate
    /// The code of a refusal.
    public let code: String?

    /// Makes one.
    public init(
        _ name: HostedName,
        sha256: String,
        manner: String = "",
        span: Span,
        fate: Fate,
        code: String? = nil
    ) {
        self.name = name
        self.sha256 = sha256
        self.manner = manner
        self.span = span
        self.fate = fate
        self.code = code
    }
}

/// Where a file is in its life.
public enum FileStanding: String, Sendable, Hashable, Codable, CaseIterable {
    /// In the index.
    case listed
    /// Out of the index, still served.
    case yanked
    /// Gone for ever.
    case removed
}

/// What is done to a file.
public enum FileChange: String, Sendable, Hashable, Codable, CaseIterable {
    /// Out of the index.
    case yank
    /// Back into it.
    case unyank
    /// Gone.
    case remove

    /// Where it leads.
    public var result: FileStanding {
        switch self {
        case .yank: .yanked
        case .unyank: .listed
        case .remove: .removed
        }
    }
}

/// One change, as its sender saw it. Nobody else changes the same file at the same time.
public struct ChangeAttempt: Sendable, Hashable, Codable {
    /// Of which file.
    public let name: HostedName
    /// What was asked for.
    public let change: FileChange
    /// When.
    public let span: Span
    /// What became of it.
    public let fate: Fate

    /// Makes one.
    public init(_ name: HostedName, _ change: FileChange, span: Span, fate: Fate) {
        self.name = name
        self.change = change
        self.span = span
        self.fate = fate
    }
}
