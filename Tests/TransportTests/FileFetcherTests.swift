// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

import TestSupport
import Testing
import TrustCore

@testable import Transport

@Suite("Fetching files")
struct FileFetcherTests {
    @Test("A file arrives whole; its URL is decoded")
    func whole() async throws {
        let folder = try TemporaryFolder()
        try folder.write(TransportFixtures.content, to: "a b/c+d%.json")
        let url = "file://" + folder.path + "/a%20b/c+d%25.json"
        #expect(try await FileFetcher().bytes(url, maximumLength: 1_000_000) == TransportFixtures.content)
        #expect(
            await refusalCode { try await FileFetcher().bytes(url, maximumLength: 999_999) }
                == "limit.too-large"
        )
    }

    @Test("No such file is not found; a folder, a pipe or a device is a failure")
    func absence() async throws {
        let folder = try TemporaryFolder()
        try folder.write([1], to: "file")
        #expect(try await FileFetcher().bytes("file://\(folder.path)/none", maximumLength: 10) == nil)
        #expect(try await FileFetcher().bytes("file://\(folder.path)/file/x", maximumLength: 10) == nil)
        for path in [folder.path, "/dev/zero"] {
            #expect(
                await TransportFixtures.fault {
                    _ = try await FileFetcher().bytes("file://" + path, maximumLength: 10)
                }
                    == .file
            )
        }
    }

    @Test(
        "Only URLs of this machine's files are taken",
        arguments: [
            ("file:///a", "/a"), ("file:/a", "/a"), ("FILE://localhost/a%2Fb", "/a/b"),
            ("file://host/a", nil),
            ("file:a", nil), ("file:///a?b", nil), ("file:///a%00", nil), ("file:///a%", nil), ("/a", nil),
            ("file:", nil),
        ] as [(String, String?)]
    )
    func paths(url: String, path: String?) {
        #expect(FileFetcher.path(of: url) == path)
    }
}
