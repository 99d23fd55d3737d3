// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

import Sigstore
import TestSupport
import Testing
import TrustCore

@Suite("py-rattler and our attestations", .enabled(if: Peers.arePresent, "\(Peers.absence)"))
struct RattlerAttestationTests {
    private static let signer = SimulatedInstance.Signer.workflow()

    /// What py-rattler is asked, and what it must say.
    private struct Case {
        let name: String
        var fileName = SigstoreScene.fileName
        var package = SigstoreScene.package
        var channel = SigstoreScene.channel
        var sidecar: Sidecar?
        var advertised: Digest?
        var isServed = true
        var identity: String? = signer.identity.value
        var issuer: String? = signer.identity.issuer
        /// Nil if it must be accepted; otherwise words that its refusal must have.
        var refusal: String?

        init(_ name: String, _ sidecar: Sidecar?, refusal: String? = nil) {
            self.name = name
            self.sidecar = sidecar
            advertised = sidecar?.digest
            self.refusal = refusal
        }

        func changed(_ change: (inout Case) -> Void) -> Case {
            var copy = self
            change(&copy)
            return copy
        }
    }

    private static func sidecar(
        _ scene: SigstoreScene,
        _ evidence: SimulatedInstance.Evidence = .v1AndTimestamp,
        statement: [UInt8]? = nil
    ) throws -> Sidecar {
        let statement = try statement ?? SigstoreScene.statement()
        let bundle = try scene.server.withInstance {
            try $0.bundle(stating: statement, by: signer, evidence, at: 0)
        }
        return try Sidecar(bundles: [bundle.encoded()], of: "the sidecar")
    }

    private static func cases(_ scene: SigstoreScene) async throws -> [Case] {
        let good = try sidecar(scene), other = try sidecar(scene, .v2)
        var cases = try SimulatedInstance.Evidence.allCases.map {
            Case("evidence \($0)", try sidecar(scene, $0))
        }
        for evidence in SimulatedInstance.Evidence.allCases {
            let signed = try await scene.signByUs(evidence).statement
            let sidecar = try Sidecar(bundles: [signed.bytes], of: "the sidecar")
            cases.append(Case("signed with the services, evidence \(evidence)", sidecar))
        }
        cases.append(Case("anybody", good).changed { ($0.identity, $0.issuer) = (nil, nil) })
        cases.append(
            Case("another identity", good, refusal: "does not match the trusted publisher").changed {
                $0.identity = "https://github.com/example/other/.github/workflows/release.yml@refs/tags/v1"
            }
        )
        cases.append(
            Case("another issuer", good, refusal: "does not match the trusted publisher").changed {
                $0.issuer = "https://issuer.example.org"
            }
        )
        cases.append(
            Case("renamed", good, refusal: "widget-2.0-0.conda").changed {
                $0.fileName = "widget-2.0-0.conda"
            }
        )
        cases.append(
            Case("another channel", good, refusal: "channel").changed {
                $0.channel = "https://conda.example.org/other"
            }
        )
        cases.append(
            Case("another package", good, refusal: "artifact hash does not match").changed {
                $0.package = Array("another".utf8)
            }
        )
        cases.append(Case("stripped", nil, refusal: "attestation"))
        cases.append(Case("swapped", good, refusal: "hash").changed { $0.advertised = other.digest })
        cases.append(Case("not there", good, refusal: "404").changed { $0.isServed = false })
        return cases
    }

    @Test("It accepts our sidecars of every evidence, and refuses each attack for its own reason")
    func accepts() async throws {
        try await SigstoreScene.run { scene in
            let cases = try await Self.cases(scene)
            let channel = try TemporaryFolder()
            try await LoopbackServer.serving(channel.path) { server in
                var list: [JSONValue] = []
                for (at, one) in cases.enumerated() {
                    let path = "\(at)/noarch/\(one.fileName)"
                    if one.isServed, let sidecar = one.sidecar, let digest = one.advertised {
                        try channel.write(
                            sidecar.bytes,
                            to: "\(at)/noarch/" + Sidecar.fileName(of: one.fileName, digest)
                        )
                    }
                    list.append([
                        "url": .string("\(server.url)/\(path)"), "channel": .string(one.channel),
                        "sha256": .string(Digest.of(one.package).hex),
                        "attestations_sha256": one.advertised.map { .string($0.hex) } ?? .null,
                        "identity": one.identity.map { .string($0) } ?? .null,
                        "issuer": one.issuer.map { .string($0) } ?? .null,
                    ])
                }
                let answer = try await Peers.run(
                    "rattler_attestation",
                    [
                        try scene.folder.write(scene.server.trustedRoot().encoded(), to: "root.json"),
                        try scene.folder.write(JSONWriter.encode(.array(list)), to: "cases.json"),
                    ]
                )
                let verdicts = try #require(answer["results"]?.array)
                for (one, verdict) in zip(cases, verdicts) {
                    let text = String(decoding: JSONWriter.encode(verdict), as: UTF8.self)
                    #expect(verdict["verified"]?.bool == (one.refusal == nil), "\(one.name): \(text)")
                    if let refusal = one.refusal {
                        #expect(verdict["message"]?.string?.contains(refusal) == true, "\(one.name): \(text)")
                    } else {
                        #expect(verdict["identity"]?.string == Self.signer.identity.value, "\(text)")
                        #expect(
                            verdict["repository"]?.string == "https://github.com/example/widget",
                            "\(text)"
                        )
                        let checks = verdict["checks"]?.object?.members ?? []
                        #expect(checks.count == 4 && checks.allSatisfy { $0.value == true }, "\(text)")
                    }
                }
                #expect(verdicts.count == cases.count)
            }
        }
    }
}
