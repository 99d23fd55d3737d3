// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

import CondaFormats
import Sigstore
import TestSupport
import Testing
import TrustCore
import TrustPolicy

@testable import Gatekeeper

@Suite("Attested packages in an index that nobody signs")
struct UnsignedIndexTests {
    @Test("Taking the promise away breaks the record's signature, and an older record is not enough")
    func stripped() async throws {
        let publisher = try await AttestedScene.good()
        let sidecar = try publisher.fixture.folder.read(publisher.sidecarPath)
        var scene = try await ContentTrustScene()
        let package = scene.fixture.packages[0]
        let old = try scene.fixture.folder.read("\(package.subdir.text)/repodata.json")
        scene.fixture.packages[0].recordChanges["attestations_sha256"] = .string(Digest.of(sidecar).hex)
        try scene.fixture.folder.write(sidecar, to: "\(package.path).sigs.\(Digest.of(sidecar).hex)")
        try await scene.publish { _ in }
        #expect(try await outcome(scene, publisher.trust) == .admitted)

        // The mirror's own change, which it cannot sign.
        try await scene.publish { $0[0].record["attestations_sha256"] = nil }
        #expect(
            await ContentTrustScene.refusal { try await admit(scene, publisher.trust) }
                == "content-trust.record-signature"
        )
        // What was rightly signed before there was an attestation.
        try scene.fixture.write(index: old)
        #expect(
            try await outcome(scene, publisher.trust) == AttestedScene.Outcome(code: "attested.missing")
        )
    }

    private func outcome(_ scene: ContentTrustScene, _ trust: SigstoreTrust) async throws
        -> AttestedScene.Outcome
    { AttestedScene.Outcome(try await admit(scene, trust)) }

    /// Asks as a user whose policy demands the publisher.
    private func admit(_ scene: ContentTrustScene, _ trust: SigstoreTrust) async throws -> Admission {
        let channel = scene.user.channel
        let policy = try PolicyFile(channels: [
            PolicyFile.Channel(
                channel,
                publishers: PublisherPolicy(channel: channel, entries: [AttestedScene.entry()])
            )
        ])
        return try await scene.user.withGate([scene.url]) { configuration in
            configuration.sigstore = trust
            configuration.publishers = UserPublishers(policy: policy)
        } _: { gate in
            try await gate.admit(PackageRequest(scene.user.url(of: scene.fixture.packages[0])))
        }.value
    }
}
