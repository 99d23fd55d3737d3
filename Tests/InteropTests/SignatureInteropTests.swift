// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

import SigningKeys
import TestSupport
import Testing
import TrustCore

@Suite("Our signatures and securesystemslib", .enabled(if: Peers.arePresent, "\(Peers.absence)"))
struct SignatureInteropTests {
    @Test("It takes a signature of each scheme for valid, drafts too, and one over other bytes for invalid")
    func verifies() async throws {
        let folder = try TemporaryFolder()
        let message = Array("Kingsnakes eat vipers é".utf8)
        let schemes = SignatureScheme.allCases
        let cases = try schemes.flatMap { scheme in
            let key = try PrivateKey.generate(scheme)
            return try [message, message + [0]].map { signed -> JSONValue in
                [
                    "key": key.publicKey.tufKeyObject,
                    "message": .string(Hex.encode(message)),
                    "signature": .string(Hex.encode(try key.sign(signed))),
                ]
            }
        }
        let file = try folder.write(JSONWriter.encode(.array(cases)), to: "cases.json")
        let answer = try await Peers.run("verify_signature", [file])
        let valid = try #require(answer["valid"]?.array).map { $0 == .bool(true) }
        #expect(valid == schemes.flatMap { _ in [true, false] })
    }
}
