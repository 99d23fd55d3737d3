// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

import SigningKeys
import TestSupport
import Testing
import TrustCore

@testable import ContentTrust

@Suite("Keys in GnuPG", .enabled(if: GnuPGHome.isPresent, Comment(rawValue: GnuPGHome.absence)))
struct GnuPGTests {
    @Test("Every one of 200 signatures verifies, short integers or not")
    func many() async throws {
        let home = try await GnuPGHome()
        let gpg = try GnuPG(fingerprint: home.fingerprint, home: home.path)
        let key = try OpenPGPKey.key(of: gpg.fingerprint, in: await gpg.exportedKey())
        for number in 0..<200 {
            let message = Array("message \(number)".utf8)
            let packet = try OpenPGPSignaturePacket(try await gpg.detachedSignature(of: message))
            #expect(packet.headers.issuer == gpg.fingerprint)
            #expect(key.isValid(signature: packet.value, for: packet.headers.digest(of: message)))
        }
    }

    @Test("A key in GnuPG is an authority: its signature of a root counts, and names its fingerprint")
    func authority() async throws {
        let home = try await GnuPGHome()
        let gpg = try GnuPG(fingerprint: home.fingerprint, home: home.path)
        let key = try OpenPGPKey.key(of: gpg.fingerprint, in: await gpg.exportedKey())
        let manager = PrivateKey.fresh
        var draft = TrustDraft()
        try draft.add(key, to: .root)
        try draft.add(manager.publicKey, to: .keyManager)
        try draft.add(PrivateKey.fresh.publicKey, to: .packageManager)
        let now = TrustCeremonyScene.now
        var proposal = try draft.proposal(options: TrustCeremonyScene.options(), now: now)
        let message = try #require(proposal.root?.signedBytes)
        let packet = try await gpg.detachedSignature(of: message)
        try proposal.merge(proposal.signatures(openPGP: packet, by: key, fingerprint: gpg.fingerprint))
        try await proposal.merge(proposal.signatures(by: manager, now: now))
        let finished = try FinishedTrustCeremony(proposal, now: now)
        let root = try TrustEnvelope(parsing: finished.files[0].bytes, as: .root)
        #expect(root.signatures.map(\.seeAlso) == [gpg.hex])
        // Over other bytes, or in the name of another key, it counts for nothing.
        let other = try await gpg.detachedSignature(of: message + [0])
        #expect(
            refusalCode { try proposal.signatures(openPGP: other, by: key, fingerprint: gpg.fingerprint) }
                == "trust-ceremony.signature-invalid"
        )
        #expect(
            refusalCode {
                try proposal.signatures(openPGP: packet, by: manager.publicKey, fingerprint: gpg.fingerprint)
            } == "trust-ceremony.stranger"
        )
    }

    @Test("A key that is not there, or of another kind, is a failure or a refusal, and no signature")
    func absent() async throws {
        let home = try await GnuPGHome()
        let absent = try GnuPG(fingerprint: String(repeating: "0", count: 40), home: home.path)
        await #expect(throws: Failure.self) { try await absent.exportedKey() }
        await #expect(throws: Failure.self) { try await absent.detachedSignature(of: []) }
        let made = try await home.run(
            "--pinentry-mode",
            "loopback",
            "--passphrase",
            "",
            "--quick-generate-key",
            "Rita",
            "nistp256",
            "sign",
            "0"
        )
        try made.demandSuccess("gpg")
        let list = try await home.run("--with-colons", "--list-keys", "Rita").output
        let line = try #require(list.split(separator: "\n").first { $0.hasPrefix("fpr:") })
        let rita = try GnuPG(
            fingerprint: String(try #require(line.split(separator: ":").last)),
            home: home.path
        )
        let packets = try await rita.exportedKey()
        #expect(
            refusalCode { try OpenPGPKey.key(of: rita.fingerprint, in: packets) } == "content-trust.key-type"
        )
        for text in ["", "gina@example.org", "BCE83F97"] {
            #expect(throws: Failure.self) { try GnuPG(fingerprint: text) }
        }
    }
}
