// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

import SigningKeys
import TestSupport
import Testing
import TrustCore

@testable import TUF

@Suite("Every refusal of a ceremony has an input that provokes it")
struct CeremonyCodeCoverageTests {
    typealias Provocation = @Sendable () async throws -> Void

    @Test("Exactly this code", arguments: CeremonyCode.allCases)
    func code(_ code: CeremonyCode) async throws {
        let provocation = try #require(Self.table[code])
        #expect(await refusalCode { try await provocation() } == code.rawValue)
    }

    private static func propose(_ edit: (inout CeremonyDraft) throws -> Void) async throws {
        _ = try await CeremonyScene().propose(edit)
    }

    /// A first proposal by one authority, changed.
    private static func first(
        expires: Timestamp = CeremonyScene.later,
        _ change: (inout CeremonyProposal.FirstRoles) -> Void = { _ in }
    ) throws -> CeremonyProposal {
        let key = PrivateKey.fresh
        var roles = CeremonyScene.roles(root: RoleSetup([key.publicKey]), targets: key, online: key)
        change(&roles)
        return try CeremonyScene.first(roles, expires: expires)
    }

    private static let root = CeremonyRole.topLevel(.root)

    private static let table: [CeremonyCode: Provocation] = [
        .noChange: { try await propose { _ in } },
        .roleUnknown: { try await propose { try $0.setThreshold(1, of: .delegated("osx-64")) } },
        .keyUnknown: { try await propose { try $0.remove(.text("mallory"), from: root) } },
        .keyTwice: {
            let scene = try await CeremonyScene()
            _ = try scene.propose { try $0.add(scene["bob"].publicKey, named: nil, to: root) }
        },
        .thresholdBelowOne: { try await propose { try $0.setThreshold(0, of: root) } },
        .thresholdUnreachable: { try await propose { try $0.setThreshold(6, of: root) } },
        .expiryPast: { _ = try first(expires: CeremonyScene.now) },
        .oldQuorumLost: {
            try await propose { draft in
                for name in ["alice", "bob", "carol"] { try draft.remove(.text(name), from: root) }
                try draft.setThreshold(2, of: root)
            }
        },
        .targetsUnsigned: {
            // What `propose` never makes: a root with other targets keys, and no targets.
            let scene = try await CeremonyScene()
            var next = scene.editor.root
            next.header = SimulatedRepository.header(2)
            try next.set(.targets, to: RoleSetup([PrivateKey.fresh.publicKey]))
            let chain = try scene.chain()
            let targets = try RepositoryTargets.current(of: scene)
            try CeremonyProposal(chain: chain, currentTargets: targets, root: next, targets: nil)
                .check(now: CeremonyScene.now)
        },
        .fileFormat: { _ = try CeremonyProposal(parsing: Array("{}".utf8)) },
        .otherRoot: { try await RootChain.check(CeremonyScene().chain(), leadsThrough: Digest.of([])) },
        .otherBytes: {
            let scene = try await CeremonyScene()
            var one = try scene.removal()
            let other = try scene.propose { try $0.setThreshold(4, of: root) }
            try await one.merge(other.signatures(by: scene["alice"]))
        },
        .stranger: { _ = try await first().signatures(by: PrivateKey.fresh) },
        .signatureInvalid: {
            var proposal = try first()
            let entry = try #require(proposal.documents.first)
            let id = try #require(entry.authorities[0].role.keyIDs.first)
            try proposal.merge(
                CeremonySignatures([
                    CeremonySignatures.Entry(
                        role: .root,
                        version: 1,
                        digest: entry.digest,
                        signature: Signature(keyID: id.text, bytes: [1])
                    )
                ])
            )
        },
        .incomplete: { _ = try FinishedCeremony(first(), now: CeremonyScene.now) },
        .superseded: {
            var scene = try await CeremonyScene()
            let proposal = try await scene.signed(
                scene.removal(),
                by: ["alice", "bob", "carol"].map { scene[$0] }
            )
            try await scene.publish(proposal, online: [scene.online])
            try await scene.publish(proposal, online: [scene.online])
        },
    ]
}

/// The targets metadata in force in a scene, verified.
enum RepositoryTargets {
    static func current(of scene: CeremonyScene) throws -> VerifiedMetadata<TargetsMetadata> {
        let bytes = try #require(scene.files["1.targets.json"])
        return try scene.editor.root.authority(for: .targets).verify(
            SignedMetadata(parsing: bytes, as: .targets),
            of: .targets
        )
    }
}
