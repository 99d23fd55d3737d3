// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

import Foundation
import TestSupport
import Testing
import TrustCore

@testable import SigningKeys

/// Cheap derivation, so that tests are fast; real files refuse it.
let cheap = ScryptParameters(rounds: 16)

/// A key file with a passphrase, in memory.
func sealedFile(_ key: PrivateKey, _ passphrase: String = "secret") throws -> [UInt8] {
    var random = SystemRandomNumberGenerator()
    return try KeyFileFormat.write(
        key,
        .passphrase(Passphrase(passphrase)),
        parameters: cheap,
        using: &random
    )
}

/// The same file with one piece of text replaced.
func replacing(_ bytes: [UInt8], _ old: String, _ new: String) -> [UInt8] {
    let text = String(decoding: bytes, as: UTF8.self)
    precondition(text.contains(old))
    return Array(text.replacing(old, with: new).utf8)
}

@Suite("Private key files")
struct KeyFileTests {
    @Test("An encrypted key comes back with its passphrase", arguments: KeyVector.all)
    func roundTrip(vector: KeyVector) throws {
        let key = try vector.privateKey()
        let locked = try KeyFileFormat.read(sealedFile(key), weakest: cheap)
        #expect(locked.isEncrypted)
        #expect(locked.unverifiedPublicKey == key.publicKey)
        let opened = try locked.unlock { try Passphrase("secret") }
        #expect(opened.pkcs8 == key.pkcs8)
    }

    @Test("The encrypted file holds no trace of the private key")
    func noTrace() throws {
        let key = try PrivateKey.generate(.ed25519)
        let text = String(decoding: try sealedFile(key), as: UTF8.self)
        #expect(!text.contains(Hex.encode(key.pkcs8.suffix(32))))
        #expect(text.contains("\"protection\": \"passphrase\""))
        #expect(try sealedFile(key) != sealedFile(key))
    }

    @Test("Unencrypted files are marked, and need no passphrase")
    func unencrypted() throws {
        let key = try PrivateKey.generate(.ed25519)
        var random = SystemRandomNumberGenerator()
        let bytes = try KeyFileFormat.write(key, .unsafelyUnencrypted, using: &random)
        #expect(String(decoding: bytes, as: UTF8.self).contains("\"protection\": \"none\""))
        let locked = try KeyFileFormat.read(bytes)
        #expect(!locked.isEncrypted)
        let opened = try locked.unlock {
            Issue.record("asked for a passphrase")
            return nil
        }
        #expect(opened.pkcs8 == key.pkcs8)
    }

    @Test("A wrong passphrase is refused", arguments: ["Secret", "secret ", "x"])
    func wrongPassphrase(text: String) throws {
        let locked = try KeyFileFormat.read(sealedFile(.generate(.ed25519)), weakest: cheap)
        #expect(refusalCode { try locked.unlock { try Passphrase(text) } } == "key.wrong-passphrase")
    }

    @Test("An encrypted file without a passphrase is a failure, not a refusal")
    func noPassphrase() throws {
        let locked = try KeyFileFormat.read(sealedFile(.generate(.ed25519)), weakest: cheap)
        #expect(throws: Failure.self) { try locked.unlock { nil } }
    }

    @Test("An empty or endless passphrase is a failure")
    func badPassphrases() {
        #expect(throws: Failure.self) { try Passphrase("") }
        #expect(throws: Failure.self) { try Passphrase(String(repeating: "x", count: 1025)) }
    }

    @Test("Every altered byte of an encrypted file is noticed")
    func alteredBytes() throws {
        let file = try sealedFile(.generate(.ed25519))
        let passphrase = try Passphrase("secret")
        var random = SplitMix(seed: 7)
        for at in file.indices {
            var altered = file
            altered[at] = UInt8.random(in: 0x20...0x7E, using: &random)
            guard let before = try? JSONReader.read(file, of: "before"), altered != file else { continue }
            // Upper-case digits mean the same, as does other white space: that is no alteration.
            let after = try? JSONReader.read(altered, of: "after")
            if after == before || isCaseChange(file[at], altered[at]) { continue }
            let code = refusalCode {
                try KeyFileFormat.read(altered, weakest: cheap).unlock { passphrase }
            }
            #expect(code?.hasPrefix("key.") == true, "byte \(at): \(code ?? "accepted")")
        }
    }

    private func isCaseChange(_ a: UInt8, _ b: UInt8) -> Bool { a ^ b == 0x20 }

