// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

import CZstd
import TrustCore

/// Decompresses a Zstandard frame into a sink.
///
/// One frame with nothing before or after it: some readers stop after the first, and skippable frames, which
/// decoders pass over silently, could hide data. Dictionaries and windows above 128 MiB (RFC 8878) are
/// refused as well.
final class ZstdDecoder {
    private static let windowLog: Int32 = 27
    private static let frameMagic: [UInt8] = [0x28, 0xB5, 0x2F, 0xFD]

    private let stream: OpaquePointer
    private let subject: String
    /// How much of the current frame's magic number was seen.
    private var magicCount = 0
    private var isInsideFrame = false
    private var hasEnded = false

    init(subject: String) throws {
        guard let stream = ZSTD_createDCtx() else {
            throw Failure(.configuration, "no memory for decompression")
        }
        self.stream = stream
        self.subject = subject
        ZSTD_DCtx_setParameter(stream, ZSTD_d_windowLogMax, Self.windowLog)
    }

    deinit { ZSTD_freeDCtx(stream) }

    /// Decompresses a piece of the compressed stream.
    func consume(_ bytes: UnsafeRawBufferPointer, into sink: any UnpackedSink, spend: (Int) throws -> Void)
        throws
    {
        var input = ZSTD_inBuffer(src: bytes.baseAddress, size: bytes.count, pos: 0)
        var mayHaveMore = false
        while input.pos < input.size || mayHaveMore {
            if !isInsideFrame {
                if input.pos == input.size { return }
                guard !hasEnded else {
                    throw Refusal(
                        ArchiveCode.trailingData,
                        subject,
                        expected: "one zstd frame, and nothing after it"
                    )
                }
                try checkMagic(bytes[input.pos])
            }
            let space = try sink.space()
            var output = ZSTD_outBuffer(dst: space.baseAddress, size: space.count, pos: 0)
            // While the magic number is not complete, bytes go in one by one, so that each is looked at first.
            let wholeSize = input.size
            if !isInsideFrame { input.size = input.pos + 1 }
            let result = ZSTD_decompressStream(stream, &output, &input)
            input.size = wholeSize
            guard ZSTD_isError(result) == 0 else { throw corrupt(String(cString: ZSTD_getErrorName(result))) }
            if !isInsideFrame, magicCount == 4 { isInsideFrame = true }
            if result == 0 {
                isInsideFrame = false
                hasEnded = true
            }
            mayHaveMore = isInsideFrame && output.pos == output.size
            try spend(output.pos)
            if output.pos > 0 { try sink.commit(output.pos) }
        }
    }

    /// The compressed stream is over (`archive.truncated` in the middle of a frame).
    func finish() throws {
        guard hasEnded else {
            throw Refusal(
                ArchiveCode.truncated,
                subject,
                expected: "the end of a zstd frame",
                found: "the end"
            )
        }
    }

    private func checkMagic(_ byte: UInt8) throws {
        guard byte == Self.frameMagic[magicCount] else {
            throw corrupt("no zstd frame begins here")
        }
        magicCount += 1
    }

    private func corrupt(_ message: String) -> Refusal {
        Refusal(ArchiveCode.compressionCorrupt, subject, expected: "zstd frames", found: message)
    }
}
