// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

internal import CondaFormats
internal import TrustCore

/// What is known of a package that is imported, and of one that is uploaded is not.
struct ImportedFacts: Sendable {
    /// Where it comes from, and who imports it.
    let origin: ImportOrigin
    /// When the old channel listed it first, in milliseconds: its `indexed_timestamp`, which never changes (CEP 47). Nil if
    /// that is not known, or has not come yet.
    var indexed: UInt64?
    /// Whether it stays out of the index.
    var isYanked = false

    /// The record as it is kept.
    func record(_ record: PackageRecord) -> JSONObject {
        var object = record.raw
        object["indexed_timestamp"] = indexed.map { .number(JSONNumber(Int64(clamping: $0))) }
        return object
    }
}

/// Where packages are imported from, and by whom: what the publish log says of it.
struct ImportOrigin: Sendable {
    let name: String
    let person: String?

    /// In the place of who published them, of whom nobody knows.
    var publisher: FilePublisher { FilePublisher(.imported, name) }

    /// A member of the entry, so that nobody takes the server for a witness of the publication.
    func mark(_ entry: inout PublishLogEntry) {
        var object = JSONObject()
        object["by"] = .string(person ?? "the owner of the server's folder")
        object["from"] = .string(name)
        entry.details["imported"] = .object(object)
    }
}
