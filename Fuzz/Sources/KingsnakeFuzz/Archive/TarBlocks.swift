// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

/// Writes tar data (POSIX.1-1988), with names as they come.
enum TarBlocks {
    private static let length = 512

    /// A regular file.
    static func file(_ name: String, _ content: [UInt8]) -> [UInt8] {
        entry(UInt8(ascii: "f"), Array(name.utf8), content)
    }

    /// An entry of a kind: `f`ile, `d`irectory, `s`ymbolic or `h`ard link, extended headers `x`, `g`, `L`, `K`; any other
    /// is the type itself.
    static func entry(_ kind: UInt8, _ name: [UInt8], _ rest: [UInt8]) -> [UInt8] {
        switch kind {
        case UInt8(ascii: "f"): named(UInt8(ascii: "0"), name, [], rest)
        case UInt8(ascii: "d"): named(UInt8(ascii: "5"), name, [], [])
        case UInt8(ascii: "s"): named(UInt8(ascii: "2"), name, rest, [])
        case UInt8(ascii: "h"): named(UInt8(ascii: "1"), name, rest, [])
        default: block(kind, name, [], rest)
        }
    }

    /// An entry, after headers for a name or target that does not fit.
    private static func named(_ type: UInt8, _ name: [UInt8], _ link: [UInt8], _ content: [UInt8]) -> [UInt8]
    {
        var out: [UInt8] = []
        if name.count > 100 { out += block(UInt8(ascii: "L"), [], [], name) }
        if link.count > 100 { out += block(UInt8(ascii: "K"), [], [], link) }
        return out + block(type, name, link, content)
    }

    private static func block(_ type: UInt8, _ name: [UInt8], _ link: [UInt8], _ content: [UInt8]) -> [UInt8]
    {
        var header = [UInt8](repeating: 0, count: length)
        func put(_ bytes: some Collection<UInt8>, at start: Int, _ maximum: Int) {
            for (offset, byte) in bytes.prefix(maximum).enumerated() { header[start + offset] = byte }
        }
        put(name, at: 0, 100)
        put("0000644".utf8, at: 100, 7)
        put(octal(content.count, 11).utf8, at: 124, 11)
        header[156] = type
        put(link, at: 157, 100)
        put("ustar".utf8, at: 257, 5)
        put("00".utf8, at: 263, 2)
        sum(&header, 0)
        return header + content + [UInt8](repeating: 0, count: (length - content.count % length) % length)
    }

    private static func octal(_ number: Int, _ width: Int) -> String {
        let digits = String(number, radix: 8)
        return String(repeating: "0", count: max(0, width - digits.count)) + digits
    }

    /// Puts the checksum of a header right.
    private static func sum(_ bytes: inout [UInt8], _ start: Int) {
        for at in 148..<156 { bytes[start + at] = 0x20 }
        let sum = bytes[start..<start + length].reduce(0) { $0 + Int($1) }
        for (offset, digit) in octal(sum, 6).utf8.enumerated() { bytes[start + 148 + offset] = digit }
        bytes[start + 154] = 0
    }

    /// Puts the checksums of all headers right, from one to the next by the sizes in them.
    static func correctChecksums(_ bytes: inout [UInt8]) {
        var start = 0
        while start + length <= bytes.count {
            guard bytes[start..<start + length].contains(where: { $0 != 0 }) else { return }
            sum(&bytes, start)
            let digits = bytes[(start + 124)..<(start + 136)].prefix { (0x30...0x37).contains($0) }
            let size = digits.reduce(0) { $0 << 3 | Int($1 - 0x30) }
            guard size < bytes.count else { return }
            start += length + (size + length - 1) / length * length
        }
    }
}
