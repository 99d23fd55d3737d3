// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

import SigningKeys
import TestSupport
import Testing
import TrustCore

@testable import ContentTrust

@Suite("OpenPGP packets")
struct OpenPGPPacketTests {
    private static let message = Array("a root".utf8)
    private static let headers = OpenPGPHeaders(createdAt: Timestamp(seconds: 1_795_000_000))

    /// A number as OpenPGP writes it: its length in bits, and no zeros in front.
    private static func integer(_ bytes: some Collection<UInt8>) -> [UInt8] {
        let digits = Array(bytes.drop { $0 == 0 })
        let bits = digits.first.map { digits.count * 8 - $0.leadingZeroBitCount } ?? 0
        return [UInt8(bits >> 8), UInt8(bits & 0xFF)] + digits
    }

    private static func body(_ value: [UInt8], headers: [UInt8] = headers.bytes) -> [UInt8] {
        headers + [0, 10, 9, 16] + [UInt8](repeating: 7, count: 8) + [0xAB, 0xCD] + integer(value.prefix(32))
            + integer(value.suffix(32))
    }

    /// The same body behind each form of a header that can hold it.
    private static func packets(_ body: [UInt8], tag: UInt8 = 2) -> [[UInt8]] {
        let count = UInt8(body.count)
        return [
            [0xC0 | tag, count] + body,
            [0xC0 | tag, 255, 0, 0, 0, count] + body,
            [0x80 | tag << 2, count] + body,
            [0x80 | tag << 2 | 1, 0, count] + body,
            [0x80 | tag << 2 | 2, 0, 0, 0, count] + body,
        ]
    }

    @Test("A signature whose halves begin with zero bytes is padded, and verifies")
    func shortIntegers() throws {
        let key = PrivateKey.fresh
        var found: Set<Int> = []
        // Each half begins with a zero byte in one signature of 256.
        for number in 0..<20_000 where found.count < 2 {
            let message = Self.message + Array("\(number)".utf8)
            let value = try key.sign(Self.headers.digest(of: message))
            let halves = [0, 32].filter { value[$0] == 0 }
            guard !halves.isEmpty, found.isDisjoint(with: halves) else { continue }
            found.formUnion(halves)
            let body = Self.body(value)
            #expect(body.count < Self.headers.bytes.count + 14 + 2 * 34)
            for packet in Self.packets(body) {
                let read = try OpenPGPSignaturePacket(packet)
                #expect(read.value == value && read.headers == Self.headers)
                #expect(key.publicKey.isValid(signature: read.value, for: read.headers.digest(of: message)))
            }
        }
        #expect(found == [0, 32])
    }

    @Test("A half that is all zeros has no bytes at all")
    func emptyInteger() throws {
        let value = [UInt8](repeating: 0, count: 33) + [UInt8](repeating: 1, count: 31)
        #expect(try OpenPGPSignaturePacket(Self.packets(Self.body(value))[0]).value == value)
    }

    @Test("Whatever is cut off, put behind or too long is refused, and never traps")
    func malformed() throws {
        let whole = Self.packets(Self.body([UInt8](1...64)))
        for packet in whole {
            for length in 0..<packet.count {
                #expect(
                    refusalCode { try OpenPGPSignaturePacket(Array(packet.prefix(length))) }
                        == "content-trust.openpgp-packet"
                )
            }
            for behind in [[0], packet] {
                #expect(
                    refusalCode { try OpenPGPSignaturePacket(packet + behind) }
                        == "content-trust.openpgp-packet"
                )
            }
        }
        let long = Self.headers.bytes + [0, 0, 0xAB, 0xCD, 1, 8] + [UInt8](repeating: 1, count: 33)
        for packet in Self.packets(long) {
            #expect(refusalCode { try OpenPGPSignaturePacket(packet) } == "content-trust.openpgp-packet")
        }
    }

    @Test(
        "Packets without a length, in parts, and of other kinds are refused",
        arguments: [
            [0x8B, 1], [0xC2, 224, 1], [0xC6, 1, 4], [0x02, 1, 4], [],
        ] as [[UInt8]]
    )
    func otherPackets(bytes: [UInt8]) {
        #expect(refusalCode { try OpenPGPSignaturePacket(bytes) } == "content-trust.openpgp-packet")
    }

    @Test("A signature by other algorithms, of a text, or of version 3 is refused", arguments: [0, 1, 2, 3])
    func otherAlgorithms(position: Int) {
        var headers = Self.headers.bytes
        headers[position] += 1
        let packet = Self.packets(Self.body([UInt8](1...64), headers: headers))[0]
        #expect(refusalCode { try OpenPGPSignaturePacket(packet) } == "content-trust.openpgp-headers")
    }

    @Test("No change of one byte makes a good signature of another, and none traps")
    func mutations() throws {
        let key = PrivateKey.fresh
        let digest = Self.headers.digest(of: Self.message)
        let packet = Self.packets(Self.body(try key.sign(digest)))[0]
        for position in packet.indices {
            for change in [0x01, 0x80, 0xFF] as [UInt8] {
                var other = packet
                other[position] ^= change
                guard let read = try? OpenPGPSignaturePacket(other), read.headers != Self.headers else {
                    continue
                }
                let digest = read.headers.digest(of: Self.message)
                #expect(!key.publicKey.isValid(signature: read.value, for: digest))
            }
        }
    }

    @Test("A key is found by its fingerprint, among others, as a primary key or a subkey")
    func keys() throws {
        let curve: [UInt8] = [9, 0x2B, 0x06, 0x01, 0x04, 0x01, 0xDA, 0x47, 0x0F, 0x01]
        func body(_ key: PublicKey, algorithm: UInt8 = 22, prefix: UInt8 = 0x40) -> [UInt8] {
            [4, 1, 2, 3, 4, algorithm] + curve
                + Self.integer([prefix] + key.subjectPublicKeyInfo.suffix(32))
        }
        let keys = (0..<3).map { _ in PrivateKey.fresh.publicKey }
        for tag in [6, 14] as [UInt8] {
            let all = keys.flatMap { Self.packets(body($0), tag: tag)[1] }
            for key in keys {
                let fingerprint = GnuPG.fingerprint(ofKeyPacket: body(key))
                #expect(try OpenPGPKey.key(of: fingerprint, in: all) == key)
            }
        }
        let other = body(keys[0], algorithm: 18), point = body(keys[0], prefix: 0x04)
        #expect(
            refusalCode {
                try OpenPGPKey.key(
                    of: GnuPG.fingerprint(ofKeyPacket: other),
                    in: Self.packets(other, tag: 6)[0]
                )
            } == "content-trust.key-type"
        )
        #expect(
            refusalCode {
                try OpenPGPKey.key(
                    of: GnuPG.fingerprint(ofKeyPacket: point),
                    in: Self.packets(point, tag: 6)[0]
                )
            } == "content-trust.openpgp-packet"
        )
        #expect(refusalCode { try OpenPGPKey.key(of: [1], in: []) } == "content-trust.openpgp-packet")
    }
}
