// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

import Foundation
public import TrustCore

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif

/// A blob that somebody reads while another thread still writes it: whoever reads what is not there yet waits for it.
///
/// The lock of `condition` guards all that changes.
final class BlobUnderWay: @unchecked Sendable {
    /// The writer has another length than it said.
    struct OtherLength: Error {}

    private let file: OpenFile
    private let length: Int
    private let condition = NSCondition()
    private var written = 0
    private var end: Result<Void, any Error>?

    init(_ file: OpenFile, length: Int) {
        self.file = file
        self.length = length
    }

    /// Runs the writer on a thread of its own while a reader reads on this one, and waits for both: a reader who gave up
    /// may have seen too little.
    ///
    /// - Throws: what the writer throws, or else what the reader throws, or ``OtherLength``.
    func run<Found>(
        _ produce: @escaping @Sendable (_ sink: (UnsafeRawBufferPointer) throws -> Void) throws -> Void,
        whileReading read: (StoredBytes) throws -> Found
    ) throws -> Found {
        let thread = Thread {
            self.finish(Result { try produce { try self.write($0) } })
        }
        thread.stackSize = 1 << 20
        thread.start()
        let found = Result { try read(bytes) }
        try waitForWriter()
        return try found.get()
    }

    /// All bytes. They stay readable as long as they are used, whatever becomes of the file's name.
    private var bytes: StoredBytes {
        StoredBytes(file.path, length: length) { part in
            try self.wait(for: part.upperBound)
            return try self.file.bytes(in: part)
        }
    }

    // MARK: The writer's side

    private func write(_ bytes: UnsafeRawBufferPointer) throws {
        // Only this thread changes it.
        guard bytes.count <= length - written else { throw OtherLength() }
        try file.writeAll(bytes)
        condition.lock()
        written += bytes.count
        condition.broadcast()
        condition.unlock()
    }

    private func finish(_ result: Result<Void, any Error>) {
        condition.lock()
        end = written < length ? result.flatMap { .failure(OtherLength()) } : result
        condition.broadcast()
        condition.unlock()
    }

    // MARK: The reader's side

    private func wait(for position: Int) throws {
        condition.lock()
        defer { condition.unlock() }
        while written < position {
            if let end {
                try end.get()
                throw OtherLength()
            }
            condition.wait()
        }
    }

    private func waitForWriter() throws {
        condition.lock()
        defer { condition.unlock() }
        while end == nil { condition.wait() }
        try end?.get()
    }
}

extension BlobCache {
    /// Stores what a producer delivers while somebody reads it, who finds out its digest: for texts that take long to make
    /// and long to read, and which can be made again. Nothing waits for the disk: what a power loss damages has
    /// another digest than its name says.
    ///
    /// - Parameters:
    ///   - length: how many bytes the producer will deliver.
    ///   - producer: hands the bytes, in order, to the sink it is given, on a thread of its own.
    ///   - read: reads all of them, at the same time, and answers their digest. The bytes it is given can be read later, too.
    /// - Returns: where the blob lies, and what was found; nil if the producer had more or fewer bytes than that.
    /// - Throws: what the producer throws, or else what the reader throws.
    public func store<Found>(
        length: Int,
        from producer: @escaping @Sendable (_ sink: (UnsafeRawBufferPointer) throws -> Void) throws -> Void,
        whileReading read: (StoredBytes) throws -> (digest: Digest, found: Found)
    ) throws -> (path: String, found: Found)? {
        // The digest of nothing only names the temporary file.
        let writer = try BlobWriter(in: folder, expected: Digest.of([]), size: nil)
        defer { writer.discard() }
        do {
            let (digest, found) = try writer.underWay(length: length).run(producer, whileReading: read)
            let place = try BlobPlace(digest)
            try writer.nameWithoutSync(place)
            return (root + "/" + place.path, found)
        } catch is BlobUnderWay.OtherLength {
            return nil
        }
    }
}
