// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

/// Writes tar archives, correct ones and hostile ones: nothing is checked, and every field can be set.
public struct TarWriter: Sendable {
    /// The kinds of entries, by their flag.
    public enum Kind: UInt8, Sendable {
        case file = 0x30
        case hardLink = 0x31
        case symbolicLink = 0x32
        case characterDevice = 0x33
        case blockDevice = 0x34
        case directory = 0x35
        case pipe = 0x36
        case contiguous = 0x37
        case paxEntry = 0x78
        case paxGlobal = 0x67
        case gnuLongName = 0x4C
        case gnuLongLink = 0x4B
        case gnuSparse = 0x53
    }

    /// The archive so far, without its end.
    public private(set) var bytes: [UInt8] = []

    /// An empty archive.
    public init() {}

    /// Adds an entry. A name that does not fit the header gets a pax header in front.
    ///
    /// - Parameter edit: changes the 512 bytes of the header before its checksum is put in.
    public mutating func add(
        _ kind: Kind,
        _ name: [UInt8],
        content: [UInt8] = [],
        link: [UInt8] = [],
        mode: UInt16 = 0o644,
        statedSize: Int? = nil,
        checksumOffset: Int = 0,
        edit: (inout [UInt8]) -> Void = { _ in }
    ) {
        if name.count > 100 { pax("path", name) }
        if link.count > 100 { pax("linkpath", link) }
        header(kind, name, link, mode, statedSize ?? content.count, checksumOffset, edit)
        bytes += content
        bytes += repeatElement(0, count: (512 - content.count % 512) % 512)
    }

    /// Adds an entry with a name in UTF-8.
    public mutating func add(
        _ kind: Kind,
        _ name: String,
        content: [UInt8] = [],
        link: String = "",
        mode: UInt16 = 0o644
    ) {
        add(kind, Array(name.utf8), content: content, link: Array(link.utf8), mode: mode)
    }

    /// Adds a pax header of one record for the next entry.
    public mutating func pax(_ key: String, _ value: [UInt8], kind: Kind = .paxEntry) {
        let body = Array(" \(key)=".utf8) + value + [0x0A]
        var length = body.count + 1
        while body.count + String(length).utf8.count != length {
            length = body.count + String(length).utf8.count
        }
        add(kind, Array("PaxHeader".utf8), content: Array(String(length).utf8) + body)
    }

    /// Adds bytes as they are.
    public mutating func addRaw(_ raw: [UInt8]) { bytes += raw }

    /// The archive with its end.
    public func finished() -> [UInt8] { bytes + [UInt8](repeating: 0, count: 1024) }

    private mutating func header(
        _ kind: Kind,
        _ name: [UInt8],
        _ link: [UInt8],
        _ mode: UInt16,
        _ size: Int,
        _ checksumOffset: Int,
        _ edit: (inout [UInt8]) -> Void
    ) {
        var block = [UInt8](repeating: 0, count: 512)
        func put(_ bytes: [UInt8], at offset: Int, most: Int) {
            for (at, byte) in bytes.prefix(most).enumerated() { block[offset + at] = byte }
        }
        put(name, at: 0, most: 100)
        put(octal(Int(mode), 7), at: 100, most: 8)
        put(octal(0, 7), at: 108, most: 8)
        put(octal(0, 7), at: 116, most: 8)
        put(octal(size, 11), at: 124, most: 12)
        put(octal(0, 11), at: 136, most: 12)
        block[156] = kind.rawValue
        put(link, at: 157, most: 100)
        put(Array("ustar".utf8) + [0, 0x30, 0x30], at: 257, most: 8)
        edit(&block)
        put([UInt8](repeating: 0x20, count: 8), at: 148, most: 8)
        let sum = block.reduce(0) { $0 + Int($1) } + checksumOffset
        put(octal(sum, 6) + [0, 0x20], at: 148, most: 8)
        bytes += block
    }

    private func octal(_ number: Int, _ width: Int) -> [UInt8] {
        let text = String(number, radix: 8)
        return Array((String(repeating: "0", count: max(0, width - text.count)) + text).utf8)
    }
}
