// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

import Foundation
import TestSupport
import Testing
import TrustCore

@testable import SigningKeys

/// For each code, the smallest input that breaks its rule.
@Suite("Every key refusal is provoked")
struct KeyCodeCoverageTests {
    static let provocations: [KeyCode: @Sendable () throws -> Void] = [
        .unknownType: { _ = try tufKey("ed448", "ed25519", "") },
        .unknownScheme: { _ = try tufKey("ed25519", "ed448", "") },
        .schemeMismatch: { _ = try tufKey("rsa", "ed25519", "") },
        .malformed: { _ = try tufKey("ed25519", "ed25519", "") },
        .tooWeak: { _ = try tufKey("ed25519", "ed25519", String(repeating: "0", count: 64)) },
        .tooLarge: {
            _ = try tufKey(
                "rsa",
                "rsassa-pss-sha256",
                String(repeating: "-", count: PEMBlock.maximumLength + 1)
            )
        },
        .pairMismatch: {
            var random = SystemRandomNumberGenerator()
            let (a, b) = (try PrivateKey.generate(.ed25519), try PrivateKey.generate(.ed25519))
            let file = try KeyFileFormat.write(a, .unsafelyUnencrypted, using: &random)
            _ = try KeyFileFormat.read(replacing(file, Hex.encode(a.pkcs8), Hex.encode(b.pkcs8)))
        },
        .filePermissions: {
            let folder = try TemporaryFolder()
            let path = try folder.write([], to: "key")
            try FileManager.default.setAttributes([.posixPermissions: 0o640], ofItemAtPath: path)
            _ = try KeyFile.read(path)
        },
        .fileFormat: { _ = try KeyFileFormat.read([]) },
        .foreignEncryption: { _ = try PrivateKey(pem: Array(KeyVector.p256["encryptedPKCS8"].utf8)) },
        .kdfParameters: { _ = try KeyFileFormat.read(sealedFile(.generate(.ed25519))) },
        .wrongPassphrase: {
            let locked = try KeyFileFormat.read(sealedFile(.generate(.ed25519), "a"), weakest: cheap)
            _ = try locked.unlock { try Passphrase("b") }
        },
        .signatureMissing: { try check([], threshold: 1) },
        .thresholdInvalid: { try check([], threshold: 0) },
        .thresholdNotMet: { try check([Signature(keyID: "a", bytes: [])], threshold: 1) },
        .duplicateKeyID: {
            let signature = Signature(keyID: "a", bytes: [])
            try check([signature, signature], threshold: 1)
        },
        .ambiguousKeyID: {
            let keys = [KeyVector.ed25519, .p256].map { (keyID: "a", key: $0) }
            try check([], keys: keys.map { ($0.keyID, try $0.key.publicKey()) }, threshold: 1)
        },
    ]

    private static func check(
        _ signatures: [Signature],
        keys: [(keyID: String, key: PublicKey)] = [],
        threshold: Int
    ) throws {
        try Threshold.check(signatures, over: [], keys: keys, threshold: threshold, subject: "test")
    }

    @Test("Each code has an input that provokes exactly it", arguments: KeyCode.allCases)
    func provoked(code: KeyCode) throws {
        let provocation = try #require(Self.provocations[code])
        #expect(refusalCode { try provocation() } == code.rawValue)
    }

    @Test("Each code says what it means", arguments: KeyCode.allCases)
    func entries(code: KeyCode) {
        let entry = code.entry
        #expect(!entry.summary.isEmpty && !entry.summary.hasSuffix("."))
        #expect(entry.explanation.hasSuffix("."))
        #expect(!entry.remedy.isEmpty && !entry.remedy.hasSuffix("."))
    }
}
