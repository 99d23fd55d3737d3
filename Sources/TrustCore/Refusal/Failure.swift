// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

/// We could not find out: network, disk, configuration.
///
/// A failure is never shown as an attack and never read as permission.
public struct Failure: Error, Sendable {
    /// What sort of thing went wrong.
    public enum Kind: String, Sendable {
        /// A server did not answer, or not properly.
        case network
        /// A file or a folder could not be read or written.
        case disk
        /// Settings or arguments that do not fit together.
        case configuration
        /// The user or a signal stopped the work.
        case cancelled
    }

    /// What sort of thing went wrong.
    public let kind: Kind
    /// Lower case, no full stop: what we were doing and what happened.
    public let message: String
    /// The file or URL it is about.
    public let location: String?
    /// What the reader can do, if we know.
    public let remedy: String?
    /// The error underneath, if any.
    public let cause: (any Error)?

    /// Makes a failure.
    public init(
        _ kind: Kind,
        _ message: String,
        at location: String? = nil,
        remedy: String? = nil,
        cause: (any Error)? = nil
    ) {
        self.kind = kind
        self.message = message
        self.location = location
        self.remedy = remedy
        self.cause = cause
    }
}

extension Failure: CustomStringConvertible {
    /// One line for logs and test failures.
    public var description: String {
        var text = "\(kind.rawValue): \(message)"
        if let location { text += " (\(location))" }
        if let cause { text += ": \(cause)" }
        return text
    }
}
