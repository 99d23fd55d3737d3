// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

/// The roles of conda content trust 0.6.0 that have metadata of their own.
public enum TrustRole: String, Sendable, CaseIterable {
    /// Names the keys of the root itself and of the key manager. Offline.
    case root
    /// Names the keys that sign records.
    case keyManager = "key_mgr"
    /// Says nothing, and is there for mamba, which asks for it; conda does not.
    case packageManager = "pkg_mgr"

    /// The roles that a role names keys for: these and no others.
    public var delegates: [TrustRole] {
        switch self {
        case .root: [.root, .keyManager]
        case .keyManager: [.packageManager]
        case .packageManager: []
        }
    }

    /// The file that holds a version of the role's metadata.
    public func fileName(version: Int64) -> String {
        self == .root ? "\(version).root.json" : "\(rawValue).json"
    }
}
