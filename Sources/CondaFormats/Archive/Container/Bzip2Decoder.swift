// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

import CBzip2
import TrustCore

/// Decompresses one or more bzip2 streams, with nothing between or after them, into a sink.
final class Bzip2Decoder {
    private let stream = UnsafeMutablePointer<bz_stream>.allocate(capacity: 1)
    private let subject: String
    private var isOpen = false
    /// Whether at least one stream ended, and none is open.
    private var isBetweenStreams = false

    init(subject: String) {
        self.subject = subject
        stream.initialize(to: bz_stream())
    }

    deinit {
        if isOpen { BZ2_bzDecompressEnd(stream) }
        stream.deallocate()
    }

    /// Decompresses a piece of the file.
    func consume(_ bytes: UnsafeRawBufferPointer, into sink: any UnpackedSink, spend: (Int) throws -> Void)
        throws
    {
        guard let base = bytes.bindMemory(to: CChar.self).baseAddress else { return }
        stream.pointee.next_in = UnsafeMutablePointer(mutating: base)
        stream.pointee.avail_in = UInt32(bytes.count)
        var mayHaveMore = false
        while stream.pointee.avail_in > 0 || mayHaveMore {
            if !isOpen { try open(next: stream.pointee.next_in.pointee) }
            let space = try sink.space()
            stream.pointee.next_out = space.bindMemory(to: CChar.self).baseAddress
            stream.pointee.avail_out = UInt32(clamping: space.count)
            let result = BZ2_bzDecompress(stream)
            guard result == BZ_OK || result == BZ_STREAM_END else { throw corrupt(code: result) }
            let count = space.count - Int(stream.pointee.avail_out)
            mayHaveMore = result == BZ_OK && stream.pointee.avail_out == 0
            if result == BZ_STREAM_END { close() }
            try spend(count)
            if count > 0 { try sink.commit(count) }
        }
    }

    /// The file is over (`archive.truncated` in the middle of a stream).
    func finish() throws {
        guard isBetweenStreams else {
            throw Refusal(
                ArchiveCode.truncated,
                subject,
                expected: "the end of a bzip2 stream",
                found: "the end"
            )
        }
    }

    private func open(next byte: CChar) throws {
        guard byte == 0x42 else {
            throw isBetweenStreams
                ? Refusal(ArchiveCode.trailingData, subject, expected: "the end of the file")
                : Refusal(
                    ArchiveCode.compressionCorrupt,
                    subject,
                    expected: "bzip2 data",
                    found: "something else"
                )
        }
        let (input, available) = (stream.pointee.next_in, stream.pointee.avail_in)
        stream.initialize(to: bz_stream())
        guard BZ2_bzDecompressInit(stream, 0, 0) == BZ_OK else {
            throw Failure(.configuration, "no memory for decompression")
        }
        stream.pointee.next_in = input
        stream.pointee.avail_in = available
        isOpen = true
        isBetweenStreams = false
    }

    private func close() {
        let (input, available) = (stream.pointee.next_in, stream.pointee.avail_in)
        BZ2_bzDecompressEnd(stream)
        stream.pointee.next_in = input
        stream.pointee.avail_in = available
        isOpen = false
        isBetweenStreams = true
    }

    private func corrupt(code: Int32) -> Refusal {
        Refusal(ArchiveCode.compressionCorrupt, subject, expected: "bzip2 data", found: "error \(code)")
    }
}
