// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

import SigningKeys
import TrustCore

extension Fuzzer {
    /// Public keys: as PEM, DER, TUF's key object, and the value in it.
    static let publicKeys = Fuzzer("public-keys") { bytes in
        let text = String(decoding: bytes, as: UTF8.self)
        var keys: [PublicKey] = []
        func add(_ read: () throws -> PublicKey) throws { try Finding.accepted(read).map { keys.append($0) } }
        try add { try PublicKey(pem: text) }
        try add { try PublicKey(subjectPublicKeyInfo: bytes) }
        try add { try PublicKey(pem: PlainPEM.write("RSA PUBLIC KEY", bytes)) }
        try add { try PublicKey(ed25519: bytes) }
        try add { try PublicKey(tufKeyObject: JSONReader.read(bytes, of: "input")) }
        for (type, scheme) in [
            ("ed25519", "ed25519"), ("ecdsa", "ecdsa-sha2-nistp256"), ("ecdsa", "ecdsa-sha2-nistp384"),
            ("rsa", "rsassa-pss-sha256"),
        ] {
            for value in [text, Hex.encode(bytes)] {
                try add { try PublicKey(tufKeyType: type, scheme: scheme, publicValue: value) }
            }
        }
        for key in keys { try check(key, bytes) }
    }

    private static func check(_ key: PublicKey, _ bytes: [UInt8]) throws {
        let copies = Finding.ifRefused("a key is refused when written") {
            [
                try PublicKey(pem: key.pem), try PublicKey(subjectPublicKeyInfo: key.subjectPublicKeyInfo),
                try PublicKey(tufKeyObject: key.tufKeyObject),
            ]
        }
        for copy in copies {
            Finding.unless(copy == key && copy.scheme == key.scheme, "the key that was written")
        }
        Finding.unless(!key.isValid(signature: [], for: []), "no signature is valid")
        Finding.unless(!key.isValid(signature: bytes, for: bytes), "a signature from nowhere is valid")
    }

    /// Private keys: as PEM, and as DER that is put into PEM here.
    static let privateKeys = Fuzzer("private-keys") { bytes in
        if bytes.contains(UInt8(ascii: "-")) {
            if let key = try Finding.accepted({ try PrivateKey(pem: bytes) }) { try check(key) }
        }
        for label in ["PRIVATE KEY", "EC PRIVATE KEY", "RSA PRIVATE KEY"] {
            let pem = Array(PlainPEM.write(label, bytes).utf8)
            if let key = try Finding.accepted({ try PrivateKey(pem: pem) }) { try check(key) }
        }
    }

    private static func check(_ key: PrivateKey) throws {
        let message = Array("message".utf8)
        let signature = try key.sign(message)
        Finding.unless(
            key.publicKey.isValid(signature: signature, for: message),
            "a key's signature is not valid"
        )
        Finding.unless(
            !key.publicKey.isValid(signature: signature, for: [0]),
            "a signature of something else is valid"
        )
        Finding.unless(!"\(key)".contains("PRIVATE"), "a private key is shown")
    }

    /// Key files on disk. Those with a passphrase are read and not unlocked.
    static let keyFiles = Fuzzer("key-files") { bytes in
        let file = try ScratchFile(bytes)
        defer { file.remove() }
        if let key = try Finding.accepted({ try PublicKeyFile.read(file.path) }) { try check(key, bytes) }
        let locked = try KeyFile.read(file.path)
        Finding.unless(!"\(locked)".contains("PRIVATE"), "a private key is shown")
        guard !locked.isEncrypted else { return }
        let key = try locked.unlock { nil }
        try check(key)
        Finding.unlessEqual(key.publicKey, locked.unverifiedPublicKey, "the public half")
    }
}

/// PEM, written a second time: what is between the lines is for the reader to judge.
enum PlainPEM {
    static func write(_ label: String, _ bytes: [UInt8]) -> String {
        let alphabet = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/".utf8)
        var text: [UInt8] = []
        for start in stride(from: 0, to: bytes.count, by: 3) {
            let group = (0..<3).map { start + $0 < bytes.count ? Int(bytes[start + $0]) : 0 }
            let value = group[0] << 16 | group[1] << 8 | group[2]
            let digits = [18, 12, 6, 0].map { alphabet[value >> $0 & 63] }
            let known = min(3, bytes.count - start) + 1
            text += digits.prefix(known) + Array("===".utf8).prefix(4 - known)
        }
        return "-----BEGIN \(label)-----\n\(String(decoding: text, as: UTF8.self))\n-----END \(label)-----\n"
    }
}
