// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

public import TrustCore

extension Failure {
    /// Whether the server refused access: with status 401 or 403.
    public var isAccessDenial: Bool {
        switch cause as? TransferFault {
        case .status(401), .status(403): true
        default: false
        }
    }
}

/// Why a transfer did not come off: the `cause` of the failures that this module throws.
public enum TransferFault: TransientFault, Sendable, Equatable {
    /// No connection, or it broke before there was an answer.
    case connection
    /// No secure connection: certificate, name, or TLS version.
    case tls
    /// Silence for longer than `TransportLimits.idle`, `connect` or `overall` allows.
    case timeout
    /// Fewer bytes in a window than `TransportLimits` demands.
    case slow
    /// The body ended before its announced length.
    case truncated
    /// The connection broke in the middle of the body.
    case interrupted
    /// Too many redirects, or one that cannot be followed.
    case redirect
    /// An HTTP status that is neither success nor "not found".
    case status(Int)
    /// The other side says that there is no such resource, and there must be one.
    case missing
    /// A local file or folder could not be read.
    case file
    /// The disk, or the user's share of it, is full.
    case noSpace

    /// Whether the same request may well succeed in a moment.
    public var isTransient: Bool {
        switch self {
        case .connection, .timeout, .truncated, .interrupted: true
        case .status(let status): status == 408 || status == 425 || status == 429 || status >= 500
        case .tls, .slow, .redirect, .missing, .file, .noSpace: false
        }
    }
}
