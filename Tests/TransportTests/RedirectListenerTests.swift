// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

import TestSupport
import Testing
import TrustCore

@testable import Transport

@Suite("The end of a login in the browser")
struct RedirectListenerTests {
    /// Asks as a browser does, and answers status and page.
    private func get(_ url: String, headers: [(String, String)] = [], method: ServiceRequest.Method = .get)
        async throws -> ServiceResponse
    {
        let caller = HTTPServiceCaller()
        defer { Task { await caller.shutdown() } }
        return try await caller.send(
            ServiceRequest(method, url, headers: headers.map { (name: $0.0, value: $0.1) })
        )
    }

    private func page(_ response: ServiceResponse) -> String {
        String(decoding: response.body, as: UTF8.self)
    }

    @Test("The query is handed on as it came, and the page says that it can be closed")
    func receives() async throws {
        let listener = try await RedirectListener.listen(timeout: .seconds(60))
        async let query = listener.receive { $0 == "state=a%20b&code=c" }
        let answer = try await get(listener.redirectURI + "?state=a%20b&code=c")
        #expect(try await query == "state=a%20b&code=c")
        #expect(answer.status == 200 && page(answer).contains("You can close this page"))
        #expect(page(answer).contains("You are logged in") && !page(answer).contains("code"))
        let headers = Dictionary(answer.headers.map { ($0.name.lowercased(), $0.value) }) { $1 }
        #expect(headers["cache-control"] == "no-store" && headers["referrer-policy"] == "no-referrer")
        await listener.close()
    }

    @Test(
        "A browser that is quicker than the program is waited for, and one that brings nothing good is told so"
    )
    func order() async throws {
        let listener = try await RedirectListener.listen(timeout: .seconds(60))
        async let answer = get(listener.redirectURI + "?state=x")
        #expect(try await listener.receive { _ in false } == "state=x")
        let response = try await answer
        #expect(response.status == 400 && page(response).contains("not logged in"))
        await listener.close()
    }

    @Test("A request that is not the login's gets an error and changes nothing")
    func others() async throws {
        let listener = try await RedirectListener.listen(timeout: .seconds(60))
        async let query = listener.receive { _ in true }
        let base = String(listener.redirectURI.dropLast("/auth/callback".count))
        for path in ["/", "/favicon.ico", "/auth/callback/", "/auth/callbac", "//auth/callback"] {
            #expect(try await get(base + path).status == 404, "\(path)")
        }
        #expect(try await get(listener.redirectURI, method: .post).status == 405)
        let long = String(repeating: "a", count: 9 << 10)
        #expect(try await get(listener.redirectURI + "?code=" + long).status == 400)
        #expect(try await get(listener.redirectURI + "?code=1").status == 200)
        #expect(try await query == "code=1")
        // The second time is too late.
        #expect(try await get(listener.redirectURI + "?code=2").status == 410)
        await listener.close()
    }

    @Test("A request that was led here by another name is refused")
    func otherHost() async throws {
        let login = RedirectedLogin(timeout: .seconds(60))
        login.listens(on: 4321)
        #expect(login.isHere("localhost:4321") && login.isHere("127.0.0.1:4321"))
        for host in ["localhost", "example.org:4321", "localhost:43210", "LOCALHOST:4321", "127.0.0.2:4321"] {
            #expect(!login.isHere(host))
        }
    }

    @Test("A login that nobody finishes in time ends; so does one that is given up")
    func ends() async throws {
        let late = try await RedirectListener.listen(timeout: .milliseconds(1))
        let failure = await #expect(throws: Failure.self) { try await late.receive { _ in true } }
        #expect(failure?.kind == .cancelled && failure?.remedy?.contains("--login device") == true)
        let given = try await RedirectListener.listen(timeout: .seconds(600))
        let waiting = Task { try await given.receive { _ in true } }
        waiting.cancel()
        #expect(await #expect(throws: Failure.self) { try await waiting.value }?.kind == .cancelled)
        let closed = try await RedirectListener.listen(timeout: .seconds(600))
        await closed.close()
        await #expect(throws: Failure.self) { try await closed.receive { _ in true } }
        // The port is free again.
        await #expect(throws: Failure.self) { try await get(closed.redirectURI) }
    }

    @Test("Each login has a port of its own")
    func ports() async throws {
        let first = try await RedirectListener.listen(timeout: .seconds(60))
        let second = try await RedirectListener.listen(timeout: .seconds(60))
        #expect(first.redirectURI != second.redirectURI)
        await first.close()
        await second.close()
    }
}
