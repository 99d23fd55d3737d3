// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

import Synchronization
import TUF
import TrustCore

/// What one view of a channel rests on, over the folder in which the trust store keeps what all views do.
///
/// A view that is refreshed writes through, and remembers which bytes of each role it took. One that is held has its
/// roles from what an earlier view remembered, and changes nothing on disk: what it takes in later is of an older
/// state than the folder may have by now. Roots are the folder's, so that keys which were taken away stay away.
final class SignedViewStore: MetadataStore {
    private let folder: DirectoryMetadataStore
    private let isHeld: Bool
    /// The bytes of each role; nil for one that was forgotten.
    private let roles: Mutex<[RoleName: [UInt8]?]>

    /// The store of a view that is refreshed from mirrors.
    init(_ folder: DirectoryMetadataStore) {
        self.folder = folder
        isHeld = false
        roles = Mutex([:])
    }

    /// The store of a view that is held: these roles before those in the folder.
    init(holding roles: [RoleName: [UInt8]], over folder: DirectoryMetadataStore) {
        self.folder = folder
        isHeld = true
        self.roles = Mutex(roles.mapValues { $0 })
    }

    /// The roles that were read or written so far.
    var contents: [RoleName: [UInt8]] { roles.withLock { $0.compactMapValues { $0 } } }

    func read(_ file: StoredMetadata) throws -> [UInt8]? {
        guard case .role(let name) = file else { return try folder.read(file) }
        if isHeld, let known = roles.withLock({ $0[name] }) { return known }
        let bytes = try folder.read(file)
        if let bytes { note(bytes, name) }
        return bytes
    }

    func write(_ bytes: [UInt8], as file: StoredMetadata) throws {
        if !isHeld { try folder.write(bytes, as: file) }
        if case .role(let name) = file { note(bytes, name) }
    }

    func remove(_ file: StoredMetadata) throws {
        if !isHeld { try folder.remove(file) }
        if case .role(let name) = file { note(nil, name) }
    }

    func lock() async throws -> any StoreLock { try await folder.lock() }

    private func note(_ bytes: [UInt8]?, _ name: RoleName) {
        roles.withLock { _ = $0.updateValue(bytes, forKey: name) }
    }
}
