// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

import Synchronization
import TestSupport
import Testing
import Transport
import TrustCore

@testable import ChannelServer

/// Answers some addresses, and remembers what it was asked for.
private final class Addresses: Fetcher {
    private let known: Set<String>
    private let closed: Set<String>
    private let asked = Mutex<[String]>([])

    init(_ known: Set<String>, closed: Set<String> = []) {
        self.known = known
        self.closed = closed
    }

    var requests: [String] { asked.withLock { $0 } }

    func fetch(_ request: FetchRequest, receive: (UnsafeRawBufferPointer) throws -> Void) async throws
        -> FetchOutcome
    {
        asked.withLock { $0.append(request.url) }
        if closed.contains(request.url) { throw Failure(.network, "401") }
        return known.contains(request.url) ? .complete : .notFound
    }
}

@Suite("The address of a log")
struct LogAddressTests {
    @Test(
        "A log is found by the address of the server, of a channel, or its own",
        arguments: [
            ("https://c.example", "https://c.example/log"), ("https://c.example/", "https://c.example/log"),
            ("https://c.example/log", "https://c.example/log"),
            ("https://c.example/log/", "https://c.example/log"),
            ("https://c.example/main", "https://c.example/log"),
            ("https://c.example/hidden", "https://c.example/hidden/log"),
            ("https://c.example/t/key/main", "https://c.example/t/key/log"),
            ("https://logs.example/2026", "https://logs.example/2026"),
        ]
    )
    func found(_ given: String, _ expected: String) async throws {
        let fetcher = Addresses([
            "https://c.example/log/checkpoint", "https://c.example/hidden/log/checkpoint",
            "https://c.example/t/key/log/checkpoint", "https://logs.example/2026/checkpoint",
        ])
        #expect(try await LogAddress(given).find(by: fetcher) == expected)
    }

    @Test("Where there is none it is said where it was looked for; what may not be read is not passed over")
    func notFound() async throws {
        let nothing = Addresses([])
        #expect(
            await refusalCode { try await LogAddress("https://c.example/t/secret/main").find(by: nothing) }
                == "publish-log.missing"
        )
        #expect(nothing.requests.count == 3)
        do {
            _ = try await LogAddress("https://c.example/t/secret/main").find(by: nothing)
        } catch let refusal as Refusal { #expect(!refusal.description.contains("secret")) }
        let hidden = Addresses(
            ["https://c.example/log/checkpoint"],
            closed: ["https://c.example/hidden/log/checkpoint"]
        )
        await #expect(throws: Failure.self) {
            try await LogAddress("https://c.example/hidden").find(by: hidden)
        }
    }

    @Test("A key goes to the server that it is for, and nowhere else")
    func keyed() async throws {
        let addresses = Addresses([])
        let fetcher = try KeyedFetcher(addresses, key: "k:/1", for: "https://c.example/main")
        for url in [
            "https://c.example/log/checkpoint", "https://C.example/x?y", "http://c.example/x",
            "https://c.example:8443/x", "https://other.example/x", "https://me:pass@c.example/x",
            "file:///c.example/x",
        ] { _ = try await fetcher.bytes(url, maximumLength: 1) }
        #expect(
            addresses.requests == [
                "https://key:k%3A%2F1@c.example/log/checkpoint", "https://key:k%3A%2F1@c.example/x?y",
                "http://c.example/x", "https://c.example:8443/x", "https://other.example/x",
                "https://me:pass@c.example/x", "file:///c.example/x",
            ]
        )
        for url in ["http://c.example/main", "file:///main", "https://me:pass@c.example/main", "nothing"] {
            #expect(throws: Failure.self) { try KeyedFetcher(addresses, key: "k", for: url) }
        }
        #expect(throws: Failure.self) { try KeyedFetcher(addresses, key: "a b", for: "https://c.example") }
        #expect(throws: Never.self) { try KeyedFetcher(addresses, key: "k", for: "http://127.0.0.1:1/x") }
    }
}
