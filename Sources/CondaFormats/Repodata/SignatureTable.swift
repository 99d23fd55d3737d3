// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

import TrustCore

/// Where the signatures of each file are in the `signatures` member of an index (conda content trust).
///
/// Found in one strict pass, in which no file name is there twice; what the signatures are is not read here.
public struct SignatureTable: Sendable {
    private let text: [UInt8]
    private let table: RecordTable

    /// Finds the signatures of an index; nil if it has none.
    ///
    /// - Throws: a `Refusal` with a `json.…` code, `repodata.file-name` or `repodata.duplicate-file`.
    public init?(_ index: RepodataIndex) throws {
        guard let signatures = index.signatures else { return nil }
        // Laid out like a section of records, so they are found like one. Files of both formats stand in it.
        text = Array("{\"packages.conda\":".utf8) + signatures + [UInt8(ascii: "}")]
        table = try RepodataScanner(text, of: "signatures of \(index.subject)").conda
    }

    /// The bytes of the signatures of a file; nil if there are none.
    public func text(of fileName: ArchiveFileName) -> ArraySlice<UInt8>? {
        table.entry(fileName: Array(fileName.text.utf8), text).map { text[$0.record] }
    }
}
