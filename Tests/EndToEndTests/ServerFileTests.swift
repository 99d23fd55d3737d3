// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

import TestSupport
import Testing
import TrustCore

@Suite("kingsnake server yank, unyank, remove")
struct ServerFileTests {
    @Test(
        "Files go out of the index and come back, and the message says when; what is removed is gone for good"
    )
    func life() async throws {
        try await AdministeredWorld.run(Self.live)
    }

    private static func live(_ scene: AdministeredWorld) async throws {
        let world = scene.world
        try await scene.publish(.hello("1.0"), .hello("1.1"), .hello("2.0"))
        let one = "linux-64/hello-1.0-0.conda"
        let dry = try await scene.must("yank", "main", "*/hello-1.*", "--dry-run")
        #expect(dry.output.contains("would be yanked: `linux-64/hello-1.1-0.conda`, which is listed"))
        #expect(!dry.output.contains("2.0"))
        // Nobody is there to say yes.
        let asked = try await scene.run(["yank", "main", "linux-64/hello-1.*"])
        #expect(asked.status == 6 && asked.errors.contains("--yes"))
        #expect(try await scene.run(["remove", "main", one]).status == 6)
        let yanked = try await scene.must("yank", "main", one, "--reason", "it is broken")
        #expect(yanked.output == "yanked `\(one)`\nout of the index now\n")
        let again = try await scene.must("yank", "main", one, "--json").json()
        #expect(again["files"]?.array?.isEmpty == true)
        let more = try await scene.must("yank", "main", "linux-64/hello-?.*", one, "--yes", "--json").json()
        #expect(more["files"]?.array?.count == 2 && more["index"] == "told")
        let back = try await scene.must("unyank", "main", one)
        #expect(back.output.hasSuffix("in the index now\n"))
        let gone = try await scene.must("remove", "main", one, "--yes", "--reason", "malware")
        #expect(gone.output.hasPrefix("removed `\(one)`"))
        #expect(try await scene.refusal("unyank", "main", one) == "upload.file-removed")
        #expect(try await scene.refusal("yank", "main", "linux-64/none-*") == "upload.file-unknown")
        let long = String(repeating: "x", count: 1001)
        #expect(try await scene.run(["yank", "main", one, "--reason", long]).status == 2)
        #expect(try await scene.run(["yank", "main", "hello-1.0-0.conda"]).status == 2)
        let log = try await world.must(
            "log",
            "monitor",
            scene.url + "/log",
            "--trust-on-first-use",
            "--json"
        )
        #expect(log.status == 0)
        try await scene.stop()

        // In the folder, without a server.
        let place = ["--dir", "channels"]
        let local = try await world.must(["server", "unyank", "main", "linux-64/hello-2.0-0.conda"] + place)
        #expect(local.output.hasSuffix("in the index as soon as the server runs\n"))
    }
}
