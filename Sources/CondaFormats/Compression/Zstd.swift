// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

import CZstd
public import TrustCore

/// Zstandard (RFC 8878) for whole buffers.
///
/// Archives, which do not fit into memory, have a streaming decoder of their own.
public enum Zstd {
    /// The largest window a frame may ask for, as a power of two: 128 MiB, what the `zstd` program allows
    /// too.
    public static let maximumWindowLog: Int32 = 27
    /// The compression level that the `zstd` program uses where none is given.
    public static let defaultLevel: Int32 = 3

    /// Compresses into one frame, which says its content's length; the same bytes for the same input,
    /// level and version of the library.
    ///
    /// - Throws: a `Failure` if the library cannot, which with memory at hand it always can.
    public static func compress(_ bytes: [UInt8], level: Int32 = defaultLevel) throws -> [UInt8] {
        var status = 0
        let capacity = ZSTD_compressBound(bytes.count)
        let out = [UInt8](unsafeUninitializedCapacity: capacity) { buffer, count in
            status = bytes.withUnsafeBytes { input in
                ZSTD_compress(buffer.baseAddress, capacity, input.baseAddress, input.count, level)
            }
            count = ZSTD_isError(status) == 0 ? status : 0
        }
        guard ZSTD_isError(status) == 0 else {
            throw Failure(.configuration, "zstd cannot compress: \(errorName(status))")
        }
        return out
    }

    /// Decompresses one or more frames that take up the whole buffer.
    ///
    /// What a frame says about its length is a hint for allocating and no more.
    /// - Throws: a `Refusal` with a `compression.…` code.
    public static func decompress(
        _ bytes: [UInt8],
        maximumLength: Int,
        of subject: String = "zstd data"
    ) throws -> [UInt8] {
        var out: [UInt8] = []
        let length = announcedLength(bytes, maximumLength)
        out.reserveCapacity(length)
        out.withUnsafeMutableBytes {
            HugePages.advise(UnsafeMutableRawBufferPointer(start: $0.baseAddress, count: length))
        }
        try decompress(StoredBytes(bytes), of: subject) { chunk in
            guard chunk.count <= maximumLength - out.count else {
                throw Refusal(
                    CompressionCode.tooLarge,
                    subject,
                    expected: "at most \(maximumLength) bytes"
                )
            }
            out.append(contentsOf: chunk)
        }
        return out
    }

    /// Whether some bytes are a text of this length and digest, compressed: in the memory of a window.
    ///
    /// - Throws: a `Refusal` with a `compression.…` code, or a `Failure` of the source.
    public static func isCompressed(
        _ source: StoredBytes,
        formOf digest: Digest,
        length: Int,
        of subject: String = "zstd data"
    ) throws -> Bool {
        struct Difference: Error {}
        var found = StreamingDigest(digest.algorithm)
        do {
            try decompress(source, of: subject) { chunk in
                chunk.withUnsafeBytes { found.update($0) }
                guard found.byteCount <= UInt64(length) else { throw Difference() }
            }
        } catch is Difference {
            return false
        }
        return found.byteCount == UInt64(length) && found.finish() == digest
    }

    /// Decompresses one or more frames that take up a whole source, in the memory of a window.
    ///
    /// - Parameter sink: takes the bytes in order, a piece at a time; what it throws is passed on.
    /// - Throws: a `Refusal` with a `compression.…` code, or a `Failure` of the source.
    public static func decompress(
        _ source: StoredBytes,
        maximumLength: Int,
        of subject: String = "zstd data",
        into sink: (UnsafeRawBufferPointer) throws -> Void
    ) throws {
        var left = maximumLength
        try decompress(source, of: subject) { chunk in
            guard chunk.count <= left else {
                throw Refusal(
                    CompressionCode.tooLarge,
                    subject,
                    expected: "at most \(maximumLength) bytes"
                )
            }
            left -= chunk.count
            try chunk.withUnsafeBytes(sink)
        }
    }

