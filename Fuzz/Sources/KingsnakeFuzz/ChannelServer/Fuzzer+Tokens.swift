// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

import Dispatch
import SigningKeys
import Synchronization
import TrustCore

@testable import ChannelServer

extension Fuzzer {
    /// Tokens of build services, and claims alone, as each kind of issuer makes them.
    static let identityTokens = Fuzzer("identity-tokens") { bytes in
        let text = String(decoding: bytes, as: UTF8.self)
        if let token = try Finding.accepted({ try UnverifiedToken(text) }) {
            let again = token.signedBytes + [UInt8(ascii: ".")] + Array(Base64URL.text(token.signature).utf8)
            Finding.unlessEqual(again, Array(text.utf8), "a token has two spellings")
            Finding.unless(!"\(token)".utf8.contains(UInt8(ascii: ".")), "a token shows itself")
            Finding.unless(!token.unverifiedIssuer.isEmpty, "a token without an issuer")
            try checkClaims(token.unverifiedClaims)
        }
        if let claims = try Finding.accepted({ try UnverifiedToken.claims(json: bytes) }) {
            try checkClaims(claims)
        }
    }

    private static func checkClaims(_ object: JSONObject) throws {
        let claims = TokenClaims(object)
        for name in ["exp", "iat", "nbf"] {
            let time = try Finding.accepted { try claims.time(name) }
            Finding.unless(time.map { $0.seconds >= 0 } ?? true, "a time before 1970")
        }
        _ = try Finding.accepted { try claims.audience() }
        let all = Dictionary(
            uniqueKeysWithValues: WorkloadClaim.allCases.map { ($0, $0.rawValue) }
        )
        let issuers = [TokenIssuer.github, .gitlab, TokenIssuer("https://ci.example", .mapped(all))]
        for issuer in issuers {
            guard let workload = try Finding.accepted({ try Workload(claims: object, of: issuer) }) else {
                continue
            }
            let texts = [
                workload.repository, workload.repositoryID, workload.ownerID, workload.workflow, workload.ref,
                workload.environment, workload.identity, workload.subject,
            ]
            for text in texts.compactMap({ $0 }) {
                Finding.unless(
                    !text.isEmpty && text.utf8.allSatisfy { $0 >= 0x20 && $0 != 0x7F },
                    "a claim that cannot be shown"
                )
            }
            guard case .mapped = issuer.kind else {
                Finding.unless(workload.repositoryID.map(isNumber) ?? false, "a repository without a number")
                Finding.unless(workload.ownerID.map(isNumber) ?? false, "an owner without a number")
                Finding.unless(workload.workflow?.isEmpty == false, "a job without a file")
                continue
            }
        }
    }

    private static func isNumber(_ text: String) -> Bool {
        !text.isEmpty && text.utf8.allSatisfy { (0x30...0x39).contains($0) }
    }

    /// The keys of an issuer.
    static let issuerKeys = Fuzzer("issuer-keys") { bytes in
        guard let set = try wait({ try await IssuerKeySet(bytes, of: "https://ci.example") }) else { return }
        let names = Finding.ifRefused("a set that was read is no JSON") {
            try JSONReader.read(bytes, of: "set").object?["keys"]?.array ?? []
        }
        .compactMap { $0.object?["kid"]?.string }
        var count = 0
        for name in Set(names.map { ByteKey($0) }) {
            let keys = set.keys(named: name.text)
            count += keys.count
            Finding.unless(
                Set(keys.map(\.algorithm.rawValue)).count == keys.count,
                "two keys that cannot be told apart"
            )
            for key in keys {
                Finding.unless(ByteKey.areEqual(key.id, name.text), "a key under another's name")
                for signature in [[], bytes, Array(repeating: 0, count: 64)] {
                    Finding.unless(!key.isSignature(signature, over: bytes), "anything is a signature")
                }
            }
        }
        Finding.unless((1...IssuerKeySet.maximumCount).contains(count), "\(count) keys")
    }

    /// Waits for a result; nil for a refusal.
    private static func wait<Value: Sendable>(_ body: @escaping @Sendable () async throws -> Value) throws
        -> Value?
    {
        let done = DispatchSemaphore(value: 0)
        let answer = Answer<Value>()
        Task {
            do {
                let value = try await body()
                answer.result.withLock { $0 = .success(value) }
            } catch { answer.result.withLock { $0 = .failure(error) } }
            done.signal()
        }
        done.wait()
        return try Finding.accepted { try answer.result.withLock { $0 }?.get() }.flatMap { $0 }
    }

    private final class Answer<Value: Sendable>: Sendable {
        let result = Mutex<Result<Value, any Error>?>(nil)
    }

    /// `issuers.json` of a server's folder.
    static let issuersFile = Fuzzer("issuers-file") { bytes in
        let issuers = try TokenIssuers(json: bytes)
        Finding.unless(
            (1...TokenIssuers.maximumCount).contains(issuers.issuers.count),
            "\(issuers.issuers.count) issuers"
        )
        for issuer in issuers.issuers {
            Finding.unless(issuers.issuer(issuer.url) == issuer, "an issuer is not found by its address")
            Finding.unless(
                ["https://", "http://127.", "http://localhost", "http://[::1]"].contains {
                    issuer.url.utf8.starts(with: $0.utf8)
                },
                "`\(issuer.url)` is asked for keys without protection"
            )
            Finding.unless((1...TokenIssuer.longestLifetime).contains(issuer.maximumLifetime), "a lifetime")
        }
    }
}
