// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

import Foundation
import TestSupport
import Testing
import TrustCore

@Suite("The server's pages in Chromium", .enabled(if: Peers.arePresent, "\(Peers.absence)"))
struct PagesInBrowserTests {
    private static let chromium =
        ProcessInfo.processInfo.environment["KINGSNAKE_CHROMIUM"] ?? "/usr/bin/chromium"
    private static let isPresent = FileManager.default.isExecutableFile(atPath: chromium)

    @Test(
        "At two widths, in light and dark: nothing for axe to find, and no request to anybody else",
        .enabled(if: isPresent, "there is no Chromium: see `make pages`")
    )
    func looked() async throws {
        let world = try await PagesWorld()
        let folder = try TemporaryFolder()
        let pictures = ProcessInfo.processInfo.environment["KINGSNAKE_PAGES"] ?? folder.path + "/pictures"
        var list = JSONObject()
        list["paths"] = .array(PagesWorld.paths.map { .string($0) })
        list["login"] = .string(PagesWorld.privatePath)
        let file = try folder.write(JSONWriter.encode(.object(list)), to: "paths.json")
        let chromium = Self.chromium, key = world.key
        try await world.serve { url in
            let answer = try await Peers.run(
                "check_pages",
                [url, chromium, pictures, file],
                environment: ["KEY": key]
            )
            #expect(answer["problems"]?.strings == [])
            #expect(answer["pages"]?.integer == Int64(PagesWorld.paths.count * 4))
        }
    }
}
