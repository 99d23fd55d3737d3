// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

import TrustCore

/// Runs a body for each number below a count, on as many threads as help, and returns when all have ended.
package typealias ParallelRunner = @Sendable (_ count: Int, _ body: @Sendable (Int) -> Void) -> Void

/// Decompresses bzip2 streams with nothing between or after them, several blocks at a time.
///
/// Accepts what ``Bzip2Decoder`` accepts and gives the same bytes: each block is decompressed by the same
/// library, its checksum included, and the checksum of each whole stream is compared as well.
final class ParallelBzip2Decoder {
    /// More compressed bytes than a block can have, at 20 bits a byte and with its tables.
    private static let maximumBlock = 3 << 20
    private static let headerBits = 32
    private static let endBits = 80

    private enum Place {
        case header
        /// At a mark; bits count from the first byte kept.
        case mark(Bzip2Splitter.Mark, bit: Int)
    }

    private let subject: String
    private var workers: Bzip2Workers
    private var splitter = Bzip2Splitter()
    /// The compressed bytes from the current place on.
    private var bytes: [UInt8] = []
    private var place = Place.header
    private var level: UInt8 = 0
    private var hasStream = false

    init(subject: String, run: @escaping ParallelRunner) {
        self.subject = subject
        workers = Bzip2Workers(subject: subject, run: run)
    }

    /// Takes a piece of the file.
    ///
    /// - Parameter packed: how many bytes of the archive were read, this piece included.
    func consume(
        _ piece: UnsafeRawBufferPointer,
        packed: UInt64,
        into sink: any UnpackedSink,
        spend: (Int, UInt64) throws -> Void
    ) throws {
        bytes.append(contentsOf: piece)
        while try step(packed, sink, spend) {}
        guard bytes.count <= Self.maximumBlock else { throw workers.corrupt() }
    }

    /// The file is over (`archive.truncated` in the middle of a stream).
    func finish(into sink: any UnpackedSink, spend: (Int, UInt64) throws -> Void) throws {
        guard try workers.endsWhole(sink, spend) else { throw workers.corrupt() }
        guard case .header = place, bytes.isEmpty, hasStream else {
            throw Refusal(
                ArchiveCode.truncated,
                subject,
                expected: "the end of a bzip2 stream",
                found: "the end"
            )
        }
    }

    /// Goes on to the next place; says whether there may be another in the bytes at hand.
    private func step(_ packed: UInt64, _ sink: any UnpackedSink, _ spend: (Int, UInt64) throws -> Void)
        throws -> Bool
    {
        switch place {
        case .header: return try header()
        case .mark(.streamEnd, let bit) where try workers.endsWhole(sink, spend): return try streamEnd(bit)
        // The mark of an end inside a block stands there by chance: the rest of the block follows.
        case .mark(_, let bit):
            guard let next = splitter.next(in: bytes, from: bit + Bzip2Splitter.magicLength) else {
                return false
            }
            workers.add(Bzip2Block(bytes, bit..<next.bit, level: level, packed: packed))
            if workers.isFull { try workers.flush(sink, spend) }
            moveTo(next.mark, next.bit)
            return true
        }
    }

    private func header() throws -> Bool {
        guard let first = bytes.first else { return false }
        guard first == UInt8(ascii: "B") else {
            throw hasStream
                ? Refusal(ArchiveCode.trailingData, subject, expected: "the end of the file")
                : Refusal(
                    ArchiveCode.compressionCorrupt,
                    subject,
                    expected: "bzip2 data",
                    found: "something else"
                )
        }
        let whole = (Self.headerBits + Bzip2Splitter.magicLength) >> 3
        guard bytes.count >= whole else { return false }
        let magic = Bzip2Bits.number(bytes, at: Self.headerBits, count: Bzip2Splitter.magicLength)
        guard bytes[1] == UInt8(ascii: "Z"), bytes[2] == UInt8(ascii: "h"), (0x31...0x39).contains(bytes[3]),
            magic == Bzip2Splitter.blockMagic || magic == Bzip2Splitter.endMagic
        else { throw workers.corrupt() }
        level = bytes[3]
        workers.begin()
        splitter.restart(at: whole)
        place = .mark(magic == Bzip2Splitter.blockMagic ? .block : .streamEnd, bit: Self.headerBits)
        return true
    }

    private func streamEnd(_ bit: Int) throws -> Bool {
        let end = (bit + Self.endBits + 7) >> 3
        guard bytes.count >= end else { return false }
        let stated = Bzip2Bits.number(bytes, at: bit + Bzip2Splitter.magicLength, count: 32)
        guard stated == UInt64(workers.checksum) else { throw workers.corrupt() }
        bytes.removeFirst(end)
        hasStream = true
        place = .header
        return true
    }

    /// Drops the bytes before a mark.
    private func moveTo(_ mark: Bzip2Splitter.Mark, _ bit: Int) {
        let whole = bit >> 3
        bytes.removeFirst(whole)
        splitter.drop(whole)
        place = .mark(mark, bit: bit & 7)
    }
}
