// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

public import TrustCore

/// A file that is made from an index, or a part of one: what a client asks for.
///
/// It is open: what it says stays readable whatever is removed from the cache meanwhile.
public struct RenderedFile: Sendable {
    /// The file on the disk. It may be gone while ``read(_:)`` still reads it.
    public let path: String
    /// Where in that file it begins: shards stand one behind the other.
    public let offset: UInt64
    /// How long it is.
    public let length: UInt64
    /// SHA-256 of its bytes.
    public let sha256: Digest
    /// Its media type.
    public let contentType: String
    private let file: StoredBytes

    init(_ file: StoredBytes, part: Range<Int>? = nil, sha256: Digest, contentType: String) {
        let part = part ?? 0..<file.length
        path = file.name
        offset = UInt64(part.lowerBound)
        length = UInt64(part.count)
        self.sha256 = sha256
        self.contentType = contentType
        self.file = file
    }

    /// All its bytes, to be read a part at a time.
    public var bytes: StoredBytes {
        let (file, start) = (file, Int(offset))
        return StoredBytes(path, length: Int(length)) { part in
            try file.read(start + part.lowerBound..<start + part.upperBound)
        }
    }

    /// Reads a part, counted from its own beginning.
    ///
    /// - Throws: a `Failure` if the part is not there.
    public func read(_ part: Range<Int>) throws -> [UInt8] { try bytes.read(part) }
}
