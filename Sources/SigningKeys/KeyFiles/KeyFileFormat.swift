// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

import Crypto
import TrustCore

/// The private key files of Kingsnake, as bytes. ``KeyFile`` documents the format.
enum KeyFileFormat {
    static let name = "kingsnake-private-key"
    static let version: Int64 = 1
    /// The longest file: an RSA key of 8192 bits takes 14 kB.
    static let maximumLength = 64 << 10
    static let subject = "private key file"

    // MARK: Writing

    static func write(
        _ key: PrivateKey,
        _ protection: KeyProtection,
        parameters: ScryptParameters = .standard,
        using random: inout some RandomNumberGenerator
    ) throws -> [UInt8] {
        var file = JSONObject()
        file["format"] = .string(name)
        file["version"] = .number(JSONNumber(version))
        file["scheme"] = .string(key.publicKey.scheme.rawValue)
        file["public"] = .string(key.publicKey.pem)
        switch protection {
        case .unsafelyUnencrypted:
            var plain = key.pkcs8
            defer { Wipe.bytes(&plain) }
            file["protection"] = "none"
            file["private"] = .string(Hex.encode(plain))
        case .passphrase(let passphrase):
            let salt = bytes(32, using: &random)
            let nonce = bytes(SealedKey.nonceLength, using: &random)
            file["protection"] = "passphrase"
            file["kdf"] = [
                "name": "scrypt",
                "n": .number(JSONNumber(Int64(parameters.rounds))),
                "r": .number(JSONNumber(Int64(parameters.blockSize))),
                "p": .number(JSONNumber(Int64(parameters.parallelism))),
                "salt": .string(Hex.encode(salt)),
            ]
            file["cipher"] = ["name": "chacha20-poly1305", "nonce": .string(Hex.encode(nonce))]
            let header = try CanonicalJSON.encode(.object(file))
            let sealed = try SealedKey.seal(
                key,
                passphrase,
                parameters,
                salt: salt,
                nonce: nonce,
                header: header
            )
            file["private"] = .string(Hex.encode(sealed))
        }
        return JSONWriter.encode(.object(file), .indented) + [0x0A]
    }

    private static func bytes(_ count: Int, using random: inout some RandomNumberGenerator) -> [UInt8] {
        (0..<count).map { _ in UInt8.random(in: .min ... .max, using: &random) }
    }

    // MARK: Reading

    /// Reads one of our files, or a PEM private key.
    static func read(_ bytes: [UInt8], weakest: ScryptParameters = .weakest) throws -> LockedKey {
        guard bytes.count <= maximumLength else {
            throw Refusal(
                CoreCode.tooLarge,
                subject,
                expected: "at most \(maximumLength) bytes",
                found: "\(bytes.count)"
            )
        }
        if PEMBlock.isIntended(bytes) { return LockedKey(.open(try PrivateKey(pem: bytes))) }
        do {
            return try readJSON(bytes, weakest)
        } catch let refusal as Refusal where refusal.code is CoreCode {
            throw format("PEM, or a JSON file of Kingsnake's", cause: refusal)
        }
    }

    private static func readJSON(_ bytes: [UInt8], _ weakest: ScryptParameters) throws -> LockedKey {
        let file = try JSONFields(JSONReader.read(bytes, of: subject), of: subject)
        guard try ByteKey(file.string("format")) == ByteKey(name), try file.integer("version") == version
        else {
            throw format("`format` \(name), `version` \(version)")
        }
        let publicKey = try PublicKey(pem: file.string("public"))
        guard try ByteKey(file.string("scheme")) == ByteKey(publicKey.scheme.rawValue) else {
            throw Refusal(KeyCode.schemeMismatch, subject, expected: "`scheme` \(publicKey.scheme.rawValue)")
        }
        guard let content = Hex.decode(try file.string("private")) else {
            throw format("`private` in hexadecimal digits")
        }
        switch try file.string("protection") {
        case "none":
            guard file.object.count == 6 else { throw format("no other members") }
            return LockedKey(.open(try privateKey(pkcs8: content, publicKey)))
        case "passphrase":
            guard file.object.count == 8 else { throw format("no other members") }
            return LockedKey(.sealed(try readSealed(file, publicKey, content, weakest)))
        default: throw format("`protection` none or passphrase")
        }
    }

    private static func readSealed(
        _ file: JSONFields,
        _ publicKey: PublicKey,
        _ sealed: [UInt8],
        _ weakest: ScryptParameters
    ) throws -> SealedKey {
        let (kdf, cipher) = (try file.fields("kdf"), try file.fields("cipher"))
        guard try kdf.string("name") == "scrypt", kdf.object.count == 5,
            try cipher.string("name") == "chacha20-poly1305", cipher.object.count == 2
        else { throw format("`kdf` scrypt and `cipher` chacha20-poly1305") }
        let parameters = try ScryptParameters(kdf, weakest: weakest)
        guard let salt = Hex.decode(try kdf.string("salt")),
            let nonce = Hex.decode(try cipher.string("nonce")),
            ScryptParameters.saltLengths.contains(salt.count), nonce.count == SealedKey.nonceLength,
            sealed.count > SealedKey.tagLength
        else { throw format("salt, nonce and key of the right length in hexadecimal digits") }
        var header = file.object
        header["private"] = nil
        return SealedKey(
            publicKey: publicKey,
            parameters: parameters,
            salt: salt,
            nonce: nonce,
            header: try CanonicalJSON.encode(.object(header)),
            sealed: sealed
        )
    }

    /// The private key, which must belong to the public one in the file.
    static func privateKey(pkcs8 bytes: [UInt8], _ publicKey: PublicKey) throws -> PrivateKey {
        let key = try PrivateKey(pkcs8: bytes)
        guard key.publicKey == publicKey else { throw Refusal(KeyCode.pairMismatch, subject) }
        return key
    }

    private static func format(_ expected: String, cause: Refusal? = nil) -> Refusal {
        Refusal(KeyCode.fileFormat, subject, expected: expected, cause: cause)
    }
}
