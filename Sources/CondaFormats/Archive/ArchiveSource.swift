// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

/// Where the bytes of an archive come from: once, in order, from the first to the last.
public protocol ArchiveSource: AnyObject {
    /// Fills the start of a buffer that is not empty, and answers how many bytes it put there; 0 at the end.
    ///
    /// - Throws: a `Failure` where the bytes could not be had. The end is never an error here.
    func read(into buffer: UnsafeMutableRawBufferPointer) throws -> Int
}

/// An archive in memory.
public final class BytesSource: ArchiveSource {
    private let bytes: [UInt8]
    private var at = 0

    /// Takes the bytes of an archive.
    public init(_ bytes: [UInt8]) { self.bytes = bytes }

    /// Copies the next bytes.
    public func read(into buffer: UnsafeMutableRawBufferPointer) -> Int {
        let count = min(buffer.count, bytes.count - at)
        bytes.withUnsafeBytes {
            buffer.copyMemory(from: UnsafeRawBufferPointer(rebasing: $0[at..<at + count]))
        }
        at += count
        return count
    }
}
