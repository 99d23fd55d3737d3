// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

import CondaFormats
import Foundation
import TrustCore

/// Runs the two halves of reading a package on two threads, with a few buffers between them.
///
/// The lock of `condition` guards everything that both sides touch.
final class InspectionPipeline: UnpackedSink, @unchecked Sendable {
    private enum Piece {
        case begin(ArchivePart)
        case bytes(UnsafeMutableRawBufferPointer, count: Int)
        case end
    }

    private static let bufferLength = 1 << 20
    private static let bufferCount = 4

    private let inspector: PackageInspector
    private let condition = NSCondition()
    private var pieces: [Piece] = []
    private var free: [UnsafeMutableRawBufferPointer]
    private let buffers: [UnsafeMutableRawBufferPointer]
    private var isClosed = false
    private var consumerError: (any Error)?
    private var isConsumerDone = false

    private var current: UnsafeMutableRawBufferPointer?
    private var filled = 0

    init(_ inspector: PackageInspector) {
        self.inspector = inspector
        buffers = (0..<Self.bufferCount).map { _ in .allocate(byteCount: Self.bufferLength, alignment: 4096) }
        free = buffers
    }

    deinit { buffers.forEach { $0.deallocate() } }

    /// Runs a producer on this thread and the inspector on another, and waits for both.
    ///
    /// - Throws: what the inspector throws, or else what the producer throws.
    func run<Value>(_ produce: (any UnpackedSink) throws -> Value) throws -> Value {
        let thread = Thread { self.consume() }
        thread.stackSize = 1 << 20
        thread.start()
        let result: Result<Value, any Error> = Result { try produce(self) }
        condition.lock()
        isClosed = true
        condition.signal()
        while !isConsumerDone { condition.wait() }
        let error = consumerError
        condition.unlock()
        if let error, !(error is Stopped) { throw error }
        return try result.get()
    }

    // MARK: The producer's side

    func begin(_ part: ArchivePart) throws { try put(.begin(part)) }

    func space() throws -> UnsafeMutableRawBufferPointer {
        let buffer = try current ?? takeFree()
        current = buffer
        return UnsafeMutableRawBufferPointer(rebasing: buffer[filled...])
    }

    func commit(_ count: Int) throws {
        filled += count
        if filled == Self.bufferLength { try flush() }
    }

    func end() throws {
        try flush()
        try put(.end)
    }

    private func flush() throws {
        guard let buffer = current, filled > 0 else { return }
        let count = filled
        (current, filled) = (nil, 0)
        try put(.bytes(buffer, count: count))
    }

    private func takeFree() throws -> UnsafeMutableRawBufferPointer {
        condition.lock()
        defer { condition.unlock() }
        while true {
            if isConsumerDone { throw consumerError ?? Stopped() }
            if let buffer = free.popLast() { return buffer }
            condition.wait()
        }
    }

    private func put(_ piece: Piece) throws {
        condition.lock()
        defer { condition.unlock() }
        if isConsumerDone { throw consumerError ?? Stopped() }
        pieces.append(piece)
        condition.signal()
    }

    // MARK: The consumer's side

    /// One side went because the other had stopped; the other's error is the one to tell.
    private struct Stopped: Error {}

    private func consume() {
        var failure: (any Error)?
        do {
            while let piece = next() { try handle(piece) }
        } catch { failure = error }
        condition.lock()
        consumerError = failure
        isConsumerDone = true
        condition.broadcast()
        condition.unlock()
    }

    private func next() -> Piece? {
        condition.lock()
        defer { condition.unlock() }
        while pieces.isEmpty, !isClosed { condition.wait() }
        return pieces.isEmpty ? nil : pieces.removeFirst()
    }

    private func handle(_ piece: Piece) throws {
        switch piece {
        case .begin(let part): inspector.begin(part)
        case .end: try inspector.end()
        case .bytes(let buffer, let count):
            try inspector.consume(UnsafeRawBufferPointer(rebasing: buffer[..<count]))
            condition.lock()
            free.append(buffer)
            condition.signal()
            condition.unlock()
        }
    }
}
