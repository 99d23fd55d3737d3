// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

import Foundation
import TestSupport
import Testing
import TrustCore

@testable import SigningKeys

/// Commands of a few words of shell take the part of a key service.
@Suite("External signers")
struct ExternalSignerTests {
    private static let message = Array("payload \u{0} é\n".utf8)

    /// A command that is given the script, and the folder as `$0`.
    private static func signer(
        _ key: PublicKey,
        _ script: String,
        in folder: TemporaryFolder,
        limits: ExternalSigner.Limits = .init()
    ) throws -> ExternalSigner {
        try ExternalSigner(publicKey: key, command: ["/bin/sh", "-c", script, folder.path], limits: limits)
    }

    /// What the failure of a signature says.
    private static func failure(_ signer: ExternalSigner) async -> String {
        do {
            _ = try await signer.sign(message)
            return "no failure"
        } catch let failure as Failure {
            return failure.message
        } catch {
            return "not a failure: \(error)"
        }
    }

    @Test("A command that signs what it is given is a signer", arguments: SignatureScheme.allCases)
    func good(scheme: SignatureScheme) async throws {
        let folder = try TemporaryFolder()
        let key = try PrivateKey.generate(scheme)
        try folder.write(key.sign(Self.message), to: "signature")
        let signer = try Self.signer(key.publicKey, "cat >\"$0/seen\"; cat \"$0/signature\"", in: folder)
        let signature = try await signer.sign(Self.message)
        #expect(key.publicKey.isValid(signature: signature, for: Self.message))
        #expect(try folder.read("seen") == Self.message)
    }

    @Test("OpenSSL signs as an external signer", .enabled(if: openSSL != nil, "there is no openssl here"))
    func openssl() async throws {
        let folder = try TemporaryFolder()
        let keys = [KeyVector.p256, .p384, .rsa]
        for (vector, digest) in zip(keys, ["-sha256", "-sha384", "-sha256"]) {
            try folder.write(Array(vector["pkcs8"].utf8), to: "key.pem")
            let padding = ["-sigopt", "rsa_padding_mode:pss", "-sigopt", "rsa_pss_saltlen:max"]
            let signer = try ExternalSigner(
                publicKey: vector.publicKey(),
                command: ["openssl", "dgst", digest, "-sign", folder.path + "/key.pem"]
                    + (vector["scheme"] == "rsassa-pss-sha256" ? padding : [])
            )
            // Twice, since ECDSA signatures differ in length.
            for message in [Self.message, []] {
                #expect(try await signer.publicKey.isValid(signature: signer.sign(message), for: message))
            }
        }
    }

    private static let openSSL = ["/usr/bin/openssl", "/bin/openssl", "/usr/local/bin/openssl"].first {
        FileManager.default.isExecutableFile(atPath: $0)
    }

    @Test("A message larger than any pipe reaches a command that reads late")
    func large() async throws {
        let folder = try TemporaryFolder()
        let key = try PrivateKey.generate(.ed25519)
        let message = [UInt8](repeating: 0x61, count: 3 << 20)
        try folder.write(key.sign(message), to: "signature")
        let signer = try Self.signer(key.publicKey, "cat \"$0/signature\"; cat >\"$0/seen\"", in: folder)
        _ = try await signer.sign(message)
        #expect(try folder.read("seen") == message)
        // One that does not read at all is fine too.
        let lazy = try Self.signer(key.publicKey, "exec cat \"$0/signature\"", in: folder)
        _ = try await lazy.sign(message)
    }

