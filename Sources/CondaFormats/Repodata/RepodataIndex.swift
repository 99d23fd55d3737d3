// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

import TrustCore

/// An index of packages (`repodata.json`, CEP 36), opened without reading its records.
///
/// Opening is one strict pass that remembers where each record is: the whole text is valid JSON and UTF-8, no
/// file name is there twice, nothing follows the end. What a record says is read and checked when it is asked
/// for, so a bad record spoils nothing but itself. That anybody vouches for the index is not said here.
public struct RepodataIndex: Sendable {
    /// The text, as it was given.
    public let text: [UInt8]
    /// What the index is, for messages.
    public let subject: String
    /// What it says about itself.
    public let info: RepodataInfo
    /// File names that were once listed and no longer are, in the order of the file.
    public let removed: [String]
    /// The bytes of the top-level `signatures` object of conda content trust, if there is one. Not checked
    /// here.
    public let signatures: ArraySlice<UInt8>?
    /// Top-level keys that are not known and have no effect, in byte order.
    public let unknownKeys: [String]
    let tarBz2: RecordTable
    let conda: RecordTable
    /// Where the last top-level member ends; nil if there is none.
    let endOfMembers: Int?

    /// Opens an index that is in memory. An empty text is an empty index (CEP 36).
    ///
    /// - Parameters:
    ///   - subject: what the index is, such as its URL, for messages.
    ///   - subdir: the subdirectory it must be of; an index that does not say is taken to be.
    /// - Throws: a `Refusal` with a `json.…`, `repodata.…` or `name.…` code, or `limit.too-large`.
    public init(_ text: [UInt8], of subject: String = "repodata.json", subdir: Subdir? = nil) throws {
        let scan = try RepodataScanner(text.isEmpty ? Array("{}".utf8) : text, of: subject)
        let members = try RepodataMembers(of: subject, subdir: subdir, keys: scan.members.keys) { key in
            scan.members[ByteKey(key)].map { Array(text[$0]) }
        }
        self.text = text
        self.subject = subject
        info = members.info
        removed = members.removed
        unknownKeys = members.unknownKeys
        signatures = scan.members[ByteKey("signatures")].map { text[$0] }
        endOfMembers = scan.members.values.map(\.upperBound).max()
        tarBz2 = scan.tarBz2
        conda = scan.conda
    }
}
