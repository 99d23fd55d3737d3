// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

internal import DurableFiles
internal import Synchronization
internal import TrustCore

/// Shards that hold what may not be passed on, by their digests, in a folder that processes share: the next index names
/// others in their place.
///
/// Nothing here is evidence: a shard that is named wrongly is only made anew.
final class FaultyShards: Sendable {
    /// More are not remembered; what was noted longest ago is forgotten.
    static let maximumCount = 256

    private let folder: String
    private let known = Mutex<Set<Digest>?>(nil)

    init(folder: String) { self.folder = folder }

    /// All that are known.
    func all() throws -> Set<Digest> {
        try known.withLock { known in
            if let known { return known }
            let found = Set(try Folder.names(in: folder).compactMap { Digest(.sha256, hex: $0) })
            known = found
            return found
        }
    }

    /// Notes one.
    func note(_ digest: Digest) throws {
        _ = try all()
        try known.withLock { known in
            guard known?.insert(digest).inserted == true else { return }
            try Folder.create(folder)
            try DurableFile.writeWithoutSync([], to: folder + "/" + digest.hex, mode: 0o600)
            let names = try Folder.names(in: folder)
            guard names.count > Self.maximumCount else { return }
            let oldest = names.min {
                (DurableFile.modified(folder + "/" + $0)?.seconds ?? 0)
                    < (DurableFile.modified(folder + "/" + $1)?.seconds ?? 0)
            }
            if let oldest, oldest != digest.hex { try DurableFile.remove(folder + "/" + oldest) }
        }
    }
}