    @Test(
        "What a command does wrong is said",
        arguments: [
            ("exit 3", "failed with status 3"),
            ("echo no such key >&2; echo 'try `again`' >&2; exit 1", "status 1: no such key / try ?again?"),
            ("kill -9 $$", "failed with signal 9"),
            ("true", "answered no signature"),
            ("echo hello", "answered 6 bytes that are no signature by this key"),
            ("head -c 64 /dev/zero", "answered 64 bytes that are no signature by this key"),
            ("cat \"$0/signature\"; exit 1", "failed with status 1"),
            ("cat \"$0/signature\"; echo", "answered 65 bytes that are no signature by this key"),
            ("cat \"$0/other\"", "answered 64 bytes that are no signature by this key"),
            ("cat /dev/zero", "answered more than 8192 bytes"),
        ]
    )
    func wrong(script: String, says: String) async throws {
        let folder = try TemporaryFolder()
        let key = try PrivateKey.generate(.ed25519)
        try folder.write(key.sign(Self.message), to: "signature")
        try folder.write(PrivateKey.generate(.ed25519).sign(Self.message), to: "other")
        let said = await Self.failure(try Self.signer(key.publicKey, script, in: folder))
        #expect(said.contains("the signing command `/bin/sh`") && said.contains(says), "\(said)")
    }

    @Test(
        "A command that does not end in time is killed",
        arguments: [
            "exec sleep 600", "echo waiting for a person >&2; exec sleep 600", "exec cat /dev/zero >&2",
        ]
    )
    func hanging(script: String) async throws {
        let folder = try TemporaryFolder()
        var limits = ExternalSigner.Limits()
        limits.seconds = 5
        let key = try PrivateKey.generate(.ed25519)
        let script = "echo $$ >\"$0/pid\"; " + script
        let said = await Self.failure(try Self.signer(key.publicKey, script, in: folder, limits: limits))
        #expect(said.contains("did not end within 5 seconds"))
        #expect(!script.contains("person") || said.hasSuffix(": waiting for a person"))
        let digits = String(decoding: try folder.read("pid"), as: UTF8.self).dropLast()
        let pid = try #require(pid_t(digits))
        #expect(kill(pid, 0) == -1 && errno == ESRCH)
    }

    @Test("A command that leaves somebody behind with its output is not waited for")
    func orphan() async throws {
        let folder = try TemporaryFolder()
        let key = try PrivateKey.generate(.ed25519)
        try folder.write(key.sign(Self.message), to: "signature")
        let script = "mkfifo \"$0/fifo\"; { cat \"$0/fifo\" & }; cat \"$0/signature\""
        let signer = try Self.signer(key.publicKey, script, in: folder)
        let signature = try await signer.sign(Self.message)
        #expect(signature.count == 64)
        // Lets the one who stayed go.
        try? Data([1]).write(to: URL(fileURLWithPath: folder.path + "/fifo"))
    }

    @Test("A command that is not there is a failure that names it")
    func absent() async throws {
        let key = try PrivateKey.generate(.ed25519).publicKey
        for program in ["/no/such/program", "no-such-program-anywhere"] {
            let said = await Self.failure(try ExternalSigner(publicKey: key, command: [program]))
            #expect(said.contains("`\(program)` could not be started"))
        }
        for command in [[], [""], ["a\u{0}b"]] {
            #expect(throws: Failure.self) { try ExternalSigner(publicKey: key, command: command) }
        }
    }

    @Test("The command sees the environment, but not the passphrase")
    func environment() async throws {
        let folder = try TemporaryFolder()
        let key = try PrivateKey.generate(.ed25519)
        try folder.write(key.sign(Self.message), to: "signature")
        setenv("KINGSNAKE_PASSPHRASE", "a secret", 1)
        setenv("KINGSNAKE_PASSPHRASE_TEST", "no secret", 1)
        defer {
            unsetenv("KINGSNAKE_PASSPHRASE")
            unsetenv("KINGSNAKE_PASSPHRASE_TEST")
        }
        let signer = try Self.signer(key.publicKey, "env >\"$0/env\"; cat \"$0/signature\"", in: folder)
        _ = try await signer.sign(Self.message)
        let variables = String(decoding: try folder.read("env"), as: UTF8.self)
        #expect(variables.contains("PATH=") && variables.contains("KINGSNAKE_PASSPHRASE_TEST=no secret"))
        #expect(!variables.contains("a secret"))
    }
}
