// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

import CPKCS11
import Synchronization
import TestSupport
import Testing
import TrustCore

@testable import SigningKeys

@Suite("Keys on tokens", .enabled(if: SoftToken.isPresent, "\(SoftToken.absence)"))
struct PKCS11Tests {
    private static let message = Array("message".utf8)

    private static func token(_ path: String = "token=main") throws -> PKCS11Token {
        PKCS11Token(try SoftToken.uri(path), passphrase: SoftToken.passphrase)
    }

    /// A key of a test's own.
    private static func key(_ scheme: SignatureScheme, _ label: String) async throws -> PKCS11Token.Key {
        var random = SystemRandomNumberGenerator()
        let id = (0..<8).map { _ in UInt8.random(in: .min ... .max, using: &random) }
        let maker = try token()
        return try await makers.next { try await maker.generate(scheme, label: label, id: id) }
    }

    /// SoftHSM2 now and then fails to make two keys on one token at once; these tests are not about that.
    private static let makers = Queue()

    private actor Queue {
        private var last: Task<Void, Never>?

        /// Does one thing after the other.
        func next<Value: Sendable>(_ body: @escaping @Sendable () async throws -> Value) async throws -> Value
        {
            let before = last
            let task = Task {
                await before?.value
                return try await body()
            }
            last = Task { _ = await task.result }
            return try await task.value
        }
    }

    private static func failure(_ body: () async throws -> Void) async -> String {
        do {
            try await body()
            return "no failure"
        } catch let failure as Failure {
            return failure.message
        } catch {
            return "not a failure: \(error)"
        }
    }

    @Test(
        "A key that was made on a token is listed, found by its URI, and signs",
        arguments: SignatureScheme.allCases.filter(SignatureScheme.standard.contains)
    )
    func signs(scheme: SignatureScheme) async throws {
        let made = try await Self.key(scheme, "key; for=\(scheme.rawValue)?")
        let publicKey = try made.publicKey.get()
        #expect(publicKey.scheme == scheme)
        let listed = try await Self.token("token=main;object=key%3B%20for%3D\(scheme.rawValue)%3F").keys()
        #expect(try listed.map { try $0.publicKey.get() } == [publicKey])
        #expect(listed.map(\.uri) == [made.uri])
        let reference = try SignerReference(made.uri.description)
        let signer = try await reference.signer(passphrase: SoftToken.passphrase)
        #expect(signer.publicKey == publicKey)
        // ECDSA's numbers differ in length from one signature to the next.
        for number in 0..<20 {
            let message = Self.message + [UInt8(number)]
            let signature = try await signer.sign(message)
            #expect(publicKey.isValid(signature: signature, for: message))
            #expect(!publicKey.isValid(signature: signature, for: Self.message))
        }
        #expect(try await publicKey.isValid(signature: signer.sign([]), for: []))
        let large = [UInt8](repeating: 7, count: 1 << 20)
        #expect(try await publicKey.isValid(signature: signer.sign(large), for: large))
        // The public half is the same in any other program.
        #expect(try PublicKey(pem: publicKey.pem) == publicKey)
    }

