// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

import TestSupport
import Testing
import TrustCore

@testable import CondaFormats

@Suite("MessagePack")
struct MessagePackTests {
    private static func read(_ bytes: [UInt8]) throws -> MessagePackValue {
        try MessagePackReader.read(bytes, of: "data")
    }

    @Test(
        "The examples of the specification are read, and written in their shortest form",
        arguments: [
            ([0xC0], .null), ([0xC2], .bool(false)), ([0xC3], .bool(true)), ([0x00], .integer(0)),
            ([0x7F], .integer(127)),
            ([0xFF], .integer(-1)), ([0xE0], .integer(-32)), ([0xCC, 0x80], .integer(128)),
            ([0xCC, 0xFF], .integer(255)),
            ([0xCD, 0x01, 0x00], .integer(256)), ([0xCE, 0x00, 0x01, 0x00, 0x00], .integer(65_536)),
            ([0xCF, 0, 0, 0, 1, 0, 0, 0, 0], .integer(1 << 32)), ([0xD0, 0xDF], .integer(-33)),
            ([0xD0, 0x80], .integer(-128)),
            ([0xD1, 0xFF, 0x7F], .integer(-129)), ([0xD1, 0x80, 0x00], .integer(-32_768)),
            ([0xD2, 0xFF, 0xFF, 0x7F, 0xFF], .integer(-32_769)),
            ([0xD3, 0x80, 0, 0, 0, 0, 0, 0, 0], .integer(.min)),
            ([0xCF, 0x7F, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF], .integer(.max)),
            ([0xCF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF], .unsigned(.max)),
            ([0xCB, 0x3F, 0xF8, 0, 0, 0, 0, 0, 0], .double(1.5)), ([0xA0], .string("")),
            ([0xA1, 0x61], .string("a")),
            ([0xC4, 0x00], .binary([])), ([0xC4, 0x02, 0x01, 0xFF], .binary([1, 255])), ([0x90], .array([])),
            ([0x92, 0x01, 0xC0], .array([.integer(1), .null])), ([0x80], .map(MessagePackMap())),
        ] as [([UInt8], MessagePackValue)]
    )
    func examples(bytes: [UInt8], value: MessagePackValue) throws {
        #expect(try Self.read(bytes) == value)
        #expect(MessagePackWriter.encode(value) == bytes)
    }

    @Test(
        "Longer forms than needed are read",
        arguments: [
            ([0xCD, 0x00, 0x01], .integer(1)), ([0xD3, 0, 0, 0, 0, 0, 0, 0, 1], .integer(1)),
            ([0xCA, 0x3F, 0xC0, 0, 0], .double(1.5)), ([0xD9, 0x01, 0x61], .string("a")),
            ([0xDB, 0, 0, 0, 1, 0x61], .string("a")), ([0xDC, 0, 1, 0xC0], .array([.null])),
            ([0xDD, 0, 0, 0, 1, 0xC0], .array([.null])), ([0xC6, 0, 0, 0, 1, 7], .binary([7])),
        ] as [([UInt8], MessagePackValue)]
    )
    func longer(bytes: [UInt8], value: MessagePackValue) throws {
        #expect(try Self.read(bytes) == value)
    }

    @Test(
        "Lengths around every boundary survive the round trip",
        arguments: [0, 15, 16, 31, 32, 255, 256, 65_535, 65_536]
    )
    func boundaries(length: Int) throws {
        var map = MessagePackMap()
        for at in 0..<min(length, 70_000) { map.insert("\(at)", .integer(Int64(at))) }
        for value: MessagePackValue in [
            .string(String(repeating: "x", count: length)), .binary([UInt8](repeating: 1, count: length)),
            .array([MessagePackValue](repeating: .null, count: length)), .map(map),
        ] {
            #expect(try Self.read(MessagePackWriter.encode(value)) == value)
        }
    }

    @Test(
        "A length that is not backed by bytes allocates nothing",
        arguments: [
            [0xDB, 0xFF, 0xFF, 0xFF, 0xFF], [0xC6, 0xFF, 0xFF, 0xFF, 0xFF], [0xDD, 0xFF, 0xFF, 0xFF, 0xFF],
            [0xDF, 0xFF, 0xFF, 0xFF, 0xFF], [0xDF, 0, 0, 0, 2, 0xA0, 0xC0], [0xA1], [0x91], [0x81, 0xA0],
            [0xCF, 1], [],
        ] as [[UInt8]]
    )
    func lengths(bytes: [UInt8]) {
        #expect(refusalCode { try Self.read(bytes) } == "msgpack.truncated")
    }

    @Test("Random bytes never trap, and what is read is written and read again")
    func random() throws {
        var generator = SeededGenerator(seed: 3)
        for _ in 0..<5_000 {
            let bytes = (0..<Int.random(in: 0..<40, using: &generator)).map { _ in
                UInt8.random(in: 0...255, using: &generator)
            }
            guard let value = try? Self.read(bytes) else { continue }
            #expect(try Self.read(MessagePackWriter.encode(value)) == value || "\(value)".contains("nan"))
        }
    }
}
