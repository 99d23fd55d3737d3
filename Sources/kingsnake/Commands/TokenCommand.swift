// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

import ArgumentParser
import SigningKeys
import TrustCore

struct TokenCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "token",
        abstract: "See and make signing keys on smart cards, security keys and hardware security modules.",
        subcommands: [TokenList.self, TokenMakeKey.self]
    )
}

extension PKCS11Token.Key {
    /// The key as `--json` shows it.
    var json: JSONObject {
        var object = JSONObject()
        object["uri"] = .string(uri.description)
        switch publicKey {
        case .success(let key):
            object["scheme"] = .string(key.scheme.rawValue)
            object["public"] = .string(key.pem)
            object["fingerprint"] = .string(key.fingerprint.hex)
        case .failure(let error): object["unusable"] = .string(Self.reason(error))
        }
        return object
    }

    /// The key as people see it.
    func show(on console: Console) {
        console.say("\(uri)")
        switch publicKey {
        case .success(let key):
            console.say("  scheme       \(key.scheme.rawValue)")
            console.say("  fingerprint  \(key.fingerprint.hex)")
        case .failure(let error): console.say("  not usable: \(Self.reason(error))")
        }
    }

    private static func reason(_ error: any Error) -> String {
        switch error {
        case let refusal as Refusal: refusal.found ?? refusal.code.entry.summary
        case let failure as Failure: failure.message
        default: "\(error)"
        }
    }
}
