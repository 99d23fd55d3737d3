// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

import CondaFormats
import Sigstore
import TestSupport
import Testing
import TrustCore

@Suite("What `attest create` makes, and the peers", .enabled(if: Peers.arePresent, "\(Peers.absence)"))
struct AttestCreateInteropTests {
    @Test(
        "sigstore-python verifies its bundle, and py-rattler takes its sidecar",
        arguments: SimulatedInstance.Evidence.allCases
    )
    func create(_ evidence: SimulatedInstance.Evidence) async throws {
        try await SigstoreScene.run { scene in
            let server = scene.server, folder = scene.folder
            let builder = SamplePackages.library
            let fileName = builder.fileName(.conda)
            let bytes = try builder.build(.conda)
            let package = try folder.write(bytes, to: "channel/noarch/" + fileName)
            let files = try server.write(evidence, to: folder)
            let token = try server.workflows.token(workflowOf: "example/widget", at: server.now)
            try await Program(in: folder.path).must([
                "attest", "create", "--yes", "--channel", SigstoreScene.channel, "--trusted-root",
                files.trustedRoot, "--signing-config", files.signingConfig, "--identity-token",
                try folder.write(Array(token.utf8), to: "token"), "--bundle", folder.path + "/bundle.json",
                package,
            ])
            let identity = SimulatedInstance.Signer.workflow().identity
            let bundle = try Bundle(parsing: folder.read("bundle.json"))
            let verdicts = try await scene.verdicts([.init(bundle: bundle, identity: identity)])
            #expect(verdicts[0]["verified"]?.bool == true, "\(verdicts[0])")

            let sidecar = try Sidecar(
                parsing: folder.read("channel/noarch/" + Sidecar.newestFileName(of: fileName)),
                expecting: nil,
                of: "the sidecar"
            )
            try folder.write(
                sidecar.bytes,
                to: "channel/noarch/" + Sidecar.fileName(of: fileName, sidecar.digest)
            )
            let verdict = try await LoopbackServer.serving(folder.path + "/channel") { mirror in
                let cases: JSONValue = [
                    [
                        "url": .string("\(mirror.url)/noarch/\(fileName)"),
                        "channel": .string(SigstoreScene.channel), "sha256": .string(Digest.of(bytes).hex),
                        "attestations_sha256": .string(sidecar.digest.hex),
                        "identity": .string(identity.value), "issuer": .string(identity.issuer),
                    ]
                ]
                let list = try folder.write(JSONWriter.encode(cases), to: "rattler-cases.json")
                let answer = try await Peers.run("rattler_attestation", [files.trustedRoot, list])
                return try #require(answer["results"]?.array?.first)
            }
            #expect(verdict["verified"]?.bool == true, "\(verdict)")
            #expect(verdict["identity"]?.string == identity.value)
        }
    }
}
