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

/// What the commands for tokens have in common.
struct TokenOptions: ParsableArguments {
    @Argument(
        help: ArgumentHelp(
            "The token, such as 'pkcs11:token=NAME?module-path=/usr/lib/softhsm/libsofthsm2.so'. A PIN is never part of it.",
            valueName: "uri"
        )
    )
    var token: String

    @Option(
        help: ArgumentHelp(
            "A file with the PIN. (default: $KINGSNAKE_PASSPHRASE, or a question)",
            valueName: "file"
        ),
        completion: .file()
    )
    var pinFile: String?

    func opened() throws -> PKCS11Token {
        let file = pinFile
        return PKCS11Token(try PKCS11URI(token)) { name in
            try Passphrase(PassphrasePrompt.obtain(file: file, for: name, option: "--pin-file"))
        }
    }
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