    /// The length that the first frame says its content has; nil if it does not say. Somebody else must find out whether that
    /// is so.
    public static func announcedLength(_ source: StoredBytes) throws -> Int? {
        let head = try source.read(0..<min(source.length, 18))
        let announced = head.withUnsafeBytes { ZSTD_getFrameContentSize($0.baseAddress, $0.count) }
        // The two highest values mean "unknown" and "not a frame".
        return announced < UInt64(Int.max) ? Int(exactly: announced) : nil
    }

    /// How much of a source is read at a time.
    private static let pieceLength = 1 << 20

    /// Decompresses one or more frames that take up a whole source, piece by piece.
    private static func decompress(
        _ source: StoredBytes,
        of subject: String,
        into sink: (ArraySlice<UInt8>) throws -> Void
    ) throws {
        guard let stream = ZSTD_createDCtx() else { throw Failure(.disk, "out of memory for zstd") }
        defer { ZSTD_freeDCtx(stream) }
        ZSTD_DCtx_setParameter(stream, ZSTD_d_windowLogMax, maximumWindowLog)
        var chunk = [UInt8](repeating: 0, count: ZSTD_DStreamOutSize())
        var piece: [UInt8] = []
        var base = 0
        var consumed = 0
        while true {
            if consumed == piece.count, base + consumed < source.length {
                base += consumed
                piece = try source.read(base..<min(base + pieceLength, source.length))
                consumed = 0
            }
            let step = decode(stream, piece, from: consumed, into: &chunk)
            if ZSTD_isError(step.status) != 0 { throw refusal(step.status, subject, at: base + consumed) }
            try sink(chunk[..<step.written])
            consumed = step.consumed
            guard base + consumed == source.length else { continue }
            if step.status == 0 { return }
            // Input used up inside a frame, and nothing left in the decoder's own buffers.
            if step.written < chunk.count {
                throw Refusal(CompressionCode.truncated, subject, at: "byte \(source.length)")
            }
        }
    }

    /// One call of the decoder: its status, where in the input it stopped, and how much it wrote.
    private static func decode(
        _ stream: OpaquePointer,
        _ bytes: [UInt8],
        from start: Int,
        into chunk: inout [UInt8]
    ) -> (status: Int, consumed: Int, written: Int) {
        bytes.withUnsafeBytes { source in
            chunk.withUnsafeMutableBytes { target in
                var input = ZSTD_inBuffer(src: source.baseAddress, size: source.count, pos: start)
                var output = ZSTD_outBuffer(dst: target.baseAddress, size: target.count, pos: 0)
                let status = ZSTD_decompressStream(stream, &output, &input)
                return (status, input.pos, output.pos)
            }
        }
    }

    /// How much to reserve: what the first frame announces, within the limit, and never more than
    /// a thousand times the input, which no honest index reaches.
    private static func announcedLength(_ bytes: [UInt8], _ maximumLength: Int) -> Int {
        let announced = bytes.withUnsafeBytes { ZSTD_getFrameContentSize($0.baseAddress, $0.count) }
        // The two highest values mean "unknown" and "not a frame".
        guard announced < UInt64(Int.max), let length = Int(exactly: announced) else { return 0 }
        let plausible = bytes.count.multipliedReportingOverflow(by: 1_000)
        return min(length, max(0, maximumLength), plausible.overflow ? .max : plausible.partialValue)
    }

    /// `ZSTD_error_frameParameter_windowTooLarge`: pinned by zstd_errors.h, whose values do not change.
    private static let windowTooLarge = 16

    private static func refusal(_ status: Int, _ subject: String, at position: Int) -> Refusal {
        let code: CompressionCode = 0 &- status == windowTooLarge ? .window : .corrupt
        return Refusal(code, subject, at: "byte \(position)", found: errorName(status))
    }

    private static func errorName(_ status: Int) -> String { String(cString: ZSTD_getErrorName(status)) }
}
