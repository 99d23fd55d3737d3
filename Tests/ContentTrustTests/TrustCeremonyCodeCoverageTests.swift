// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

import SigningKeys
import TestSupport
import Testing
import TrustCore

@testable import ContentTrust

@Suite("Every refusal of a ceremony of conda content trust has an input that provokes it")
struct TrustCeremonyCodeCoverageTests {
    typealias Scene = TrustCeremonyScene
    typealias Provocation = @Sendable () async throws -> Void

    @Test("Exactly this code", arguments: TrustCeremonyCode.allCases)
    func code(_ code: TrustCeremonyCode) async throws {
        let provocation = try #require(Self.table[code])
        #expect(await refusalCode { try await provocation() } == code.rawValue)
    }

    private static func propose(_ edit: (inout TrustDraft) throws -> Void) async throws {
        let scene = try await Scene()
        _ = try scene.propose { try edit(&$0) }
    }

    private static let table: [TrustCeremonyCode: Provocation] = [
        .noChange: { try await propose { _ in } },
        .keyUnknown: { try await propose { try $0.remove(.text("0123456"), from: .root) } },
        .keyTwice: {
            let scene = try await Scene()
            _ = try scene.propose { try $0.add(scene["bob"].publicKey, to: .root) }
        },
        .threshold: { try await propose { try $0.setThreshold(6, of: .root) } },
        .version: {
            let scene = try await Scene()
            try Scene.altered(scene.removal(), .root, "version", 3).check(now: Scene.now)
        },
        .timestamp: {
            let scene = try await Scene()
            let date = JSONValue.string(Scene.now.description)
            try Scene.altered(scene.removal(), .root, "timestamp", date).check(now: Scene.now)
        },
        .expiryPast: { _ = try await Scene().removal().check(now: Scene.later) },
        .rootExpired: {
            let scene = try await Scene()
            _ = try scene.propose(
                Scene.options(expires: Scene.later.advanced(byDays: 9)) { $0.renewing = [.keyManager] },
                now: Scene.later
            ) { _ in }
        },
        .oldQuorumLost: {
            let scene = try await Scene()
            _ = try scene.propose { draft in
                for name in ["alice", "bob", "carol"] {
                    try draft.remove(.key(scene[name].publicKey), from: .root)
                }
                try draft.setThreshold(2, of: .root)
            }
        },
        .keyManagerUnsigned: {
            // What a draft never makes: a root with another key manager, and nothing that it signs.
            let scene = try await Scene()
            let both = try scene.propose {
                try $0.replace(.key(scene.manager.publicKey), by: PrivateKey.fresh.publicKey)
            }
            try Scene.altered(both) { file in
                var proposed = try #require(file["proposed"]?.object)
                proposed["key_mgr"] = nil
                file["proposed"] = .object(proposed)
            }.check(now: Scene.now)
        },
        .formWidened: {
            let mamba = PrivateKey.fresh
            let scene = try await Scene(mamba: mamba)
            _ = try scene.propose {
                try $0.remove(.key(mamba.publicKey), from: .packageManager)
                try $0.add(mamba.publicKey, to: .packageManager)
            }
        },
        .fileFormat: { _ = try TrustProposal(parsing: Array("{}".utf8)) },
        .otherRoot: { try await Scene().removal().check(leadsThrough: Digest.of([])) },
        .otherBytes: {
            let scene = try await Scene()
            var one = try scene.removal()
            let other = try scene.propose { try $0.setThreshold(4, of: .root) }
            try await one.merge(other.signatures(by: scene["alice"], now: Scene.now))
        },
        .stranger: {
            _ = try await Scene().removal().signatures(by: PrivateKey.fresh, now: Scene.now)
        },
        .signatureForm: {
            let scene = try await Scene()
            try await Self.merge(into: scene.removal(), by: scene["alice"], headers: nil) { $0 }
        },
        .signatureInvalid: {
            let scene = try await Scene()
            let headers = OpenPGPHeaders(createdAt: Scene.now)
            try await Self.merge(into: scene.removal(), by: scene["alice"], headers: headers) { value in
                [value[0] ^ 1] + value.dropFirst()
            }
        },
        .incomplete: {
            let scene = try await Scene()
            _ = try await Scene.finished(scene.removal(), by: [scene["alice"], scene["bob"]])
        },
        .superseded: {
            let scene = try await Scene()
            let one = try await Scene.finished(
                scene.removal(),
                by: ["alice", "bob", "carol"].map { scene[$0] }
            )
            let other = try await Scene().chain
            try one.checkFollows(other, keyManager: scene.keyManager)
        },
    ]

    /// Merges a signature of the root that somebody made by hand.
    private static func merge(
        into proposal: TrustProposal,
        by key: PrivateKey,
        headers: OpenPGPHeaders?,
        _ change: ([UInt8]) -> [UInt8]
    ) async throws {
        var proposal = proposal
        let document = try #require(proposal.documents.first)
        let name = try TrustKey(key.publicKey).hex
        let unsigned = TrustSignature(keyID: name, value: [], headers: headers)
        let value = try key.sign(unsigned.signedBytes(of: document.envelope.signedBytes))
        try proposal.merge(
            TrustCeremonySignatures([
                TrustCeremonySignatures.Entry(
                    role: .root,
                    version: document.version,
                    digest: document.digest,
                    signature: TrustSignature(keyID: name, value: change(value), headers: headers)
                )
            ])
        )
    }
}
