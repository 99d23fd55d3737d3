// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

import CondaFormats
import TUF
import Transport
import TrustCore

/// An index of a view that is refused whichever mirror it comes from, by what the channel's owner signed: no mirror is
/// to blame, and the channel's other indexes go on.
struct RefusedIndex: SubdirIndex {
    /// Why.
    let refusal: Refusal

    /// Whether every mirror would show it: the snapshot says which version of a role there is, and the role which files.
    static func isOwners(_ refusal: Refusal) -> Bool {
        refusal.is(TUFCode.expired) || refusal.is(GateCode.shardsOnly)
    }

    func entry(of fileName: ArchiveFileName, mirrors: MirroredFetcher, cache: BlobCache) throws -> IndexEntry
    {
        throw refusal
    }

    func entries(named name: PackageName, mirrors: MirroredFetcher, cache: BlobCache) throws -> [IndexEntry] {
        throw refusal
    }
}
