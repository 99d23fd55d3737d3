// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

import TrustCore

/// Where the signatures of each record stand in an index's `signatures` member.
///
/// What they say is not looked at here: neither whether they are anybody's, nor, but by a caller who asks for
/// ``check(_:)``, their form.
public struct SignatureTable: Sendable {
    private let text: [UInt8]
    private let table: RecordTable

    /// Finds the signatures of an index; nil if it has no such member.
    ///
    /// - Throws: a `Refusal` with a `json.…`, `repodata.file-name` or `repodata.duplicate-file` code if the member is
    ///   not an object of objects by file name.
    public init?(_ index: RepodataIndex) throws {
        guard let signatures = index.signatures else { return nil }
        text = index.text
        let subject = "\(index.subject) `signatures`"
        table = try RepodataScanner(section: signatures.startIndex, in: index.text, of: subject).tarBz2
    }

    /// Demands something of all signatures, such as that they are well-formed, whether their file is listed or not.
    ///
    /// - Throws: what the body throws.
    public func check(_ body: (_ fileName: String, _ text: ArraySlice<UInt8>) throws -> Void) rethrows {
        for entry in table.entries {
            try body(String(decoding: text[entry.name], as: UTF8.self), text[entry.record])
        }
    }

    /// For how many file names there are signatures.
    public var count: Int { table.entries.count }

    /// The file names, in byte order. They are not known to be well-formed, or listed.
    public var fileNames: [String] {
        table.entries.map { String(decoding: text[$0.name], as: UTF8.self) }
    }

    /// The bytes of the signatures of a file's record; nil if there are none.
    public func signatures(of fileName: some Collection<UInt8>) -> ArraySlice<UInt8>? {
        table.entry(fileName: Array(fileName), text).map { text[$0.record] }
    }
}
