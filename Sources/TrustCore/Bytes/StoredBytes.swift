// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

/// Bytes that stay where they are, such as in a file, and are read a part at a time.
///
/// Nothing says that they are the same when they are read twice: who does that compares a digest, or checks again.
public struct StoredBytes: Sendable {
    /// Reads a part; answers fewer bytes only where there are no more.
    public typealias Reader = @Sendable (_ part: Range<Int>) throws -> [UInt8]

    /// How many there are, or were when they were opened.
    public let length: Int
    /// Where they are, for messages.
    public let name: String
    private let reader: Reader

    /// Takes bytes that somebody else reads, from any number of tasks at once.
    public init(_ name: String, length: Int, reader: @escaping Reader) {
        self.name = name
        self.length = length
        self.reader = reader
    }

    /// Takes bytes that are in memory.
    public init(_ bytes: [UInt8], of name: String = "memory") {
        self.init(name, length: bytes.count) { Array(bytes[$0]) }
    }

    /// Reads a part.
    ///
    /// - Throws: what the reader throws, or a `Failure` if it is not there, as in a file that was cut short meanwhile.
    public func read(_ part: Range<Int>) throws -> [UInt8] {
        let bytes = part.lowerBound >= 0 && part.upperBound <= length ? try reader(part) : []
        guard bytes.count == part.count else {
            throw Failure(.disk, "the file changed while it was read", at: name)
        }
        return bytes
    }

    /// Reads a part in pieces, in their order.
    public func forEachPiece(of part: Range<Int>, upTo count: Int = 1 << 20, _ body: ([UInt8]) throws -> Void)
        throws
    {
        for start in stride(from: part.lowerBound, to: part.upperBound, by: max(1, count)) {
            try body(read(start..<min(start + max(1, count), part.upperBound)))
        }
    }

    /// The digest of all of them as they are now.
    public func digest() throws -> Digest {
        var digest = StreamingDigest(.sha256)
        try forEachPiece(of: 0..<length) { digest.update($0) }
        return digest.finish()
    }
}
