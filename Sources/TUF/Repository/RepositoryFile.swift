// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

public import TrustCore

/// A metadata file that was signed and shall be written.
public struct RepositoryFile: Sendable, Hashable {
    /// The role it is of.
    public let role: RoleName
    /// Its version.
    public let version: Int64
    /// Its name in the metadata folder, percent-encoded where the role's name needs it.
    public let name: String
    /// Its content.
    public let bytes: [UInt8]

    init(role: RoleName, version: Int64, bytes: [UInt8], consistentSnapshot: Bool) {
        self.role = role
        self.version = version
        self.bytes = bytes
        // Section 6.2: root always carries its version, timestamp never.
        let isVersioned = role == .root || (consistentSnapshot && role != .timestamp)
        name = (isVersioned ? "\(version)." : "") + "\(role.encoded).json"
    }
}

/// The state of one role in a repository, for status displays.
public struct RoleStatus: Sendable, Hashable {
    /// The role.
    public let role: RoleName
    /// The version that was signed last; 0 if none was.
    public let version: Int64
    /// When that version expires; nil if none was signed.
    public let expires: Timestamp?
    /// Whether it was edited since.
    public let hasChanges: Bool
}
