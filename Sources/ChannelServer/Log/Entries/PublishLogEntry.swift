// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

public import TrustCore

/// What a publish log says about one event: who put what where, and when.
///
/// In the log it is canonical JSON (RFC 8785), and as short as it can be: digests, not bundles.
public struct PublishLogEntry: Sendable, Equatable {
    /// What happened.
    public enum Event: String, Sendable, CaseIterable {
        /// A file was accepted.
        case publish
        /// A file went out of the index.
        case yank
        /// A file came back into the index.
        case unyank
        /// A file's bytes are not served any more.
        case remove
        /// A file has attestations that it had not.
        case attest
        /// Who may publish a package changed.
        case publisherChange = "publisher-change"
        /// The keys of the channel or the log changed.
        case keyChange = "key-change"
        /// The channel's index was made anew.
        case index
    }

    /// What happened.
    public let event: Event
    /// The channel's name.
    public let channel: String
    /// When, in whole seconds.
    public let time: Timestamp
    /// The subdir it is about; nil where it is about none.
    public var subdir: String?
    /// The file it is about.
    public var fileName: String?
    /// SHA-256 of the file, or of the index.
    public var sha256: Digest?
    /// The file's length in bytes.
    public var size: UInt64?
    /// SHA-256 of the file's attestations.
    public var attestations: Digest?
    /// Who did it.
    public var publisher: FilePublisher?
    /// Other members, by what happened: see `docs/publish-log.md`.
    public var details: JSONObject = JSONObject()

    /// Makes an entry.
    public init(_ event: Event, channel: String, time: Timestamp) {
        self.event = event
        self.channel = channel
        self.time = time
    }
}
