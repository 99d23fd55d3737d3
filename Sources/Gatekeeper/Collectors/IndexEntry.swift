// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

public import CondaFormats
public import TrustPolicy

/// What a verified index says of one file name.
public struct IndexEntry: Sendable {
    /// The index, and who vouches for it.
    public let index: SignedIndex
    /// The record, if the index lists the file.
    public let record: PackageRecord?
    /// Where the index says its packages are (CEP 15), as it was written; nil if beside it.
    let baseURL: String?
    /// Whether the index lists the file as removed.
    public let isRemoved: Bool

    /// The same as a fact for the policy; nil if the index has never heard of the file.
    var fact: IndexRecord? {
        guard record != nil || isRemoved else { return nil }
        return IndexRecord(sha256: record?.sha256, md5: record?.md5, size: record?.size, isRemoved: isRemoved)
    }
}
