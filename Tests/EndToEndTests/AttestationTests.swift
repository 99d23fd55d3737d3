// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

import Foundation
import Sigstore
import TestSupport
import Testing
import TrustCore

@Suite("Attested packages, as users see them")
struct AttestationTests {
    @Test("verify says first what is enforced, then who attested from where, and what that does not prove")
    func accepted() async throws {
        var scene = try await AttestationWorld()
        try await scene.attest()
        try await scene.demand("--github", "lab/hello", "--workflow", "release.yml")
        let result = try await scene.verify()
        #expect(result.status == 0, "\(result.transcript)")
        var rest = result.output[...]
        for line in [
            "what is enforced\n",
            "  pinned root  a signed, current index must list the package, with these very bytes\n",
            "  owner        says nothing of who may publish this package\n",
            "  your policy  `hello` must be attested by github lab/hello, workflow release.yml\n",
            "  first use    does not count for this channel\n",
            "what was found\n",
            "  ok       attested: 1 attestation, as your policy for `hello` demands\n",
            "  ok       publisher: allowed by your policy for `hello`: https://github.com/lab/hello",
            "attestation, verified\n",
            "  signed by    https://github.com/lab/hello/.github/workflows/release.yml@refs/tags/v1\n",
            "  issuer       https://token.actions.githubusercontent.com, which vouches for that identity\n",
            "  repository   https://github.com/lab/hello (number 1001, owner number 2002)\n",
            "  ref          refs/tags/v1\n",
            "  commit       aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa\n",
            "  run          https://github.com/lab/hello/actions/runs/1/attempts/1\n",
            "  logged       entry ",
            "  signed at    20",
            "  for channel  https://conda.example.org/lab\n",
            "  allowed by   your policy for `hello`: github lab/hello, workflow release.yml\n",
            "verified: a publisher who may publish it",
            "Nothing here proves that the code in the package is harmless.\n",
            "An attestation proves who signed, and when; not that the package was built from the commit it names.\n",
            "Nor does it prove that the publisher's account was not taken over.\n",
        ] {
            let place = rest.firstRange(of: line)
            #expect(place != nil, "not there, or not there in this order: \(line)\(result.output)")
            rest = rest[(place?.upperBound ?? rest.startIndex)...]
        }
    }

    @Test("verify --json has the same by stable names")
    func json() async throws {
        var scene = try await AttestationWorld()
        try await scene.attest()
        try await scene.demand("--github", "lab/hello", "--repository-id", "1001")
        let document = try await scene.verify("1.0", "--json").json()
        #expect(document["status"]?.string == "ok" && document["allowed"] == true)
        #expect(document["vouched_by"]?.object?["kind"]?.string == "publishers")
        #expect(document["not_proved"] == ["harmless", "built-from-commit", "own-account"])
        let enforced = try #require(document["enforced"]?.object)
        #expect(enforced["pin"]?.string == "index" && enforced["first_use"] == .null)
        let demand = try #require(enforced["publishers"]?.array?.first?.object)
        #expect(demand["source"]?.string == "policy" && demand["mode"]?.string == "require")
        #expect(demand["pattern"]?.string == "hello" && demand["met"] == true)
        #expect(demand["publishers"] == [["github": "lab/hello", "repository_id": "1001"]])
        let attestation = try #require(document["attestations"]?.array?.first?.object)
        #expect(attestation["verified"] == true && attestation["for_other_channel"] == false)
        #expect(attestation["issuer"]?.string == "https://token.actions.githubusercontent.com")
        #expect(attestation["publisher"]?.object?["identity"]?.string == "https://github.com/lab/hello")
        let claims = try #require(attestation["claims"]?.object)
        #expect(claims["source-repository-ref"]?.string == "refs/tags/v1")
        #expect(attestation["target_channel"]?.string == AttestationWorld.url)
        #expect(attestation["log_entries"]?.array?.first?.object?["index"]?.integer != nil)
        let judged = try #require(attestation["judged_by"]?.array?.first?.object)
        #expect(judged["source"]?.string == "policy" && judged["allowed"] == true)
        #expect(document["sidecar"] == ["read": true])
    }

