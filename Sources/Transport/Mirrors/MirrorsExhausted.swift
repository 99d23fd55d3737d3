// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

/// No mirror delivered: the `cause` of the error that says so.
public struct MirrorsExhausted: Error, Sendable, CustomStringConvertible {
    /// What each mirror did, in the order they were tried.
    public let reports: [MirrorReport]
    /// The cause that the most telling error had by itself.
    public let underlying: (any Error)?

    /// One line for each report.
    public var description: String { reports.map(\.description).joined(separator: "; ") }
}
