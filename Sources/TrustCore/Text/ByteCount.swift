// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

/// A number of bytes, as people read it.
public struct ByteCount: CustomStringConvertible, Sendable {
    /// The number.
    public let bytes: UInt64

    /// Of a number.
    public init(_ bytes: UInt64) { self.bytes = bytes }

    /// Such as `1.5 MiB`.
    public var description: String {
        let units: [(UInt64, String)] = [(1 << 30, "GiB"), (1 << 20, "MiB"), (1 << 10, "KiB")]
        for (size, unit) in units where bytes >= size {
            let tenths = bytes / (size / 10)
            return "\(tenths / 10).\(tenths % 10) \(unit)"
        }
        return "\(bytes) B"
    }
}
