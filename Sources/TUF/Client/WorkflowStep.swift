// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

/// Metadata that an update wants to see next.
public struct MetadataRequest: Hashable, Sendable {
    /// Which metadata.
    public enum Subject: Hashable, Sendable {
        /// The note of a rotation of keys that an earlier update may not have finished; only in the store.
        case rotation
        /// A root version.
        case root(version: Int64)
        /// The timestamp.
        case timestamp
        /// The snapshot that the timestamp names.
        case snapshot
        /// Targets metadata, as one delegator trusts it.
        case targets(TargetsRole)
    }

    /// Where to look.
    public enum Source: Hashable, Sendable {
        /// In the store of metadata that earlier updates verified.
        case store
        /// In the repository: a file name below the metadata URL, already percent-encoded, and the most bytes
        /// to take.
        case repository(fileName: String, maximumLength: Int)
    }

    /// Which metadata.
    public let subject: Subject
    /// Where to look.
    public let source: Source

    /// What the store calls it.
    public var stored: StoredMetadata {
        switch subject {
        case .rotation: .rotation
        case .root(let version): .root(version: version)
        case .timestamp: .role(.timestamp)
        case .snapshot: .role(.snapshot)
        case .targets(let role): .role(role.name)
        }
    }
}

/// A change to the store that an update has earned by verifying.
public enum StoreChange: Sendable {
    /// Keep these bytes.
    case write([UInt8], StoredMetadata)
    /// Forget this metadata, if it is there.
    case remove(StoredMetadata)
}

/// What an update wants done: first the changes, in order, then the request.
public struct WorkflowStep: Sendable {
    /// What to change in the store.
    public let changes: [StoreChange]
    /// What to look for next; nil when the update, or the load of one role, is done.
    public let next: MetadataRequest?

    init(changes: [StoreChange] = [], next: MetadataRequest? = nil) {
        self.changes = changes
        self.next = next
    }
}