    static let refused: [(name: String, old: String, new: String, code: String)] = [
        ("another format", "kingsnake-private-key", "other", "key.file-format"),
        ("a later version", "\"version\": 1", "\"version\": 2", "key.file-format"),
        ("no version", "\"version\": 1,", "", "key.file-format"),
        ("another member", "\"version\": 1,", "\"version\": 1, \"x\": 1,", "key.file-format"),
        ("a member twice", "\"version\": 1,", "\"version\": 1, \"version\": 1,", "key.file-format"),
        (
            "another protection", "\"protection\": \"passphrase\"", "\"protection\": \"rot13\"",
            "key.file-format"
        ),
        (
            "protection taken away", "\"protection\": \"passphrase\"", "\"protection\": \"none\"",
            "key.file-format"
        ),
        ("another derivation", "\"name\": \"scrypt\"", "\"name\": \"md5\"", "key.file-format"),
        ("another cipher", "chacha20-poly1305", "none", "key.file-format"),
        (
            "another scheme", "\"scheme\": \"ed25519\"", "\"scheme\": \"rsassa-pss-sha256\"",
            "key.scheme-mismatch"
        ),
        ("N zero", "\"n\": 16", "\"n\": 0", "key.kdf-parameters"),
        ("N negative", "\"n\": 16", "\"n\": -16", "key.kdf-parameters"),
        ("N no power of two", "\"n\": 16", "\"n\": 17", "key.kdf-parameters"),
        ("N too cheap", "\"n\": 16", "\"n\": 8", "key.kdf-parameters"),
        ("N too costly", "\"n\": 16", "\"n\": 2097152", "key.kdf-parameters"),
        ("N enormous", "\"n\": 16", "\"n\": 4611686018427387904", "key.kdf-parameters"),
        ("N beyond 64 bits", "\"n\": 16", "\"n\": 18446744073709551616", "key.file-format"),
        ("r of 16", "\"r\": 8", "\"r\": 16", "key.kdf-parameters"),
        ("p of zero", "\"p\": 1", "\"p\": 0", "key.kdf-parameters"),
        ("p of 5", "\"p\": 1", "\"p\": 5", "key.kdf-parameters"),
        ("a salt that is none", "\"salt\": \"", "\"salt\": \"xy", "key.file-format"),
        ("a short nonce", "\"nonce\": \"", "\"nonce\": \"\", \"y\": \"", "key.file-format"),
        ("a key that is no hexadecimal text", "\"private\": \"", "\"private\": \"x", "key.file-format"),
    ]

    @Test("A file that is not quite right is refused for its reason", arguments: refused)
    func refusedFiles(name: String, old: String, new: String, code: String) throws {
        let file = replacing(try sealedFile(.generate(.ed25519)), old, new)
        #expect(refusalCode { try KeyFileFormat.read(file, weakest: cheap) } == code)
    }

    @Test("The derivation of a test is too cheap for a real file")
    func tooCheap() throws {
        let file = try sealedFile(.generate(.ed25519))
        #expect(refusalCode { try KeyFileFormat.read(file) } == "key.kdf-parameters")
    }

    @Test(
        "Bytes that are no key file are refused",
        arguments: ["", "{}", "[]", "null", "-----BEGIN", "\u{0}"]
    )
    func noKeyFile(text: String) {
        let code = refusalCode { try KeyFileFormat.read(Array(text.utf8)) }
        #expect(code == "key.file-format" || code == "key.malformed")
    }

    @Test("An unencrypted file whose halves do not belong together is refused")
    func mixedUp() throws {
        let (a, b) = (try PrivateKey.generate(.ed25519), try PrivateKey.generate(.ed25519))
        var random = SystemRandomNumberGenerator()
        let file = try KeyFileFormat.write(a, .unsafelyUnencrypted, using: &random)
        let mixed = replacing(file, Hex.encode(a.pkcs8), Hex.encode(b.pkcs8))
        #expect(refusalCode { try KeyFileFormat.read(mixed) } == "key.pair-mismatch")
    }
}

@Suite("Key files on disk")
struct KeyFileOnDiskTests {
    private let folder: TemporaryFolder
    private var path: String { folder.path + "/root.key" }

    init() throws { folder = try TemporaryFolder() }

    private func mode(_ path: String) throws -> Int {
        let attributes = try FileManager.default.attributesOfItem(atPath: path)
        return (attributes[.posixPermissions] as? Int) ?? -1
    }

    private func setMode(_ mode: Int, _ path: String) throws {
        try FileManager.default.setAttributes([.posixPermissions: mode], ofItemAtPath: path)
    }

