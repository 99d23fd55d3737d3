// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

import TrustCore

/// The kinds of log entries that are read, each in just one version. All others are refused.
public enum LogEntryKind: String, Sendable, CaseIterable {
    /// A file's digest, signature and key, in Rekor v1.
    case hashedRekordV001 = "hashedrekord/0.0.1"
    /// A digest, signature and key in Rekor v2: of a file, or of an envelope's encoding.
    case hashedRekordV002 = "hashedrekord/0.0.2"
    /// An envelope's payload, signature and key, in Rekor v1.
    case dsseV001 = "dsse/0.0.1"
    /// An envelope, in Rekor v1; older.
    case intotoV002 = "intoto/0.0.2"

    /// The generations of logs, which show in different ways that and when they took an entry in.
    public enum Generation: Sendable {
        /// Rekor v1: promises with times, and proofs.
        case v1
        /// Rekor v2, of tiles: proofs, and no times.
        case v2
    }

    /// Which generation of logs has such entries.
    public var generation: Generation { self == .hashedRekordV002 ? .v2 : .v1 }

    /// Finds a kind by its two names.
    init?(kind: String, version: String) {
        let name = "\(kind)/\(version)"
        guard let found = Self.allCases.first(where: { ByteKey.areEqual($0.rawValue, name) }) else {
            return nil
        }
        self = found
    }
}
