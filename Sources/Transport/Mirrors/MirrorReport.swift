// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

import TrustCore

/// What one mirror did wrong, for the user and for the owner of the channel.
public struct MirrorReport: Sendable {
    /// What sort of wrong it is.
    public enum Kind: String, Sendable {
        /// The evidence it delivered is bad. It is not asked again in this run, unless it was only asked whether it
        /// knows of anything newer.
        case badContent = "bad-content"
        /// It did not deliver.
        case unavailable
    }

    /// What sort of wrong it is.
    public let kind: Kind
    /// The mirror's address, without credentials.
    public let mirror: String
    /// What was asked of it, as the caller calls it.
    public let resource: String
    /// The refusal's code, for bad content.
    public let code: String?
    /// The rule or the event, in words.
    public let message: String
    /// What the rule demands, if the refusal says.
    public let expected: String?
    /// What was there instead, if the refusal says.
    public let found: String?

    init(_ refusal: Refusal, mirror: RedactedURL, resource: String) {
        kind = .badContent
        self.mirror = mirror.description
        self.resource = resource
        code = refusal.codeName
        message = refusal.code.entry.summary
        expected = refusal.expected
        found = refusal.found
    }

    init(_ failure: Failure, mirror: RedactedURL, resource: String) {
        kind = .unavailable
        self.mirror = mirror.description
        self.resource = resource
        code = nil
        message = failure.message
        expected = nil
        found = nil
    }
}

extension MirrorReport: CustomStringConvertible {
    /// One line.
    public var description: String {
        var text = "mirror \(mirror) on `\(resource)`: \(message)"
        if let expected { text += ", expected \(expected)" }
        if let found { text += ", found \(found)" }
        if let code { text += " [\(code)]" }
        return text
    }
}
