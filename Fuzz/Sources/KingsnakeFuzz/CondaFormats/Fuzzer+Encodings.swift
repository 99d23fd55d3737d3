// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

import CondaFormats
import TrustCore

extension Fuzzer {
    /// The MessagePack reader; what it reads survives being written.
    static let messagePack = Fuzzer("messagepack") { bytes in
        let limits = MessagePackLimits(bytes: 1 << 20, depth: 32, values: 1 << 16)
        let value = try MessagePackReader.read(bytes, of: "input", limits: limits)
        // Compared as bytes, since one NaN is not equal to another.
        let written = MessagePackWriter.encode(value)
        let again = Finding.ifRefused("what we write is refused") {
            try MessagePackReader.read(written, of: "copy", limits: limits)
        }
        Finding.unlessEqual(MessagePackWriter.encode(again), written, "the written form has two forms")
    }

    /// Compressed data: never more than was allowed, and whole or refused.
    static let compression = Fuzzer("compression") { bytes in
        var parts = InputParts(bytes)
        let kind = parts.byte()
        let maximumLength = Int(parts.byte()) << 10
        switch kind {
        case UInt8(ascii: "b"):
            let content = try Bzip2.decompress(parts.remainder, maximumLength: maximumLength)
            Finding.unless(content.count <= maximumLength, "more was decompressed than allowed")
        case UInt8(ascii: "c"):
            let content = parts.remainder
            let again = try Zstd.decompress(try Zstd.compress(content), maximumLength: content.count)
            Finding.unlessEqual(again, content, "compression is not undone")
        default:
            let content = try Zstd.decompress(parts.remainder, maximumLength: maximumLength)
            Finding.unless(content.count <= maximumLength, "more was decompressed than allowed")
        }
    }
}
