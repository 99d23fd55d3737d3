// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

import HTTPTypes
import Hummingbird
import HummingbirdTesting
import Testing
import TrustCore

@testable import ChannelServer

@Suite("Every request")
struct EveryRequestTests {
    /// Says who asks, and where.
    private struct Echo: ServerRoutes {
        func add(to router: Router<ServerContext>) {
            router.get("/_/who/**") { request, context in
                "\(context.caller.holder?.name ?? "nobody") \(request.uri.path)"
            }
            router.get("/bad") { _, _ -> String in throw Refusal(ServerCode.channelUnknown, "x") }
        }
    }

    @Test("A token in the path, a bearer's, a password and a key of its own field are understood")
    func credentials() async throws {
        let scene = try ServerScene()
        let asked: [(path: String, headers: HTTPFields, answer: String)] = [
            ("/_/who/a", [:], "nobody /_/who/a"),
            ("/t/alice/_/who/a", [:], "alice /_/who/a"),
            ("/_/who/a", [.authorization: "Bearer bob"], "bob /_/who/a"),
            ("/_/who/a", [.authorization: "Basic eDpjYXJvbA=="], "carol /_/who/a"),
            ("/_/who/a", [HTTPField.Name("X-API-Key")!: "dave"], "dave /_/who/a"),
        ]
        for (path, headers, answer) in asked {
            let response = try await scene.ask([Echo()], .get, path, headers: headers)
            #expect(String(buffer: response.body) == answer)
        }
    }

    @Test("A refusal is answered as a problem, with its code and status")
    func problem() async throws {
        let scene = try ServerScene()
        let response = try await scene.ask([Echo()], .get, "/bad")
        #expect(response.status == .notFound)
        #expect(response.headers[.contentType] == "application/problem+json")
        #expect(String(buffer: response.body).contains("\"code\":\"server.channel-unknown\""))
    }
}
