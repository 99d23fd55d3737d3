// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

import Foundation
import SigningKeys
import TestSupport
import Testing
import TrustCore

/// Keys and signatures made by Python's cryptography and securesystemslib; see Tests/Vectors/keys/README.md.
struct KeyVector: Sendable, CustomTestStringConvertible {
    let fields: JSONFields
    let message: [UInt8]

    subscript(_ name: String) -> String { fields.object[name]?.string ?? "" }
    func has(_ name: String) -> Bool { fields.object[name] != nil }
    func bytes(_ name: String) -> [UInt8] { Hex.decode(self[name]) ?? [] }
    var testDescription: String { self["scheme"] }

    func publicKey() throws -> PublicKey {
        try PublicKey(tufKeyType: self["keytype"], scheme: self["scheme"], publicValue: self["value"])
    }

    func privateKey() throws -> PrivateKey { try PrivateKey(pem: Array(self["pkcs8"].utf8)) }

    static let all: [KeyVector] = {
        do {
            let message = Hex.decode(try file.string("message")) ?? []
            return try file.array("keys").map {
                KeyVector(fields: try JSONFields($0, of: "vector"), message: message)
            }
        } catch {
            fatalError("Tests/Vectors/keys/vectors.json: \(error)")
        }
    }()

    static var ed25519: KeyVector { all[0] }
    static var p256: KeyVector { all[1] }
    static var p384: KeyVector { all[2] }
    static var rsa: KeyVector { all[3] }

    /// PEM of a key that must be refused: its name, then `public` or `private`.
    static func refused(_ name: String, _ half: String) -> String {
        file.object["refused"]?.object?[name]?.object?[half]?.string ?? ""
    }

    private static let file: JSONFields = {
        do {
            let path = SharedData.checkout + "/Tests/Vectors/keys/vectors.json"
            let bytes = Array(try Data(contentsOf: URL(fileURLWithPath: path)))
            return try JSONFields(JSONReader.read(bytes, of: "vectors"), of: "vectors")
        } catch {
            fatalError("Tests/Vectors/keys/vectors.json: \(error)")
        }
    }()
}

/// A key like TUF metadata lists it, for short tables.
func tufKey(_ type: String, _ scheme: String, _ value: String) throws -> PublicKey {
    try PublicKey(tufKeyType: type, scheme: scheme, publicValue: value)
}
