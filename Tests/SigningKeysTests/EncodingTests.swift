// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

import TestSupport
import Testing
import TrustCore

@testable import SigningKeys

@Suite("Strict encodings")
struct EncodingTests {
    /// Signatures that mean `r = 1, s = 1`, or almost, for coordinates of 32 bytes.
    static let ecdsa: [(name: String, hex: String, isRead: Bool)] = [
        ("the shortest form", "3006020101020101", true),
        ("a needed leading zero", "300702020080020101", true),
        ("nothing", "", false),
        ("an empty sequence", "3000", false),
        ("one number", "3003020101", false),
        ("three numbers", "3009020101020101020101", false),
        ("a byte after the end", "300602010102010100", false),
        ("a byte after the numbers", "300702010102010100", false),
        ("a length beyond the end", "3007020101020101", false),
        ("an inner length beyond the end", "3006020101027f01", false),
        ("a length in two bytes where one will do", "308106020101020101", false),
        ("a length with a leading zero", "30820006020101020101", false),
        ("an indefinite length", "30800201010201010000", false),
        ("an enormous length", "3084ffffffff020101020101", false),
        ("a length of 127 bytes", "30ff020101020101", false),
        ("an unneeded leading zero", "30070202000102010101", false),
        ("an unneeded leading zero in a right length", "300702020001020101", false),
        ("a negative number", "3006020181020101", false),
        ("an empty number", "30050200020101", false),
        ("zero", "3006020100020101", false),
        ("a set in place of the sequence", "3106020101020101", false),
        ("a number of 33 bytes", "3026022101" + String(repeating: "00", count: 32) + "020101", false),
        (
            "a number of 32 bytes with its zero",
            "3026022100ff" + String(repeating: "00", count: 31) + "020101", true
        ),
    ]

    @Test("ECDSA signatures are strict DER", arguments: ecdsa)
    func ecdsaSignatures(name: String, hex: String, isRead: Bool) {
        let raw = ECDSASignature.fixedWidth(der: Hex.decode(hex) ?? [], coordinateLength: 32)
        #expect((raw != nil) == isRead)
        if let raw {
            #expect(raw.count == 64)
            #expect(ECDSASignature.der(fixedWidth: raw) == Hex.decode(hex))
        }
    }

    static let base64: [(text: String, bytes: [UInt8]?)] = [
        ("", []), ("AA==", [0]), ("AAA=", [0, 0]), ("AAAA", [0, 0, 0]), ("/+8=", [0xFF, 0xEF]),
        ("AB==", nil), ("AAB=", nil), ("A", nil), ("AA", nil), ("AAA", nil), ("A===", nil), ("====", nil),
        ("AA=A", nil), ("=AAA", nil), ("AA==AAAA", nil), ("AAA-", nil), ("AA A", nil), ("AAA\u{0}", nil),
    ]

