// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

import SigningKeys
import TrustCore

/// Verifies the same signatures over and over.
struct SignaturesJob {
    /// A JSON file with one key and signatures by it.
    let path: String
    let count: Int

    /// How many were valid.
    func run() throws -> String {
        let fields = try JSONFields(JSONReader.read(TUFInputs.read(path), of: path), of: path)
        let key = try PublicKey(
            tufKeyType: fields.string("keytype"),
            scheme: fields.string("scheme"),
            publicValue: fields.string("public"),
            accepting: SignatureScheme.withDrafts
        )
        let message = Hex.decode(try fields.string("message")) ?? []
        let signatures = try fields.strings("signatures").map { Hex.decode($0) ?? [] }
        var valid = 0
        for number in 0..<count
        where key.isValid(signature: signatures[number % signatures.count], for: message) {
            valid += 1
        }
        return "\(valid)"
    }
}
