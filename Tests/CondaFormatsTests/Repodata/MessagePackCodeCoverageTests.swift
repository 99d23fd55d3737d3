// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

import TestSupport
import Testing
import TrustCore

@testable import CondaFormats

@Suite("Every MessagePack code")
struct MessagePackCodeCoverageTests {
    private static func read(_ bytes: [UInt8], _ limits: MessagePackLimits = MessagePackLimits()) throws {
        _ = try MessagePackReader.read(bytes, of: "data", limits: limits)
    }

    private static let provocations: [MessagePackCode: @Sendable () throws -> Void] = [
        .truncated: { try read([0xA1]) },
        .trailingData: { try read([0xC0, 0xC0]) },
        .encoding: { try read([0xA1, 0x80]) },
        .duplicateKey: { try read([0x82, 0xA0, 0xC0, 0xA0, 0xC0]) },
        .keyType: { try read([0x81, 0x01, 0xC0]) },
        .tooDeep: { try read([UInt8](repeating: 0x91, count: 33) + [0xC0]) },
        .tooManyValues: { try read([0x92, 0xC0, 0xC0], MessagePackLimits(values: 2)) },
        .unknownType: { try read([0xC1]) },
    ]

    @Test(
        "The smallest input that breaks a rule is refused with that rule's code",
        arguments: MessagePackCode.allCases
    )
    func provoked(code: MessagePackCode) throws {
        let provocation = try #require(Self.provocations[code])
        #expect(refusalCode { try provocation() } == code.rawValue)
    }

    @Test(
        "Extension types are refused in every width",
        arguments: [0xC7, 0xC8, 0xC9, 0xD4, 0xD5, 0xD6, 0xD7, 0xD8] as [UInt8]
    )
    func extensions(mark: UInt8) {
        #expect(refusalCode { try Self.read([mark, 0, 0, 0, 0, 0]) } == "msgpack.unknown-type")
    }

    @Test("Exactly the limits are allowed, and the length is checked first")
    func limits() throws {
        try Self.read([UInt8](repeating: 0x91, count: 32) + [0xC0])
        try Self.read([0x92, 0xC0, 0xC0], MessagePackLimits(values: 3))
        #expect(
            refusalCode { try Self.read([0xC1, 0xC1], MessagePackLimits(bytes: 1)) } == "limit.too-large"
        )
    }
}
