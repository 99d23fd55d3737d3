// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

import Testing

@testable import ChannelServer

@Suite("Ranges of bytes")
struct ByteRangesTests {
    @Test(
        "Each form of a range is understood as RFC 9110 says, of ten bytes",
        arguments: [
            (nil, .whole), ("bytes=0-0", .parts([0..<1])), ("bytes=0-", .parts([0..<10])),
            ("bytes=9-", .parts([9..<10])), ("bytes=-1", .parts([9..<10])), ("bytes=-10", .parts([0..<10])),
            ("bytes=-11", .parts([0..<10])), ("bytes=2-5", .parts([2..<6])),
            ("bytes=2-99999999999999999999999", .parts([2..<10])), ("Bytes=1-2", .parts([1..<3])),
            ("bytes= 1-2 ", .parts([1..<3])), ("bytes=10-", .unsatisfiable), ("bytes=10-20", .unsatisfiable),
            ("bytes=-0", .unsatisfiable), ("bytes=99999999999999999999999-", .unsatisfiable),
            ("bytes=0-1,4-5", .parts([0..<2, 4..<6])), ("bytes=4-5, 0-1", .parts([4..<6, 0..<2])),
            ("bytes=,0-1,,4-5,", .parts([0..<2, 4..<6])), ("bytes=0-1,20-30", .parts([0..<2])),
            ("bytes=0-4,3-6", .parts([0..<7])), ("bytes=5-6,0-1,1-2", .parts([0..<3, 5..<7])),
            ("bytes=0-1,2-3", .parts([0..<4])), ("bytes=20-21,30-", .unsatisfiable),
            ("bytes=5-2", .whole), ("bytes=", .whole), ("bytes=,", .whole), ("bytes=-", .whole),
            ("bytes=a-b", .whole), ("bytes=1-2-3", .whole), ("bytes=+1-2", .whole), ("bytes=1 -2", .whole),
            ("bytes=0x1-2", .whole), ("bytes=0-1,x", .whole), ("items=0-1", .whole), ("0-1", .whole),
            ("bytes 0-1", .whole), ("", .whole), ("=0-1", .whole), ("bytes=１-2", .whole),
            ("bytes=0-1, bytes=2-3", .whole),
        ] as [(String?, ByteRanges)]
    )
    func forms(_ field: String?, _ expected: ByteRanges) {
        #expect(ByteRanges.read(field, length: 10) == expected)
    }

    @Test("Nothing of an empty file can be asked for")
    func empty() {
        for field in ["bytes=0-", "bytes=0-0", "bytes=-1", "bytes=-0"] {
            #expect(ByteRanges.read(field, length: 0) == .unsatisfiable)
        }
    }

    @Test("With more parts than anybody needs the whole is answered")
    func many() {
        let most = (0..<ByteRanges.maximumParts).map { "\($0 * 2)-\($0 * 2)" }
        let field = "bytes=" + most.joined(separator: ",")
        guard case .parts(let parts) = ByteRanges.read(field, length: 1000) else {
            Issue.record("not understood")
            return
        }
        #expect(parts.count == ByteRanges.maximumParts)
        #expect(ByteRanges.read(field + ",900-900", length: 1000) == .whole)
    }

    @Test("At the end of what can be counted nothing overflows")
    func extremes() {
        let length = UInt64.max
        #expect(ByteRanges.read("bytes=-18446744073709551615", length: length) == .parts([0..<length]))
        #expect(
            ByteRanges.read("bytes=0-18446744073709551615", length: length) == .parts([0..<length])
        )
        #expect(ByteRanges.read("bytes=18446744073709551615-", length: length) == .unsatisfiable)
    }
}
