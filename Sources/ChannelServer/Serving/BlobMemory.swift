// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

internal import NIOCore
internal import Synchronization
internal import TrustCore

/// Blobs that were wanted lately, in memory: as many as fit, those that were not wanted for longest leave
/// first.
///
/// Blobs never change, so that nothing here is ever out of date; whether somebody may have one is asked
/// elsewhere.
final class BlobMemory: Sendable {
    private let capacity: Int
    private let state = Mutex(State())

    private struct State {
        var entries: [Digest: (buffer: ByteBuffer, used: UInt64)] = [:]
        var size = 0
        var clock: UInt64 = 0
    }

    /// - Parameter capacity: how many bytes there may be in all.
    init(capacity: Int = 64 << 20) { self.capacity = capacity }

    subscript(digest: Digest) -> ByteBuffer? {
        get {
            state.withLock { state in
                state.clock += 1
                state.entries[digest]?.used = state.clock
                return state.entries[digest]?.buffer
            }
        }
        set {
            guard let newValue, newValue.readableBytes <= capacity / 4 else { return }
            state.withLock { state in
                state.clock += 1
                let old = state.entries.updateValue((newValue, state.clock), forKey: digest)
                state.size += newValue.readableBytes - (old?.buffer.readableBytes ?? 0)
                if state.size > capacity { Self.makeRoom(&state, for: capacity) }
            }
        }
    }

    /// Takes away the older half at once, so that not each new one has to look through all.
    private static func makeRoom(_ state: inout State, for capacity: Int) {
        for (digest, entry) in state.entries.sorted(by: { $0.value.used < $1.value.used }) {
            guard state.size > capacity / 2 else { return }
            state.entries[digest] = nil
            state.size -= entry.buffer.readableBytes
        }
    }
}
