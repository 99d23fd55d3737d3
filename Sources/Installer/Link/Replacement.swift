// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif

/// Putting the real prefix in the place of the one a package was built with.
enum Replacement {
    /// Every occurrence replaced; the length changes. It stops once the result is longer than allowed, with a
    /// result that is: a short placeholder in a long file could fill the memory.
    static func text(
        _ bytes: [UInt8],
        _ placeholder: [UInt8],
        _ prefix: [UInt8],
        atMost limit: Int = .max
    ) -> [UInt8] {
        var result: [UInt8] = []
        result.reserveCapacity(bytes.count)
        var start = 0
        while let at = find(placeholder, in: bytes, from: start, to: bytes.count) {
            result += bytes[start..<at]
            result += prefix
            start = at + placeholder.count
            if result.count > limit { return result }
        }
        if start == 0 { return bytes }
        result += bytes[start...]
        return result
    }

    /// A text file: as ``text(_:_:_:)``, and the first line of a script stays one that the kernel can read.
    static func script(
        _ bytes: [UInt8],
        _ placeholder: [UInt8],
        _ prefix: [UInt8],
        atMost limit: Int = .max
    ) -> [UInt8] {
        guard bytes.starts(with: "#!".utf8) else { return text(bytes, placeholder, prefix, atMost: limit) }
        let end = bytes.firstIndex(of: 0x0A) ?? bytes.count
        let first = Shebang.replaced(Array(bytes[..<end]), placeholder, prefix)
        return first + text(Array(bytes[end...]), placeholder, prefix, atMost: limit)
    }

    /// A binary: within each C string that holds the placeholder every occurrence is replaced, and the string
    /// is padded with NUL to its old length, so that nothing after it moves. The end of the file ends a
    /// string too.
    ///
    /// - Returns: nil if the prefix is longer than the placeholder and there is something to replace.
    static func binary(_ bytes: [UInt8], _ placeholder: [UInt8], _ prefix: [UInt8]) -> [UInt8]? {
        var result = bytes
        var from = 0
        while let at = find(placeholder, in: bytes, from: from, to: bytes.count) {
            guard prefix.count <= placeholder.count else { return nil }
            let end = bytes[at...].firstIndex(of: 0) ?? bytes.count
            let string = text(Array(bytes[at..<end]), placeholder, prefix)
            let padded = string + repeatElement(0, count: end - at - string.count)
            result.replaceSubrange(at..<end, with: padded)
            from = end
        }
        return result
    }

    /// The first occurrence in a range.
    private static func find(_ needle: [UInt8], in bytes: [UInt8], from: Int, to end: Int) -> Int? {
        guard !needle.isEmpty, from < end else { return nil }
        return bytes.withUnsafeBytes { bytes in
            needle.withUnsafeBytes { needle in
                guard let base = bytes.baseAddress, let wanted = needle.baseAddress else { return nil }
                var at = from
                while end - at >= needle.count {
                    // The first byte is looked for in all places where the whole could still begin.
                    let length = end - at - needle.count + 1
                    guard let found = memchr(base + at, Int32(needle[0]), length) else { return nil }
                    at = base.distance(to: UnsafeRawPointer(found))
                    if memcmp(base + at, wanted, needle.count) == 0 { return at }
                    at += 1
                }
                return nil
            }
        }
    }
}
