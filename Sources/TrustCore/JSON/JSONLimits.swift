// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

/// How much a JSON text may ask of its reader.
public struct JSONLimits: Sendable {
    /// The longest text, in bytes.
    public var bytes: Int
    /// The deepest nesting of arrays and objects.
    public var depth: Int
    /// The most values, those inside others included: two bytes of text can ask for a hundred of memory.
    public var values: Int

    /// Makes limits.
    public init(bytes: Int = 64 << 20, depth: Int = 64, values: Int = 8_000_000) {
        self.bytes = bytes
        self.depth = depth
        self.values = values
    }

    /// For text that was read before, by limits of its own: reading it again must not fail by others.
    package static let readBefore = JSONLimits(bytes: .max, depth: .max, values: .max)
}