    @Test("An attestation that nobody demands is shown for information, and counts for nothing")
    func informationOnly() async throws {
        var scene = try await AttestationWorld()
        try await scene.attest()
        let result = try await scene.verify()
        let text = result.output
        #expect(result.status == 0, "\(result.transcript)")
        #expect(
            text.contains("  publishers   nobody says who may publish this package, so that no attestation")
        )
        #expect(text.contains("  signed by    https://github.com/lab/hello/.github/workflows/release.yml"))
        #expect(
            text.contains("  note         for information only: nobody says who may publish this package")
        )
        #expect(text.contains("verified: the channel's signed index vouches for these bytes"))
        // Taking it away is noticed, and refuses nothing.
        scene.server.follow { $0.path.contains(".sigs") ? .status(404) : .normal }
        let stripped = try await scene.run([
            "verify", AttestationWorld.package("1.0"), "--cache", "empty-cache",
        ])
        #expect(stripped.status == 0, "\(stripped.transcript)")
        #expect(stripped.output.contains("attestations could NOT be read"))
    }

    @Test(
        "Evidence of each kind of log and timestamp is enough",
        arguments: SimulatedInstance.Evidence.allCases
    )
    func everyEvidence(_ evidence: SimulatedInstance.Evidence) async throws {
        var scene = try await AttestationWorld()
        try scene.place([scene.bundle(.init("1.0"), evidence)])
        try await scene.demand("--github", "lab/hello")
        let result = try await scene.verify()
        #expect(result.status == 0 && result.output.contains("signed at "), "\(result.transcript)")
    }

    @Test(
        "install says who attested, and audit which installed packages today's policy does not allow any more"
    )
    func installAndAudit() async throws {
        var scene = try await AttestationWorld()
        try await scene.attest()
        try await scene.demand("--github", "lab/hello")
        let installed = try await scene.install()
        #expect(installed.status == 0, "\(installed.transcript)")
        let who = "https://github.com/lab/hello (repository number 1001) by https://token.actions"
        #expect(installed.output.contains("attested by \(who)"), "\(installed.output)")
        let good = try await scene.run(["audit", "--prefix", "env"])
        #expect(good.status == 0 && good.output.contains("attested by \(who)"), "\(good.transcript)")
        try await scene.world.must("trust", "publisher", "remove", AttestationWorld.url, "hello")
        try await scene.demand("--github", "lab/other")
        let bad = try await scene.run(["audit", "--prefix", "env"])
        #expect(bad.status == 1, "\(bad.transcript)")
        #expect(bad.output.contains("audit.not-allowed") && bad.output.contains("lab/other"), "\(bad.output)")
    }

    @Test(
        "What the channel's owner demands is told first, holds for every client, and no user's policy widens it"
    )
    func ownerDemands() async throws {
        var scene = try await AttestationWorld()
        try await scene.attest()
        try await scene.ownerDemands("--github", "lab/hello", "--repository-id", "1001")
        let good = try await scene.verify()
        #expect(good.status == 0, "\(good.transcript)")
        let demand = "owner        `hello` must be attested by github lab/hello, repository number 1001\n"
        #expect(good.output.contains(demand), "\(good.output)")
        #expect(good.output.contains("  your policy  says nothing of who may publish this package\n"))
        #expect(good.output.contains("  allowed by   the channel's owner for `hello`: github lab/hello"))
        // A user who would believe somebody else believes nobody whom the owner does not.
        try await scene.add("1.1", "--await-attestations")
        try await scene.attest("1.1", by: .stranger)
        try await scene.demand("--github", "evil/hello")
        let bad = try await scene.verify("1.1")
        #expect(bad.status == 1 && bad.output.contains("NOT ALLOWED  by the channel's owner for `hello`"))
        #expect(
            bad.output.contains("  allowed by   your policy for `hello`: github evil/hello"),
            "\(bad.transcript)"
        )
    }

    @Test("channel add says which publishers clients demand, and refuses what they would refuse")
    func channelAdd() async throws {
        var scene = try await AttestationWorld()
        try await scene.attest()
        try await scene.ownerDemands("--github", "lab/hello")
        let path = try scene.world.write(.hello("1.1"))
        let refused = try await scene.run(["channel", "add", "channel", path])
        #expect(
            refused.status == 1 && refused.errors.contains("channel.package-unattested"),
            "\(refused.transcript)"
        )
        try scene.world.write(
            AttestationWorld.list([scene.bundle(.init("1.1"))]),
            to: "packages/\(AttestationWorld.fileName("1.1")).sigs"
        )
        let added = try await scene.run(["channel", "add", "channel", path])
        #expect(added.status == 0, "\(added.transcript)")
        #expect(
            added.output.contains(
                "every client demands of 1 package: `hello` must be attested by github lab/hello\n"
            ),
            "\(added.output)"
        )
        #expect(try await scene.verify("1.1").status == 0)
        let another = try scene.world.write(.hello("1.2"))
        let json = try await scene.run([
            "channel", "add", "channel", another, "--await-attestations", "--json",
        ])
        let demanded = try #require(try json.json()["demanded"]?.array?.first?.object)
        #expect(demanded["pattern"]?.string == "hello" && demanded["publishers"] == [["github": "lab/hello"]])
        #expect(demanded["files"] == [.string("linux-64/" + AttestationWorld.fileName("1.2"))])
    }

    @Test("audit names who attested where nobody is named, and has what today's policy finds in --json")
    func auditFirstUse() async throws {
        var scene = try await AttestationWorld()
        try scene.trustFirstUse()
        try await scene.attest()
        #expect(try await scene.install().status == 0)
        let audit = try await scene.run(["audit", "--prefix", "env"])
        let line =
            "attested by https://github.com/lab/hello (repository number 1001) by https://token.actions"
        #expect(audit.status == 0 && audit.output.contains(line), "\(audit.transcript)")
        #expect(audit.output.contains(", as before: hello"), "\(audit.output)")
        let json = try await scene.run(["audit", "--prefix", "env", "--json"]).json()
        let verdict = try #require(json["publishers"]?.array?.first?.object)
        #expect(verdict["record"]?.string == "hello-1.0-0.json" && verdict["allowed"] == true)
        #expect(verdict["enforced"]?.object?["first_use"]?.object?["outcome"]?.string == "same")
    }
}