    @Test("A real key file is written with mode 0600 and standard cost, and read back")
    func standard() throws {
        let key = try PrivateKey.generate(.ed25519)
        try KeyFile.write(key, to: path, protection: .passphrase(Passphrase("secret")))
        #expect(try mode(path) == 0o600)
        #expect(String(decoding: try folder.read("root.key"), as: UTF8.self).contains("\"n\": 131072"))
        let opened = try KeyFile.read(path).unlock { try Passphrase("secret") }
        #expect(opened.publicKey == key.publicKey)
        #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path) == ["root.key"])
    }

    @Test(
        "A file that others can get at is refused before it is read",
        arguments: [0o640, 0o604, 0o660, 0o610, 0o601]
    )
    func permissions(mode: Int) throws {
        try KeyFile.write(.generate(.ed25519), to: path, protection: .unsafelyUnencrypted)
        try setMode(mode, path)
        #expect(refusalCode { try KeyFile.read(path) } == "key.file-permissions")
        try setMode(0o400, path)
        #expect(refusalCode { try KeyFile.read(path) } == nil)
    }

    @Test("A key file never replaces another file, and leaves nothing behind when it cannot be written")
    func noReplacing() throws {
        try folder.write([1, 2, 3], to: "root.key")
        #expect(throws: Failure.self) {
            try KeyFile.write(.generate(.ed25519), to: path, protection: .unsafelyUnencrypted)
        }
        #expect(throws: Failure.self) { try DiskFile.create(path, [4], mode: 0o600) }
        #expect(try folder.read("root.key") == [1, 2, 3])
        #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path) == ["root.key"])
        #expect(throws: Failure.self) {
            try KeyFile.write(
                .generate(.ed25519),
                to: folder.path + "/none/root.key",
                protection: .unsafelyUnencrypted
            )
        }
    }

    @Test("Without hard links, a key file still never replaces another one")
    func withoutHardLinks() throws {
        let temporary = try folder.write([1], to: "temporary")
        try DiskFile.replaceReservation(temporary, as: path)
        #expect(try folder.read("root.key") == [1])
        try folder.write([2], to: "temporary")
        #expect(throws: Failure.self) { try DiskFile.replaceReservation(temporary, as: path) }
        #expect(try folder.read("root.key") == [1])
        let missing = folder.path + "/missing"
        #expect(throws: Failure.self) {
            try DiskFile.replaceReservation(missing, as: folder.path + "/new.key")
        }
        #expect(!FileManager.default.fileExists(atPath: folder.path + "/new.key"))
    }

    @Test("A dangling link in place of the new file is not written through")
    func danglingLink() throws {
        try FileManager.default.createSymbolicLink(
            atPath: path,
            withDestinationPath: folder.path + "/elsewhere"
        )
        #expect(throws: Failure.self) {
            try KeyFile.write(.generate(.ed25519), to: path, protection: .unsafelyUnencrypted)
        }
        #expect(throws: Failure.self) { try DiskFile.create(path, [4], mode: 0o600) }
        #expect(!FileManager.default.fileExists(atPath: folder.path + "/elsewhere"))
    }

    @Test("A missing file, a folder and a named pipe are failures, at once")
    func notFiles() throws {
        #expect(throws: Failure.self) { try KeyFile.read(path) }
        #expect(throws: Failure.self) { try KeyFile.read(folder.path) }
        #expect(mkfifo(path, 0o600) == 0)
        #expect(throws: Failure.self) { try KeyFile.read(path) }
    }

    @Test("An endless file is refused")
    func tooLarge() throws {
        try folder.write([UInt8](repeating: 0x20, count: 100_000), to: "root.key")
        try setMode(0o600, path)
        #expect(refusalCode { try KeyFile.read(path) } == "limit.too-large")
    }

    @Test("PEM private keys of other programs are read", arguments: KeyVector.all)
    func pem(vector: KeyVector) throws {
        try folder.write(Array(vector["pkcs8"].utf8), to: "root.key")
        try setMode(0o600, path)
        let key = try KeyFile.read(path).unlock { nil }
        #expect(try key.publicKey == vector.publicKey())
    }

    @Test("Public key files are read as PEM and as TUF's JSON", arguments: KeyVector.all)
    func publicFiles(vector: KeyVector) throws {
        let key = try vector.publicKey()
        try PublicKeyFile.write(key, to: path)
        #expect(try mode(path) == 0o644)
        #expect(try PublicKeyFile.read(path) == key)
        let json = try folder.write(JSONWriter.encode(key.tufKeyObject), to: "key.json")
        #expect(try PublicKeyFile.read(json) == key)
        for bad in ["", "{}", "[1]", "x"] {
            let path = try folder.write(Array(bad.utf8), to: "bad")
            #expect(refusalCode { try PublicKeyFile.read(path) } == "key.file-format")
        }
    }
}
