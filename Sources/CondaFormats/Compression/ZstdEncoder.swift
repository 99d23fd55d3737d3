// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

import CZstd
import TrustCore

/// Compresses a text that comes in pieces into one Zstandard frame (RFC 8878), in pieces.
public final class ZstdEncoder {
    private let stream: OpaquePointer
    private var chunk: [UInt8]

    /// Begins a frame.
    ///
    /// - Parameters:
    ///   - contentLength: how long the text will be: the frame says so, and any other length is a failure.
    ///   - threads: how many threads of the library's own compress; none: the caller's does. With any number above
    ///     none the frame is the same, but not the one that the caller's thread makes. A library that was built without
    ///     threads makes do with the caller's.
    public init(contentLength: Int, level: Int32 = Zstd.defaultLevel, threads: Int = 0) throws {
        guard let stream = ZSTD_createCCtx() else { throw Failure(.disk, "out of memory for zstd") }
        self.stream = stream
        chunk = [UInt8](repeating: 0, count: ZSTD_CStreamOutSize())
        try Self.check(ZSTD_CCtx_setParameter(stream, ZSTD_c_compressionLevel, level))
        if threads > 0 {
            _ = ZSTD_CCtx_setParameter(stream, ZSTD_c_nbWorkers, Int32(clamping: threads))
        }
        try Self.check(ZSTD_CCtx_setPledgedSrcSize(stream, UInt64(contentLength)))
    }

    deinit { ZSTD_freeCCtx(stream) }

    /// Takes in the next piece of the text, and gives what is ready to the sink.
    public func consume(
        _ bytes: UnsafeRawBufferPointer,
        into sink: (UnsafeRawBufferPointer) throws -> Void
    ) throws {
        try compress(bytes, ZSTD_e_continue, into: sink)
    }

    /// Ends the frame.
    ///
    /// - Throws: a `Failure` if the text was not as long as it was said to be.
    public func finish(into sink: (UnsafeRawBufferPointer) throws -> Void) throws {
        try compress(UnsafeRawBufferPointer(start: nil, count: 0), ZSTD_e_end, into: sink)
    }

    private func compress(
        _ bytes: UnsafeRawBufferPointer,
        _ directive: ZSTD_EndDirective,
        into sink: (UnsafeRawBufferPointer) throws -> Void
    ) throws {
        var input = ZSTD_inBuffer(src: bytes.baseAddress, size: bytes.count, pos: 0)
        while true {
            let (rest, written) = try chunk.withUnsafeMutableBytes { space in
                var output = ZSTD_outBuffer(dst: space.baseAddress, size: space.count, pos: 0)
                let rest = ZSTD_compressStream2(stream, &output, &input, directive)
                try Self.check(rest)
                return (rest, output.pos)
            }
            if written > 0 {
                try chunk.withUnsafeBytes { try sink(UnsafeRawBufferPointer(rebasing: $0[..<written])) }
            }
            // At the end the library says how much it still holds back; before, it may hold as much as it likes.
            if directive == ZSTD_e_end ? rest == 0 : input.pos == input.size { return }
        }
    }

    private static func check(_ status: Int) throws {
        guard ZSTD_isError(status) != 0 else { return }
        throw Failure(
            .configuration,
            "zstd cannot compress: \(String(cString: ZSTD_getErrorName(status)))"
        )
    }
}
