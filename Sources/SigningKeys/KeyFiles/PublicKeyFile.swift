// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

public import TrustCore

/// Public key files on disk: PEM, or the JSON object by which TUF metadata lists a key.
public enum PublicKeyFile {
    /// The longest file.
    static let maximumLength = 64 << 10
    static let subject = "public key file"

    /// Reads a public key from PEM (`PUBLIC KEY`, `RSA PUBLIC KEY`) or from TUF's JSON.
    ///
    /// Who made the file is not checked: whoever can replace it chooses whom you trust.
    public static func read(_ path: String) throws -> PublicKey {
        let bytes = try DiskFile.contents(of: path, limit: maximumLength) { _ in }
        do {
            return try parse(bytes)
        } catch let refusal as Refusal {
            throw refusal.located(at: path)
        }
    }

    /// Writes a public key as PEM to a new file that everybody may read.
    public static func write(_ key: PublicKey, to path: String) throws {
        try DiskFile.create(path, Array(key.pem.utf8), mode: 0o644)
    }

    static func parse(_ bytes: [UInt8]) throws -> PublicKey {
        if PEMBlock.isIntended(bytes) { return PublicKey(try PublicKeyMaterial(pem: bytes)) }
        do {
            return try PublicKey(tufKeyObject: JSONReader.read(bytes, of: subject))
        } catch let refusal as Refusal where refusal.code is CoreCode {
            throw Refusal(
                KeyCode.fileFormat,
                subject,
                expected: "PEM, or a key as TUF metadata lists it",
                cause: refusal
            )
        }
    }
}

extension PublicKey {
    /// Reads a key as TUF metadata lists it: `keytype`, `scheme` and `keyval.public`. Other members are not
    /// looked at.
    ///
    /// - Throws: a refusal with `json.shape`, or as `init(tufKeyType:scheme:publicValue:)` does.
    public init(tufKeyObject value: JSONValue) throws {
        let key = try JSONFields(value, of: Self.subject)
        try self.init(
            tufKeyType: key.string("keytype"),
            scheme: key.string("scheme"),
            publicValue: key.fields("keyval").string("public")
        )
    }
}