    @Test("Several signers and several tasks sign at once")
    func concurrently() async throws {
        let keys = [try await Self.key(.ed25519, "at once"), try await Self.key(.ecdsaP256, "at once too")]
        let signers = try await [keys[0], keys[1], keys[0]].asyncMap {
            try await PKCS11Signer($0.uri, passphrase: SoftToken.passphrase)
        }
        try await withThrowingTaskGroup { group in
            for number in 0..<60 {
                let signer = signers[number % signers.count]
                let message = Self.message + [UInt8(number)]
                group.addTask {
                    let signature = try await signer.sign(message)
                    return signer.publicKey.isValid(signature: signature, for: message)
                }
            }
            for try await isValid in group { #expect(isValid) }
        }
    }

    @Test("The PIN is asked for once, by the token's name; another one is a failure, and none is too")
    func pins() async throws {
        let uri = try SoftToken.uri("token=closed")
        let asked = Mutex<[String]>([])
        let none = await Self.failure {
            _ = try await PKCS11Signer(uri) { name in
                asked.withLock { $0.append(name) }
                return nil
            }
        }
        #expect(none == "the token `closed` needs its PIN, and there is none")
        #expect(asked.withLock { $0 } == ["token closed"])
        let wrong = await Self.failure { _ = try await PKCS11Signer(uri) { _ in try Passphrase("0000") } }
        #expect(wrong == "the token did not accept the PIN (PIN_INCORRECT)")
        let right = await Self.failure { _ = try await PKCS11Signer(uri, passphrase: SoftToken.passphrase) }
        #expect(right == "no private key on the token `closed` fits the PKCS #11 URI")
    }

    @Test("A key that demands the PIN with every signature gets it")
    func alwaysAuthenticate() async throws {
        let uri = try SoftToken.uri("token=main;object=always")
        try await BlockingWork.run {
            let module = try PKCS11Module.load(uri.modulePath)
            let session = try PKCS11Session(module, module.token(uri), writing: true)
            try session.logIn(SoftToken.passphrase)
            let both: [PKCS11Attribute] = [
                .flag(CKA_TOKEN, true), .bytes(CKA_LABEL, Array("always".utf8)),
                .bytes(CKA_ID, Array("always".utf8)),
            ]
            let curve = DERWriter.objectIdentifier(KeyAlgorithm.p256.curve ?? [])
            _ = try session.generate(
                CKM_EC_KEY_PAIR_GEN,
                publicKey: both + [.bytes(CKA_EC_PARAMS, curve)],
                privateKey: both + [
                    .flag(CKA_PRIVATE, true), .flag(CKA_SIGN, true), .flag(CKA_ALWAYS_AUTHENTICATE, true),
                ]
            )
        }
        let asked = Mutex(0)
        let signer = try await PKCS11Signer(uri) { _ in
            asked.withLock { $0 += 1 }
            return try Passphrase(SoftToken.pin)
        }
        for message in [[], Self.message] {
            #expect(try await signer.publicKey.isValid(signature: signer.sign(message), for: message))
        }
        #expect(asked.withLock { $0 } == 1)
    }

    @Test("RSA keys sign whether the token or we make the digest", arguments: [true, false])
    func digests(hashedByToken: Bool) async throws {
        let made = try await Self.key(.rsassaPSSSHA256, "digests \(hashedByToken)")
        let signature = try await BlockingWork.run {
            let module = try PKCS11Module.load(made.uri.modulePath)
            let session = try PKCS11Session(module, module.token(made.uri))
            try session.logIn(SoftToken.passphrase)
            let key = try session.privateKey(made.uri)
            return try session.rsaSignature(over: Self.message, hashedByToken: hashedByToken, key)
        }
        #expect(try made.publicKey.get().isValid(signature: signature, for: Self.message))
    }

    @Test("A signature that the public key beside the private one does not accept is not handed on")
    func mixedUp() async throws {
        let uri = try SoftToken.uri("token=main")
        let id = Array("two pairs".utf8)
        try await BlockingWork.run {
            let module = try PKCS11Module.load(uri.modulePath)
            let session = try PKCS11Session(module, module.token(uri), writing: true)
            try session.logIn(SoftToken.passphrase)
            for label in ["one", "other"] {
                let both: [PKCS11Attribute] = [
                    .flag(CKA_TOKEN, true), .bytes(CKA_LABEL, Array(label.utf8)), .bytes(CKA_ID, id),
                ]
                let curve = DERWriter.objectIdentifier(KeyAlgorithm.p256.curve ?? [])
                _ = try session.generate(
                    CKM_EC_KEY_PAIR_GEN,
                    publicKey: both + [.bytes(CKA_EC_PARAMS, curve)],
                    privateKey: both + [.flag(CKA_PRIVATE, true), .flag(CKA_SIGN, true)]
                )
            }
        }
        // Both find the same public key, since they look for it by its id.
        var outcomes: [String] = []
        for label in ["one", "other"] {
            let uri = try SoftToken.uri("token=main;object=\(label);id=two%20pairs")
            let signer = try await PKCS11Signer(uri, passphrase: SoftToken.passphrase)
            outcomes.append(await Self.failure { _ = try await signer.sign(Self.message) })
        }
        let refused = "the token answered a signature that its own public key does not accept"
        #expect(outcomes.sorted() == ["no failure", refused])
    }

    @Test("A URI must mean one token and one key")
    func ambiguity() async throws {
        let (first, second) = (try await Self.key(.ed25519, "double"), try await Self.key(.ed25519, "double"))
        func failure(_ path: String) async throws -> String {
            let uri = try SoftToken.uri(path)
            return await Self.failure { _ = try await PKCS11Signer(uri, passphrase: SoftToken.passphrase) }
        }
        #expect(try await failure("token=nobody").hasPrefix("no token fits the PKCS #11 URI; there are `"))
        #expect(try await failure("token=twin") == "2 tokens fit the PKCS #11 URI: `twin`, `twin`")
        #expect(try await failure("token=main;serial=0").hasPrefix("no token fits"))
        #expect(
            try await failure("token=main;object=double")
                == "2 private keys on the token `main` fit the PKCS #11 URI"
        )
        #expect(try await failure("token=main;object=absent").hasPrefix("no private key on the token `main`"))
        #expect(first.uri != second.uri)
        let signer = try await PKCS11Signer(second.uri, passphrase: SoftToken.passphrase)
        #expect(try signer.publicKey == second.publicKey.get())
    }

    @Test("A second key with the same id is not made, nor one without label or id")
    func ids() async throws {
        let token = try Self.token()
        _ = try await token.generate(.ed25519, label: "first", id: Array("same id".utf8))
        for (label, id) in [("second", Array("same id".utf8)), ("", [1]), ("a", [])] {
            await #expect(throws: Failure.self) { try await token.generate(.ed25519, label: label, id: id) }
        }
        await #expect(throws: Failure.self) { try await token.generate(.mlDSA65, label: "a", id: [9, 9]) }
    }

    @Test("What is not a module is a failure")
    func modules() async throws {
        let folder = try TemporaryFolder()
        let text = try folder.write(Array("not a library".utf8), to: "module.so")
        for path in ["/no/such/module.so", text] {
            let uri = try PKCS11URI("pkcs11:token=main?module-path=\(path)")
            let said = await Self.failure {
                _ = try await PKCS11Signer(uri, passphrase: SoftToken.passphrase)
            }
            #expect(said.hasPrefix("the PKCS #11 module could not be loaded: "), "\(said)")
        }
        #if os(Linux)
            let uri = try PKCS11URI("pkcs11:token=main?module-path=/lib/x86_64-linux-gnu/libm.so.6")
            let said = await Self.failure {
                _ = try await PKCS11Signer(uri, passphrase: SoftToken.passphrase)
            }
            #expect(said.contains("C_GetFunctionList") || said.contains("could not be loaded"))
        #endif
    }
}

extension Array {
    /// One after another.
    fileprivate func asyncMap<Result>(_ transform: (Element) async throws -> Result) async throws -> [Result]
    {
        var results: [Result] = []
        for element in self { results.append(try await transform(element)) }
        return results
    }
}
