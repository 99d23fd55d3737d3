// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

import TestSupport
import Testing
import TrustCore

/// What `kingsnake channel status` says of publishers.
@Suite("The owner's demands, by channel status")
struct PublisherStatusTests {
    @Test("Rules and the files that clients refuse are counted; without a policy nothing is said")
    func counts() async throws {
        var scene = try await AttestationWorld()
        let world = scene.world
        func status(_ options: String...) async throws -> ProgramResult {
            try await world.must(
                ["channel", "status", "channel", "--trusted-root", "trusted_root.json"] + options
            )
        }
        let none = try await status()
        #expect(!none.output.contains("who may publish"))
        #expect(try await status("--json").json()["publishers"] == .null)
        try await scene.ownerDemands("--github", "lab/hello")
        let stripped = try await status()
        #expect(stripped.output.contains("who may publish: 1 rule of the owner's: 1 for every file\n"))
        #expect(stripped.output.contains("clients refuse 1 of them\n  linux-64/hello-1.0-0.conda: "))
        #expect(stripped.output.contains("[attested.missing]") && !stripped.output.contains("until now"))
        try await scene.attest()
        let attested = try await status()
        #expect(
            attested.output.contains("it is about 1 file that the channel lists now, and clients accept all")
        )
        try await world.must(
            "channel",
            "publishers",
            "require",
            "channel",
            "hello",
            "--required-since",
            "2026-01-01T00:00:00Z",
            "--yes"
        )
        let document = try #require(try await status("--json").json()["publishers"]?.object)
        #expect(document["rules"]?.integer == 1 && document["unconditional"]?.integer == 0)
        let since = document["required_since"]?.array?.first?.object
        #expect(since?["moment"]?.string == "2026-01-01T00:00:00Z" && since?["rules"]?.integer == 1)
        #expect(document["judged"]?.integer == 1 && document["refused"]?.array?.isEmpty == true)
        #expect(try await status().output.contains("1 for files listed since 2026-01-01T00:00:00Z"))
        // By another instance's keys nothing is verified, and clients of it would refuse the file.
        let other = try await world.must("channel", "status", "channel")
        #expect(other.output.contains("[attested.invalid]"), "\(other.transcript)")
    }
}
