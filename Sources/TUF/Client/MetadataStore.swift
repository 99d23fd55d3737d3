// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

/// Where verified metadata is kept between updates: what protects from rollback.
///
/// The contract for implementers:
/// - What was written is read back byte for byte. Nobody re-encodes it.
/// - ``write(_:as:)`` and ``remove(_:)`` are atomic: another process, or one that starts after this one was
/// killed, sees the old state or the new one, never a part. When they return, the new state survives a crash
/// of the machine; only of a delegated role it need not. Such a role protects from nothing: it is a copy of
/// what the snapshot promises, used where it verifies, and fetched again where it does not.
/// - Changes of one caller become visible in the order they were made.
/// - ``lock()`` excludes every other user of the same store, in this process and in others, until it is
///   released; it ends by itself when the process does.
/// - The store is not trusted to be right: what is read is verified again, from the pinned root on. It is
///   trusted not to go back in time: whoever can put old files there can roll a client back.
public protocol MetadataStore: Sendable {
    /// The bytes that were kept; nil if there are none.
    ///
    /// - Throws: a `Failure` if that cannot be found out.
    func read(_ file: StoredMetadata) throws -> [UInt8]?
    /// Keeps bytes in place of what was there.
    func write(_ bytes: [UInt8], as file: StoredMetadata) throws
    /// Forgets a file; nothing happens if it is not there.
    func remove(_ file: StoredMetadata) throws
    /// Waits until nobody else uses the store.
    ///
    /// - Throws: a `Failure` if that takes longer than an update can take.
    func lock() async throws -> any StoreLock
}

/// The right to use a store alone.
public protocol StoreLock: Sendable {
    /// Lets others in. Called once.
    func release()
}

/// What a store keeps.
public enum StoredMetadata: Hashable, Sendable {
    /// A root version. All are kept, since each vouches for the next.
    case root(version: Int64)
    /// A note, without any trust in it, that the timestamp and the snapshot are to be forgotten once a root
    /// is kept: the version of that root, in decimal digits.
    case rotation
    /// The trusted metadata of any other role; one version, not named in the key.
    case role(RoleName)
}
