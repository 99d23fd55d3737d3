// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

import Foundation
import HTTPTypes
import TestSupport
import Testing
import TrustCore
import TrustPolicy

@testable import ChannelServer

@Suite("Running a client behind a proxy of its own", .serialized, .timeLimit(.minutes(3)))
struct ClientRunTests {
    private static func run(
        _ scene: ProxyScene,
        _ script: String,
        _ environment: [String: String] = [:],
        more: @escaping @Sendable (String, String) -> [String: String] = { _, _ in [:] }
    ) async throws -> Int32 {
        let usual = [
            "PATH": "/usr/bin:/bin", "OUT": scene.folder.path + "/out", "no_proxy": "*", "NO_PROXY": "*",
        ]
        return try await ClientRun(
            scene.proxy,
            command: ["sh", "-c", script],
            environment: usual.merging(environment) { $1 },
            folder: scene.folder.path + "/client",
            prepare: { command, proxy, environment, _ in
                ClientEnvironment(variables: environment.merging(more(command[0], proxy)) { $1 })
            }
        ).run()
    }

    @Test("The client’s environment leads everything to the proxy, and what it needs besides is merged")
    func environment() async throws {
        let scene = try ProxyScene()
        let names = "$http_proxy $HTTPS_PROXY <$all_proxy> <$no_proxy> <$NO_PROXY> $KINGSNAKE_PROXY $EXTRA"
        let status = try await Self.run(scene, "echo \"\(names)\" > \"$OUT\"") { client, proxy in
            ["EXTRA": "\(client) of \(proxy.prefix(17))"]
        }
        #expect(status == 0)
        let words = String(decoding: try scene.folder.read("out"), as: UTF8.self).split(separator: " ")
        let proxy = words[0]
        #expect(proxy.hasPrefix("http://127.0.0.1:") && !proxy.hasSuffix(":0"))
        #expect(
            words.map(String.init).joined(separator: " ")
                == "\(proxy) \(proxy) <> <> <> \(proxy) sh of http://127.0.0.1:\n"
        )
    }

    @Test("The run ends with the client’s status, or that of a signal")
    func statuses() async throws {
        #expect(try await Self.run(ProxyScene(), "exit 7") == 7)
        #expect(try await Self.run(ProxyScene(), "kill -9 $$") == 137)
        // Signals and pipes have their usual meaning in the client.
        #expect(try await Self.run(ProxyScene(), "kill -13 $$") == 141)
        await #expect(throws: Failure.self) {
            try await ClientRun(
                ProxyScene().proxy,
                command: ["no-such-client-anywhere"],
                environment: [:],
                folder: "/nonexistent"
            ).run()
        }
    }

    @Test("A signal to this process reaches the client, which decides how to end")
    func signals() async throws {
        let scene = try ProxyScene()
        let script = "trap 'exit 9' USR1; echo ready > \"$OUT\"; while :; do sleep 0.1; done"
        async let status = Self.run(scene, script)
        while (try? scene.folder.read("out"))?.isEmpty != false {
            try await Task.sleep(for: .milliseconds(20))
        }
        kill(getpid(), SIGUSR1)
        #expect(try await status == 9)
    }

    @Test("A client that is content although something was refused does not end with 0")
    func finalStatus() async throws {
        let scene = try ProxyScene()
        #expect(ClientRun.status(of: 0, scene.tally.summary) == 0)
        _ = try await scene.ask(.get, "http://h/x")
        #expect(ClientRun.status(of: 0, scene.tally.summary) == 0)
        scene.channel { $0.admissionError = Refusal(CoreCode.digestMismatch, "the package") }
        _ = try await scene.ask(.get, ProxyScene.whole)
        #expect(ClientRun.status(of: 0, scene.tally.summary) == 3)
        #expect(ClientRun.status(of: 7, scene.tally.summary) == 7)
    }
}
