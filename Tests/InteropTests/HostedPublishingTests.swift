// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

import Foundation
import SigningKeys
import Sigstore
import TestSupport
import Testing
import TrustCore

/// Jobs of a build service publish without a stored secret, and what they attest to is verified by all.
@Suite(
    "Jobs publish by py-rattler-build to the server that runs",
    .enabled(if: Peers.arePresent, "\(Peers.absence)"),
    .timeLimit(.minutes(5))
)
struct HostedPublishingTests {
    private static let mint = "POST /api/oidc/mint_token"
    private static let upload = "POST /api/v1/upload/main"

    @Test(
        "A job's token is exchanged for a key, the key publishes what it is for, and the log says whose job it was"
    )
    func published() async throws {
        let job = try await BuildJob(), world = job.world
        try await job.trust("widget")
        let first = try await job.publish(job.package("widget"))
        #expect(first.error == nil && first.asked == ["\(Self.mint) 200", "\(Self.upload) 201"], "\(first)")
        try await world.waitUntil("widget-1-0.conda", in: "noarch")
        let statement = try await world.ask("GET", "/main/noarch/widget-1-0.conda.kingsnake.dsse.json")
        let envelope = try JSONReader.read(statement.body, of: "the statement")
        let payload = try #require(envelope["payload"]?.string.flatMap { Base64.decode($0) })
        let publisher = try JSONReader.read(payload, of: "the payload")["predicate"]?["publisher"]
        #expect(publisher?["kind"]?.string == "workload")
        #expect(publisher?["issuer"]?.string == job.issuer.issuer)
        #expect(publisher?["name"]?.string?.contains("example/widget") == true, "\(publisher ?? .null)")
        // The same once more, by another token, is no second event.
        let again = try await job.publish(job.package("widget"))
        #expect(again.error == nil && again.asked == ["\(Self.mint) 200", "\(Self.upload) 200"], "\(again)")
        let other = try await job.publish(job.package("gadget"))
        #expect(other.error != nil)
        #expect(
            other.asked == ["\(Self.mint) 200", "\(Self.upload) 403 access.not-allowed"],
            "\(other.asked)"
        )
        #expect(try await world.ask("GET", "/main/noarch/gadget-1-0.conda").status == 404)
        for token in job.issuer.tokens { #expect(!world.log.contains(token)) }
    }

    @Test(
        "No key is given for a token that is not the publisher's, or not good any more",
        arguments: [
            (["exp": -100, "nbf": -900, "iat": -900], [:], "422 oidc.expired"),
            (["exp": 90_000], [:], "422 oidc.lifetime"),
            (["nbf": 600, "iat": 600, "exp": 900], [:], "422 oidc.not-yet-valid"),
            (
                [:],
                [
                    "repository": "example/other", "repository_id": "1002",
                    "workflow_ref": "example/other/.github/workflows/release.yml@refs/tags/v1",
                ], "403 oidc.no-publisher"
            ),
            ([:], ["repository": "example/other"], "422 oidc.claim"),
            ([:], ["repository_id": "1002"], "403 oidc.no-publisher"),
            ([:], ["repository_owner_id": "2003"], "403 oidc.no-publisher"),
            (
                [:], ["workflow_ref": "example/widget/.github/workflows/other.yml@refs/tags/v1"],
                "403 oidc.workflow"
            ),
            ([:], ["event_name": "pull_request"], "403 oidc.event"),
            ([:], ["aud": "channels.example.org"], "422 oidc.audience"),
            ([:], ["iss": "https://token.actions.githubusercontent.com"], "422 oidc.issuer"),
        ] as [([String: Int64], [String: String], String)]
    )
    func refused(_ times: [String: Int64], _ texts: [String: String], _ answer: String) async throws {
        let job = try await BuildJob()
        try await job.trust("widget")
        let now = job.issuer.now.seconds
        job.issuer.fault { faults in
            for (claim, offset) in times { faults.claims[claim] = .number(JSONNumber(now + offset)) }
            for (claim, text) in texts { faults.claims[claim] = .string(text) }
            if let workflow = texts["workflow_ref"] { faults.claims["job_workflow_ref"] = .string(workflow) }
        }
        let result = try await job.publish(job.package("widget"))
        #expect(result.error != nil && result.asked.first == "\(Self.mint) \(answer)", "\(result)")
        #expect(!result.asked.contains { $0.contains(" 20") }, "\(result.asked)")
        #expect(try await job.world.ask("GET", "/main/noarch/widget-1-0.conda").status == 404)
    }

