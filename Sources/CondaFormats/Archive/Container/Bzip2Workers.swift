// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

import TrustCore

/// Decompresses a few blocks at the same time, and hands their bytes on in order.
struct Bzip2Workers: ~Copyable {
    /// How many blocks are decompressed at a time.
    private static let slotCount = 8
    /// Memory for what comes out of a block: 900,000 bytes, or more where bytes repeat.
    private static let slotLength = 4 << 20

    /// Where one block's bytes go. One thread at a time uses it: the runner gives each number to one body.
    private struct Slot: @unchecked Sendable {
        let memory: UnsafeMutableRawBufferPointer
        let outcome: UnsafeMutablePointer<Bzip2Block.Outcome>
    }

    private let subject: String
    private let run: ParallelRunner
    private let slots: [Slot]
    private var batch: [Bzip2Block] = []
    /// A block that did not decompress. Perhaps the mark after it stands inside it by chance: then what
    /// follows belongs to it.
    private var doubtful: Bzip2Block?
    /// Whether the first of the batch was such a block, and is now joined with what follows it.
    private var beginsJoined = false

    /// The checksum of the stream so far.
    private(set) var checksum: UInt32 = 0

    init(subject: String, run: @escaping ParallelRunner) {
        self.subject = subject
        self.run = run
        slots = (0..<Self.slotCount).map { _ in
            let outcome = UnsafeMutablePointer<Bzip2Block.Outcome>.allocate(capacity: 1)
            outcome.initialize(to: .corrupt)
            return Slot(memory: .allocate(byteCount: Self.slotLength, alignment: 4096), outcome: outcome)
        }
    }

    deinit {
        for slot in slots {
            slot.memory.deallocate()
            slot.outcome.deallocate()
        }
    }

    /// A stream begins.
    mutating func begin() { checksum = 0 }

    /// Whether no block can be added before the others are decompressed.
    var isFull: Bool { batch.count == Self.slotCount }

    /// Adds a block.
    mutating func add(_ block: Bzip2Block) {
        guard var joined = doubtful else { return batch.append(block) }
        joined.append(block)
        doubtful = nil
        beginsJoined = true
        batch.append(joined)
    }

    /// Decompresses what there is, and says whether it ends with a whole block.
    mutating func endsWhole(_ sink: any UnpackedSink, _ spend: (Int, UInt64) throws -> Void) throws -> Bool {
        try flush(sink, spend)
        return doubtful == nil
    }

    /// Decompresses what there is, and hands it on.
    mutating func flush(_ sink: any UnpackedSink, _ spend: (Int, UInt64) throws -> Void) throws {
        let (batch, slots) = (batch, slots)
        run(batch.count) { at in slots[at].outcome.pointee = batch[at].decompress(into: slots[at].memory) }
        var at = 0
        while at < batch.count {
            var block = batch[at]
            let slot = slots[at]
            if case .corrupt = slot.outcome.pointee {
                guard at > 0 || !beginsJoined else { throw corrupt() }
                at += 1
                guard at < batch.count else {
                    doubtful = block
                    break
                }
                block.append(batch[at])
                slot.outcome.pointee = block.decompress(into: slot.memory)
            }
            try handOn(block, slot, sink, spend)
            at += 1
        }
        self.batch.removeAll(keepingCapacity: true)
        beginsJoined = false
    }

    private mutating func handOn(
        _ block: Bzip2Block,
        _ slot: Slot,
        _ sink: any UnpackedSink,
        _ spend: (Int, UInt64) throws -> Void
    ) throws {
        switch slot.outcome.pointee {
        case .complete(let count):
            try spend(count, block.packed)
            var rest = UnsafeRawBufferPointer(rebasing: slot.memory[..<count])
            while !rest.isEmpty {
                let space = try sink.space()
                let part = UnsafeRawBufferPointer(rebasing: rest.prefix(space.count))
                space.copyMemory(from: part)
                try sink.commit(part.count)
                rest = UnsafeRawBufferPointer(rebasing: rest[part.count...])
            }
        case .tooLong:
            let isWhole = try block.decompress { count in
                try spend(count, block.packed)
                if count > 0 { try sink.commit(count) }
                return try sink.space()
            }
            guard isWhole == true else { throw corrupt() }
        case .corrupt: throw corrupt()
        }
        checksum = (checksum << 1 | checksum >> 31) ^ block.checksum
    }

    func corrupt() -> Refusal { Refusal(ArchiveCode.compressionCorrupt, subject, expected: "bzip2 data") }
}
