// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

import CondaFormats
import TrustCore

/// Opens an index and reads every record of some names: what a client does before it solves.
struct IndexJob {
    let path: String
    let names: [String]
    /// Whether the text is hashed first, as an index from a signed channel always is.
    let hashes: Bool

    /// The number of records found.
    func run() throws -> String {
        let text = try WholeFile.read(path)
        if hashes { _ = Digest.of(text) }
        let index = try RepodataIndex(text, of: path)
        var count = 0
        for name in names { count += try index.records(named: PackageName(name)).count }
        return "\(count)"
    }
}
