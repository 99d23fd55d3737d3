// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

/// A record of an index as it stands there, and the file name it is listed under. Unverified.
public struct RecordText: Sendable {
    /// The file name, the record's key in the index.
    public let fileName: String
    /// The record, a part of the index: taking it copies nothing.
    public let text: ArraySlice<UInt8>

    /// Takes a record.
    public init(fileName: String, text: ArraySlice<UInt8>) {
        self.fileName = fileName
        self.text = text
    }

    /// What is signed of it in ``RecordForm/full``.
    ///
    /// - Throws: a `Refusal` with a `json.…` code, `limit.too-large` or `content-trust.number`.
    public func canonical() throws -> [UInt8] { try PythonJSON.canonical(of: text, subject: fileName) }
}
