// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

public import TrustCore

/// What a released client makes of a record, or of a channel's trust metadata.
///
/// This tells what others do, holes and all. It never admits a package here.
public struct ClientVerdict: Sendable, Equatable {
    /// What the client does.
    public enum Outcome: String, Sendable, CaseIterable {
        /// Installs, and calls the package trusted.
        case trusted
        /// Installs, and calls the package untrusted.
        case untrusted
        /// Installs, and says that there is no signature.
        case unsigned
        /// Installs without looking: verification is off.
        case unverified
        /// Installs nothing.
        case stops
    }

    /// What the client does.
    public let outcome: Outcome
    /// What it prints, as far as it is always the same.
    public let message: String
    /// Why, in our words.
    public let reason: String

    /// Which sort of fault it is in our eyes; nil for a record that is called trusted.
    public var kind: RefusalKind? {
        switch outcome {
        case .trusted: nil
        case .untrusted: .invalid
        case .unsigned, .unverified: .missing
        case .stops: stopKind
        }
    }

    /// Whether the package is installed all the same.
    public var installs: Bool { outcome != .stops }

    private let stopKind: RefusalKind

    init(_ outcome: Outcome, _ message: String, because reason: String, of stopKind: RefusalKind = .invalid) {
        self.stopKind = stopKind
        self.outcome = outcome
        self.message = message
        self.reason = reason
    }
}

/// A record as an index lists it, for the models of other clients.
public struct ListedRecord: Sendable {
    /// The file name under which it is listed.
    public let fileName: String
    /// The record.
    public let record: JSONValue
    /// What the index gives as signatures for the file name; nil for nothing.
    public let signatures: JSONValue?
    /// Whether it is listed under `packages.conda`, and not under `packages`.
    public let isListedAsConda: Bool

    /// Takes a record.
    public init(fileName: String, record: JSONValue, signatures: JSONValue?, isListedAsConda: Bool) {
        self.fileName = fileName
        self.record = record
        self.signatures = signatures
        self.isListedAsConda = isListedAsConda
    }
}
