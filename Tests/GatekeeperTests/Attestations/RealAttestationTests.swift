// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

import CondaFormats
import Sigstore
import TestSupport
import Testing
import TrustCore
import TrustPolicy

@testable import Gatekeeper

/// A real package with its real attestation, by the keys that the program carries.
@Suite(
    "A real attestation at the gate",
    .enabled(if: SharedData.isPresent, Comment(rawValue: SharedData.absence))
)
struct RealAttestationTests {
    private static let publisher = "prefix-dev/sigstore-example"
    private static let channel = "https://prefix.dev/sigstore-example"

    @Test(
        "The package is admitted by its publisher, and refused by any other and in any other channel",
        arguments: [
            (publisher, "1048392115", channel, nil),
            (publisher, "1048392116", channel, "publisher.other-number"),
            ("prefix-dev/sigstore", nil, channel, "publisher.other-identity"),
            (publisher, nil, "https://prefix.dev/other", "publisher.other-channel"),
        ] as [(String, String?, String, String?)]
    )
    func package(_ repository: String, _ number: String?, _ channel: String, _ code: String?) async throws {
        var package = try FixturePackage("signed-package-2.1.0-hb0f4dca_0.conda")
        package.bytes = try SharedData.bytes("sigstore/conda/\(package.fileName.text)")
        let bundle = try SharedData.bytes("sigstore/conda/conda-attestation.sigstore.json")
        var scene = try await AttestedScene(packages: [package])
        scene.user = try GateScene(pinning: scene.fixture, as: channel)
        scene.trust = SigstoreTrust(
            publicInstance: try TrustedRoot(parsing: SigstoreInstance.publicGood.trustedRoot)
        )
        var publisher = try #require(Publisher.github(repository))
        publisher.repositoryID = number
        try scene.demandByUser(PublisherEntry(.all, publishers: [publisher]))
        try await scene.attest([bundle])
        #expect(try await scene.outcome() == AttestedScene.Outcome(code: code, verified: 1))
    }
}
