// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

/// The cause of a ``Failure`` that knows whether asking again may help.
public protocol TransientFault: Error {
    /// Whether the same request may well succeed in a moment.
    var isTransient: Bool { get }
}
