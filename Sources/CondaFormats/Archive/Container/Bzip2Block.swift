// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

import CBzip2

/// One block of a bzip2 file, made into a stream of its own.
struct Bzip2Block: Sendable {
    enum Outcome: Sendable {
        /// So many bytes are at the start of the memory.
        case complete(Int)
        /// More came out than the memory holds.
        case tooLong
        case corrupt
    }

    /// How many bytes of the archive had been read when the block was cut out.
    private(set) var packed: UInt64
    private let level: UInt8
    private var bits: Bzip2Bits

    /// Cuts a block out of a stream, its mark included.
    init(_ bytes: [UInt8], _ range: Range<Int>, level: UInt8, packed: UInt64) {
        self.level = level
        self.packed = packed
        bits = Bzip2Bits(bytes, range)
    }

    /// How many bytes its bits fill.
    var byteCount: Int { bits.bytes.count }

    /// The checksum that the file gives for the block.
    var checksum: UInt32 { UInt32(truncatingIfNeeded: bits.number(at: Bzip2Splitter.magicLength, count: 32)) }

    /// Puts a piece behind that was cut off by chance.
    mutating func append(_ other: Bzip2Block) {
        bits.append(other.bits)
        packed = other.packed
    }

    /// Decompresses the block into memory that is large enough for nearly all blocks.
    func decompress(into memory: UnsafeMutableRawBufferPointer) -> Outcome {
        var filled = 0
        let isWhole: Bool? = decompress { count in
            filled += count
            return UnsafeMutableRawBufferPointer(rebasing: memory[filled...])
        }
        return switch isWhole {
        case true?: .complete(filled)
        case false?: .tooLong
        case nil: .corrupt
        }
    }

    /// Decompresses the block piece by piece.
    ///
    /// - Parameter space: is told how many bytes were written, and gives memory for more; none to stop.
    /// - Returns: whether the end was reached; nil if the block is corrupt.
    func decompress(_ space: (Int) throws -> UnsafeMutableRawBufferPointer) rethrows -> Bool? {
        var state = bz_stream()
        // libbz2 remembers the address of its state: it must not move.
        return try withUnsafeMutablePointer(to: &state) { state in
            guard BZ2_bzDecompressInit(state, 0, 0) == BZ_OK else { return nil }
            defer { BZ2_bzDecompressEnd(state) }
            return try stream.withUnsafeBytes { input in
                guard let base = input.bindMemory(to: CChar.self).baseAddress else { return nil }
                state.pointee.next_in = UnsafeMutablePointer(mutating: base)
                state.pointee.avail_in = UInt32(clamping: input.count)
                return try Self.run(state, space)
            }
        }
    }

    private static func run(
        _ state: UnsafeMutablePointer<bz_stream>,
        _ space: (Int) throws -> UnsafeMutableRawBufferPointer
    ) rethrows -> Bool? {
        var count = 0
        while true {
            let memory = try space(count)
            guard !memory.isEmpty else { return false }
            state.pointee.next_out = memory.bindMemory(to: CChar.self).baseAddress
            state.pointee.avail_out = UInt32(clamping: memory.count)
            let result = BZ2_bzDecompress(state)
            count = memory.count - Int(state.pointee.avail_out)
            if result == BZ_STREAM_END {
                _ = try space(count)
                return state.pointee.avail_in == 0 ? true : nil
            }
            // No output although there is room: the input ended too early.
            guard result == BZ_OK, count > 0 || state.pointee.avail_in > 0 else { return nil }
        }
    }

    /// The block between a header and an end; the checksum of a stream of one block is the block's.
    private var stream: [UInt8] {
        var stream = Bzip2Bits(Array("BZh".utf8) + [level], 0..<32)
        stream.append(bits)
        stream.append(Bzip2Splitter.endMagic, count: Bzip2Splitter.magicLength)
        stream.append(UInt64(checksum), count: 32)
        return stream.bytes
    }
}