    @Test("A token is exchanged once")
    func replayed() async throws {
        let job = try await BuildJob()
        try await job.trust("widget")
        job.issuer.fault { $0.claims["jti"] = "once" }
        #expect(try await job.publish(job.package("widget")).error == nil)
        let again = try await job.publish(job.package("widget", "2"))
        #expect(again.error != nil && again.asked.first == "\(Self.mint) 422 oidc.replayed", "\(again)")
        #expect(try await job.world.ask("GET", "/main/noarch/widget-2-0.conda").status == 404)
    }

    @Test("A pending publisher becomes one with the first file; whoever comes second is nobody")
    func pending() async throws {
        let job = try await BuildJob(), world = job.world
        try await job.trust("widget", "--pending")
        try await job.trust("gadget", "--pending")
        func publishers() async throws -> [String] {
            let list = try await world.administer("publisher", "list", "main").output
            return list.split(separator: "\n").map { String($0.prefix { $0 != ":" }) }
        }
        #expect(try await publishers() == ["1  widget (pending)", "2  gadget (pending)"])
        #expect(try await job.publish(job.package("widget")).error == nil)
        let key = try #require(world.keys["alice"])
        let arguments = ["prefix", world.url, "main", try job.package("gadget")]
        _ = try await Peers.run("rattler_upload", arguments, environment: ["KEY": key])
        #expect(try await publishers() == ["1  widget"])
        let late = try await job.publish(job.package("gadget", "2"))
        #expect(late.error != nil && late.asked.last == "\(Self.upload) 403 access.not-allowed", "\(late)")
        #expect(try await job.publish(job.package("widget", "2")).error == nil)
    }

    @Test("What a job attests to is verified when it comes, named by the index, and verified by py-rattler")
    func attested() async throws {
        let instance = try await SimulatedSigstoreServer.start(), folder = try TemporaryFolder()
        let files = try instance.write(to: folder)
        let job = try await BuildJob(settings: ["trusted_root": .string(files.trustedRoot)]),
            world = job.world
        try await job.trust("*")
        let token = try instance.workflows.token(workflowOf: "example/widget", at: instance.now)
        try world.folder.write(Array((token + "\n").utf8), to: "token")
        func attest(_ package: String, channel: String) async throws -> String {
            let bundle = package + ".bundle.json"
            let made = try await world.program.run([
                "attest", "create", package, "--trusted-root", files.trustedRoot, "--signing-config",
                files.signingConfig, "--identity-token", "token", "--channel", channel, "--bundle", bundle,
                "--yes",
            ])
            try made.demandSuccess("attest create")
            return bundle
        }
        let channel = world.url + "/main"
        let widget = try job.package("widget"), gadget = try job.package("gadget")
        let bundle = try await attest(widget, channel: channel)
        let foreign = try await attest(gadget, channel: "https://conda.example.org/main")
        try await world.administer("channel", "set", "main", "--attestations", "required")
        let cases: [(path: String, bundle: String?, answer: String)] = [
            (widget, nil, "422 upload.attestation-missing"), (gadget, bundle, "422 attestation.file-name"),
            (gadget, foreign, "422 attestation.channel"), (widget, bundle, "201"),
        ]
        for (path, bundle, answer) in cases {
            let result = try await job.publish(path, attestation: bundle)
            #expect(result.asked.last == "\(Self.upload) \(answer)", "\(result)")
            // What is wrong is said to whoever publishes.
            if let code = answer.split(separator: " ").dropFirst().first {
                #expect(result.error?.contains(code) == true, "\(result)")
            }
        }
        try await world.waitUntil("widget-1-0.conda", in: "noarch")
        let record = try #require(try await world.record(of: "widget-1-0.conda", in: "noarch"))
        let digest = try #require(record["attestations_sha256"]?.string)
        let sidecar = try await world.ask("GET", "/main/noarch/widget-1-0.conda.sigs.\(digest)")
        #expect(sidecar.status == 200 && Digest.of(sidecar.body).hex == digest)
        // The server's own statement lies beside it, and is no attestation to anybody.
        let own = try await world.ask("GET", "/main/noarch/widget-1-0.conda.kingsnake.dsse.json")
        #expect(own.status == 200)
        let identity = SimulatedInstance.Signer.workflow().identity
        func verify(_ identity: String, _ issuer: String) async throws -> JSONValue {
            let answer = try await Peers.run(
                "rattler_verify",
                [channel, "widget", files.trustedRoot, identity, issuer]
            )
            let results = try #require(answer["results"]?.array)
            return try #require(results.first)
        }
        let good = try await verify(identity.value, identity.issuer)
        #expect(good["verified"]?.bool == true && good["channel"]?.string == channel, "\(good)")
        #expect(good["repository"]?.string == "https://github.com/example/widget")
        let other = try await verify(
            identity.value.replacing("example/widget", with: "example/other"),
            identity.issuer
        )
        let message = other["message"]?.string ?? ""
        #expect(other["verified"]?.bool == false && message.contains("does not match the trusted publisher"))
        await instance.stop()
    }
}
