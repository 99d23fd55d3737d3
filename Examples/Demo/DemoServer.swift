// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

import Foundation
import Synchronization
import TestSupport
import Transport
import TrustCore

/// The server of the demo: `kingsnake serve` as a process of its own, on a free port of this machine.
final class DemoServer: Sendable {
    /// Its folder.
    let directory: String
    /// Where it is.
    let url: String
    /// The port that it listens on.
    let port: Int
    private let program: Program
    private let caller = HTTPServiceCaller()
    private let running = Mutex<RunningProgram?>(nil)

    /// Names a server; nothing is started yet.
    init(_ directory: String, of program: Program) throws {
        self.directory = directory
        self.program = program
        port = try FreePort.take()
        url = "http://127.0.0.1:\(port)"
    }

    /// The channel's URL.
    var channel: String { url + "/demo" }

    /// Starts it, and answers once it listens.
    ///
    /// - Parameter impostor: the folder of another server, which answers in its place; nil for its own.
    func start(as impostor: String? = nil) async throws {
        let process = try await program.start(["serve", impostor ?? directory, "--json"])
        running.withLock { $0 = process }
    }

    /// Stops it, if it runs.
    func stop() async {
        let process = running.withLock { running in
            defer { running = nil }
            return running
        }
        await process?.stop()
    }

    /// Stops it, and closes connections to it.
    func shutdown() async {
        await stop()
        await caller.shutdown()
    }

    /// An answer of the server.
    struct Answer {
        let status: Int
        let body: [UInt8]

        var text: String { String(decoding: body, as: UTF8.self) }
        /// The body's members, if it has any.
        var json: JSONObject { (try? JSONReader.read(body, of: "the answer"))?.object ?? JSONObject() }
        /// The code of the refusal.
        var code: String? { json["code"]?.string }
    }

    /// Asks the server.
    func ask(_ method: ServiceRequest.Method, _ path: String, key: String? = nil, body: [UInt8] = [])
        async throws
        -> Answer
    {
        var headers: [(name: String, value: String)] = [("content-type", "application/json")]
        if let key { headers.append(("authorization", "Bearer \(key)")) }
        let response = try await caller.send(
            ServiceRequest(method, url + path, headers: headers, body: body, maximumLength: 64 << 20)
        )
        return Answer(status: response.status, body: response.body)
    }

    /// Sends a package as publishers' programs do, and answers the code of the refusal.
    func upload(_ bytes: [UInt8], as name: String, key: String) async throws -> String? {
        try await ask(.put, "/demo/noarch/\(name)", key: key, body: bytes).code
    }

    /// Waits until the index lists a file.
    func waitForIndex(of path: String) async throws {
        let parts = path.split(separator: "/").map(String.init)
        while true {
            let index = try await ask(.get, "/demo/\(parts[0])/repodata.json")
            if index.status == 200, index.text.contains("\"\(parts[1])\"") { return }
            try await Task.sleep(for: .milliseconds(20))
        }
    }
}