    @Test("Base64 has one spelling for each value", arguments: base64)
    func strictBase64(text: String, bytes: [UInt8]?) {
        #expect(Base64.decode(Array(text.utf8)) == bytes)
        if let bytes { #expect(Base64.encode(bytes) == Array(text.utf8)) }
    }

    @Test("Base64 of any length comes back")
    func base64RoundTrip() {
        var random = SplitMix(seed: 3)
        for length in 0..<100 {
            let bytes = (0..<length).map { _ in UInt8.random(in: .min ... .max, using: &random) }
            #expect(Base64.decode(Base64.encode(bytes)) == bytes)
        }
    }

    static let pem: [(name: String, text: String, isRead: Bool)] = [
        ("a block", "-----BEGIN X-----\nAAAA\n-----END X-----\n", true),
        ("no final newline", "-----BEGIN X-----\nAAAA\n-----END X-----", true),
        ("carriage returns", "-----BEGIN X-----\r\nAAAA\r\n-----END X-----\r\n", true),
        ("white space around", "\n \t-----BEGIN X-----\nAAAA\n-----END X-----\n\n ", true),
        ("lines of odd lengths", "-----BEGIN X-----\nA\nAAA\n-----END X-----\n", true),
        ("no body", "-----BEGIN X-----\n-----END X-----\n", false),
        ("an empty line", "-----BEGIN X-----\nAAAA\n\n-----END X-----\n", false),
        ("one line", "-----BEGIN X-----AAAA-----END X-----", false),
        ("no end", "-----BEGIN X-----\nAAAA\n", false),
        ("another end", "-----BEGIN X-----\nAAAA\n-----END Y-----\n", false),
        ("text before", "x\n-----BEGIN X-----\nAAAA\n-----END X-----\n", false),
        ("text after", "-----BEGIN X-----\nAAAA\n-----END X-----\nx", false),
        ("no label", "-----BEGIN -----\nAAAA\n-----END -----\n", false),
        ("a lower-case label", "-----BEGIN x-----\nAAAA\n-----END x-----\n", false),
        ("four dashes", "-----BEGIN X----\nAAAA\n-----END X----\n", false),
        ("space in the body", "-----BEGIN X-----\nAA AA\n-----END X-----\n", false),
        ("only dashes", "-----\n-----\n-----", false),
    ]

    @Test("PEM is exactly one block", arguments: pem)
    func strictPEM(name: String, text: String, isRead: Bool) {
        let code = refusalCode { try PEMBlock.read(Array(text.utf8), "test") }
        #expect(code == (isRead ? nil : "key.malformed"))
    }

    @Test("Lengths of every size are written and read")
    func lengths() {
        for count in [0, 1, 127, 128, 255, 256, 65_535, 65_536] {
            let element = DERWriter.octetString([UInt8](repeating: 1, count: count))
            var reader = DERReader(element)
            #expect(reader.octetString()?.count == count)
            #expect(reader.isAtEnd)
            var short = DERReader(Array(element.dropLast()))
            #expect(short.octetString() == nil || count == 0)
        }
    }

    /// `SubjectPublicKeyInfo`s of RSA that are wrong in one way each.
    static let rsa: [(name: String, modulus: [UInt8], exponent: [UInt8], code: String?)] = {
        let modulus: [UInt8] = [0x80] + Array(repeating: 0x5A, count: 254) + [1]
        let e: [UInt8] = [1, 0, 1]
        return [
            ("as it should be", modulus, e, nil),
            ("an exponent of 3", modulus, [3], nil),
            ("2047 bits", [0x7F] + modulus.dropFirst(), e, "key.too-weak"),
            ("no modulus", [], e, "key.malformed"),
            ("8200 bits", Array(repeating: 0xFF, count: 1025), e, "key.too-large"),
            ("an even modulus", modulus.dropLast() + [2], e, "key.malformed"),
            ("an exponent of 1", modulus, [1], "key.malformed"),
            ("an even exponent", modulus, [4], "key.malformed"),
            ("an exponent of zero", modulus, [], "key.malformed"),
            ("an exponent of 40 bits", modulus, [1, 0, 0, 0, 1], "key.malformed"),
        ]
    }()

    @Test("RSA numbers are within bounds", arguments: rsa)
    func rsaNumbers(name: String, modulus: [UInt8], exponent: [UInt8], code: String?) {
        let numbers = DERWriter.sequence(DERWriter.integer(modulus[...]) + DERWriter.integer(exponent[...]))
        let info = DERWriter.sequence(KeyAlgorithm.rsa.der + DERWriter.bitString(numbers))
        #expect(refusalCode { try PublicKey(subjectPublicKeyInfo: info) } == code)
    }

    @Test("Foreign text loses what could confuse a reader")
    func printable() {
        #expect(Printable.text("abc-123") == "abc-123")
        #expect(Printable.text("a b`\u{1B}\n\u{7F}") == "a?b????")
        #expect(Printable.text("é") == "??")
        #expect(Printable.text("abcdef", limit: 3) == "abc…")
    }
}
