// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

import TestSupport
import Testing
import TrustCore

@testable import CondaFormats

@Suite("Every compression code")
struct CompressionCodeCoverageTests {
    /// A frame without a checksum whose header asks for a window of 2^30 bytes.
    private static let hugeWindow: [UInt8] = [0x28, 0xB5, 0x2F, 0xFD, 0x00, 20 << 3, 0x01, 0x00, 0x00]

    private static let provocations: [CompressionCode: @Sendable () throws -> Void] = [
        .corrupt: { _ = try Zstd.decompress([1, 2, 3, 4, 5], maximumLength: 9) },
        .truncated: { _ = try Zstd.decompress([], maximumLength: 9) },
        .trailingData: { _ = try Bzip2.decompress(CompressionTests.bzip2 + [0], maximumLength: 9) },
        .tooLarge: { _ = try Bzip2.decompress(CompressionTests.bzip2, maximumLength: 8) },
        .window: { _ = try Zstd.decompress(hugeWindow, maximumLength: 9) },
    ]

    @Test(
        "The smallest input that breaks a rule is refused with that rule's code",
        arguments: CompressionCode.allCases
    )
    func provoked(code: CompressionCode) throws {
        let provocation = try #require(Self.provocations[code])
        #expect(refusalCode { try provocation() } == code.rawValue)
    }
}
