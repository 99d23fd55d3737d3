// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

import Foundation
import Synchronization
import TestSupport
import Testing
import TrustCore

@testable import SigningKeys

@Suite("References to signing keys")
struct SignerReferenceTests {
    private static let message = Array("message".utf8)
    private static let nobody: PassphraseSource = { name in
        Issue.record("asked for the passphrase of \(name)")
        return nil
    }

    @Test("A path is a key file; its passphrase is asked for by that path")
    func file() async throws {
        let folder = try TemporaryFolder()
        let key = try PrivateKey.generate(.ed25519)
        let path = folder.path + "/a key"
        try KeyFile.write(key, to: path, protection: .passphrase(Passphrase("secret")))
        let asked = Mutex<[String]>([])
        let signer = try await SignerReference(path).signer { name in
            asked.withLock { $0.append(name) }
            return try Passphrase("secret")
        }
        #expect(signer.publicKey == key.publicKey)
        #expect(try await key.publicKey.isValid(signature: signer.sign(Self.message), for: Self.message))
        #expect(asked.withLock { $0 } == [path])
        await #expect(throws: Failure.self) { try await SignerReference(path).signer { _ in nil } }
        #expect(
            await refusalCode {
                try await SignerReference(path).signer { _ in try Passphrase("wrong") }
            } == "key.wrong-passphrase"
        )
        await #expect(throws: Failure.self) {
            try await SignerReference(path + "-not").signer(passphrase: Self.nobody)
        }
    }

    @Test("`exec:` is a command with the file of its public key")
    func command() async throws {
        let folder = try TemporaryFolder()
        let key = try PrivateKey.generate(.ecdsaP256)
        try PublicKeyFile.write(key.publicKey, to: folder.path + "/public key.pem")
        try folder.write(key.sign(Self.message), to: "signature")
        let text = "exec:'\(folder.path)/public key.pem' cat  \"\(folder.path)/signature\""
        let reference = try SignerReference(text)
        #expect(reference.description == text)
        let signer = try await reference.signer(passphrase: Self.nobody)
        #expect(signer.publicKey == key.publicKey)
        #expect(try await key.publicKey.isValid(signature: signer.sign(Self.message), for: Self.message))
        await #expect(throws: Failure.self) { try await signer.sign([]) }
        await #expect(throws: Failure.self) {
            try await SignerReference("exec:/no/such/key cat").signer(passphrase: Self.nobody)
        }
    }

    @Test("Words are split at blanks, and kept together by quotes, without a shell")
    func words() async throws {
        let folder = try TemporaryFolder()
        let file = folder.path + "/key.pem"
        try PublicKeyFile.write(PrivateKey.generate(.ed25519).publicKey, to: file)
        for (text, words) in [
            ("sign a b", ["sign", "a", "b"]),
            ("  sign\t a ", ["sign", "a"]),
            ("sign 'a b' \"c d\" e", ["sign", "a b", "c d", "e"]),
            ("sign '' \"\"", ["sign", "", ""]),
            ("sign a'b c'd", ["sign", "ab cd"]),
            ("sign \"it's\" '\"'", ["sign", "it's", "\""]),
            ("sign $HOME `id` a;b\\ c", ["sign", "$HOME", "`id`", "a;b\\", "c"]),
        ] {
            let signer = try await SignerReference("exec:\(file) \(text)").signer(passphrase: Self.nobody)
            #expect((signer as? ExternalSigner)?.command == words)
        }
    }

    @Test("A file holds a reference in its first line, and only its owner may write it")
    func inFile() async throws {
        let folder = try TemporaryFolder()
        let key = try PrivateKey.generate(.ed25519)
        try KeyFile.write(key, to: folder.path + "/exec:key", protection: .unsafelyUnencrypted)
        let path = try folder.write(Array("./here\r\nmore".utf8), to: "reference")
        chmod(path, 0o644)
        #expect(try SignerReference(contentsOf: path).text == "./here")
        for mode in [0o620, 0o602] as [mode_t] {
            chmod(path, mode)
            #expect(refusalCode { try SignerReference(contentsOf: path) } == "key.file-permissions")
        }
        for bytes in [[], Array("exec:x\n".utf8), [0xFF, 0x0A]] as [[UInt8]] {
            let bad = try folder.write(bytes, to: "bad")
            chmod(bad, 0o600)
            #expect(throws: Failure.self) { try SignerReference(contentsOf: bad) }
        }
        let signer = try await SignerReference(keyFile: folder.path + "/exec:key").signer(
            passphrase: Self.nobody
        )
        #expect(signer.publicKey == key.publicKey)
    }

    @Test("A file in a folder that others can write is refused, sticky or not")
    func inFolderOfOthers() throws {
        let folder = try TemporaryFolder()
        let path = try folder.write(Array("here".utf8), to: "reference")
        chmod(path, 0o600)
        for mode in [0o770, 0o707, 0o1777] as [mode_t] {
            chmod(folder.path, mode)
            #expect(refusalCode { try SignerReference(contentsOf: path) } == "key.file-permissions")
        }
        chmod(folder.path, 0o755)
        #expect(try SignerReference(contentsOf: path).text == "here")
        // What a link leads to may be in any folder.
        let link = folder.path + "/link"
        try FileManager.default.createSymbolicLink(atPath: link, withDestinationPath: path)
        #expect(throws: Failure.self) { try SignerReference(contentsOf: link) }
        #expect(throws: Failure.self) { try SignerReference(contentsOf: folder.path + "/not-there") }
    }

    @Test(
        "A file, or a folder, of another user is refused",
        .enabled(if: geteuid() == 0, "only root can give files to another user")
    )
    func ofAnotherUser() throws {
        let folder = try TemporaryFolder()
        let path = try folder.write(Array("here".utf8), to: "reference")
        chmod(path, 0o644)
        for other in [path, folder.path] {
            try #require(chown(other, 65534, gid_t.max) == 0)
            #expect(refusalCode { try SignerReference(contentsOf: path) } == "key.file-permissions")
            try #require(chown(other, 0, gid_t.max) == 0)
        }
        #expect(try SignerReference(contentsOf: path).text == "here")
    }

    @Test(
        "Relative paths in a file start from its folder, and a command without a slash is looked for in PATH"
    )
    func relativePaths() async throws {
        let folder = try TemporaryFolder()
        let key = try PrivateKey.generate(.ed25519)
        try KeyFile.write(key, to: folder.path + "/there.key", protection: .unsafelyUnencrypted)
        try PublicKeyFile.write(key.publicKey, to: folder.path + "/there.pub")
        let path = try folder.write([], to: "reference")
        for (text, command) in [
            ("there.key", nil), (folder.path + "/there.key", nil),
            ("exec:there.pub sign a/b", ["sign", "a/b"]),
            ("exec:there.pub bin/sign a/b", [folder.path + "/bin/sign", "a/b"]),
            ("exec:there.pub /bin/sign", ["/bin/sign"]),
        ] as [(String, [String]?)] {
            try folder.write(Array(text.utf8), to: "reference")
            chmod(path, 0o600)
            let signer = try await SignerReference(contentsOf: path).signer(passphrase: Self.nobody)
            #expect(signer.publicKey == key.publicKey)
            #expect((signer as? ExternalSigner)?.command == command)
        }
    }

    @Test(
        "What is in none of the forms is a failure at once",
        arguments: [
            "", "exec:", "exec:key.pem", "exec:key.pem ''", "exec:'' sign", "exec:key.pem 'sign", "a\u{0}b",
            "exec:key.pem sign\u{0}", "pkcs11:", "pkcs11:token=a", "pkcs11:token=a?module-path=relative.so",
        ]
    )
    func unusable(text: String) {
        #expect(throws: Failure.self) { try SignerReference(text) }
    }
}
