// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

import DurableFiles
import TrustCore

/// A file without a name, which goes when nobody has it open any more, however the process ends.
struct UnnamedFile {
    /// To write to.
    let file: OpenFile
    private let reader: OpenFile

    init(in folder: String) throws {
        let path = DurableFile.temporaryName(beside: folder + "/index")
        file = try OpenFile(creating: path, mode: 0o600)
        defer { try? DurableFile.remove(path) }
        guard let reader = try OpenFile(readingIfThere: path, followingLinks: false) else {
            throw Failure(.disk, "a file that was made just now is gone", at: path)
        }
        self.reader = reader
    }

    /// What was written.
    func stored() throws -> StoredBytes { try reader.stored() }
}
