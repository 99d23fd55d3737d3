// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

/// A form in which a subdir's index is served: the file's name. All forms are made from one verified index.
public enum IndexForm: String, CaseIterable, Sendable {
    case repodata = "repodata.json"
    case compressedRepodata = "repodata.json.zst"
    case currentRepodata = "current_repodata.json"
    case compressedCurrentRepodata = "current_repodata.json.zst"
    case shardIndex = "repodata_shards.msgpack.zst"
}
