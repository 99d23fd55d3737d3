// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

import SigningKeys
import Synchronization
import TestSupport
import TrustCore

@testable import Sigstore

/// A simulated instance, and what is signed with it.
struct SigningScene: Sendable {
    static let file = Array("a package".utf8)
    static let statement = JSONWriter.encode(
        [
            "_type": .string(Statement.type),
            "subject": [["name": "a-1.0-0.conda", "digest": ["sha256": .string(Digest.of(file).hex)]]],
            "predicateType": .string(PublishAttestation.predicateType),
        ]
    )

    let services: SimulatedServices
    let instance: SimulatedInstance

    init() throws {
        instance = try SimulatedInstance()
        services = SimulatedServices(instance)
    }

    /// Somebody who is known by an e-mail address.
    func person() throws -> any IdentitySource {
        FixedIdentity(
            token: try IdentityToken(services.people.token(email: "ada@example.org", at: services.now))
        )
    }

    /// A workflow of GitHub Actions.
    func workflow() throws -> any IdentitySource {
        let token = try services.workflows.token(workflowOf: "example/widget", at: services.now)
        return FixedIdentity(token: try IdentityToken(token))
    }

    func signer(
        _ identity: BundleSigner.Identity? = nil,
        _ evidence: SimulatedInstance.Evidence = .v1AndTimestamp,
        now: (@Sendable () -> Timestamp)? = nil
    ) throws -> BundleSigner {
        let time = services.now
        return BundleSigner(
            try identity ?? .certified(workflow()),
            config: services.signingConfig(evidence),
            root: try instance.trustedRoot(),
            surroundings: BundleSigner.Surroundings(
                caller: services,
                now: now ?? { time },
                nonce: { [1, 2, 3, 4, 5, 6, 7, 8] }
            )
        )
    }

    /// Signs the statement by a workflow.
    @discardableResult
    func sign(_ evidence: SimulatedInstance.Evidence = .v1AndTimestamp) async throws -> SignedBundle {
        try await signer(nil, evidence).sign(statement: Self.statement, about: .bytes(Self.file))
    }
}

/// A source that has one token.
struct FixedIdentity: IdentitySource {
    let token: IdentityToken

    func token(audience: String) async throws -> IdentityToken { token }
}

/// A source that counts how often it is asked.
final class CountedIdentity: IdentitySource {
    private let inner: any IdentitySource
    private let counter = Mutex(0)
    var count: Int { counter.withLock { $0 } }

    init(_ inner: any IdentitySource) { self.inner = inner }

    func token(audience: String) async throws -> IdentityToken {
        counter.withLock { $0 += 1 }
        return try await inner.token(audience: audience)
    }
}

/// A signer that answers what another key signed, or nothing.
struct BrokenSigner: Signer {
    let publicKey: PublicKey
    let other: PrivateKey?

    func sign(_ message: [UInt8]) async throws -> [UInt8] { try other?.sign(message) ?? [] }
}
