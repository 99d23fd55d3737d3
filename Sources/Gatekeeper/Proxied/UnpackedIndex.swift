// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

import CondaFormats
import Transport
import TrustCore

/// The text of an index that came compressed, in the cache under its own digest.
///
/// It is read while it is decompressed, each on a thread: that takes as long as the slower of the two.
struct UnpackedIndex {
    /// Where the text lies.
    let path: String
    /// The index, which stays in the file.
    let index: RepodataFile
    /// What it came as, where that can be given to clients: one frame that says how long its content is.
    let compressed: StoredBytes?

    /// Decompresses a text, and opens it.
    ///
    /// - Parameter open: reads the text.
    /// - Throws: a `Refusal` with a `compression.…` code, what opening throws, or a `Failure` of the disk.
    init(
        _ compressed: StoredBytes,
        of subject: String,
        in cache: BlobCache,
        open: (StoredBytes) throws -> RepodataFile
    ) throws {
        func store(_ length: Int) throws -> (path: String, found: RepodataFile)? {
            try cache.store(length: length) { sink in
                try Zstd.decompress(compressed, maximumLength: Self.limit, of: subject, into: sink)
            } whileReading: { bytes in
                let index = try open(bytes)
                return (index.digest, index)
            }
        }
        var announced: (path: String, found: RepodataFile)?
        if let length = try Zstd.announcedLength(compressed), length <= Self.limit {
            announced = try store(length)
        }
        // Where the frame does not say how long the text is, or there are several, that is counted first.
        guard let stored = try announced ?? store(Self.length(of: compressed, subject)) else {
            throw Failure(.disk, "the file changed while it was read", at: compressed.name)
        }
        path = stored.path
        index = stored.found.renamed(stored.path)
        self.compressed = announced == nil ? nil : compressed
    }

    private static func length(of compressed: StoredBytes, _ subject: String) throws -> Int {
        var length = 0
        try Zstd.decompress(compressed, maximumLength: limit, of: subject) { length += $0.count }
        return length
    }

    private static let limit = SignedIndexReader.indexLimit
}
