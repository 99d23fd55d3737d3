// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

import Synchronization
import TestSupport
import TrustCore

/// Stands between a client and a server, and knows what was asked and answered (`scripts/interop/relay.py`).
final class Relay: Sendable {
    /// One request, as the client sent it.
    struct Request: Sendable {
        let method: String
        let path: String
        let status: Int64
        /// Header fields of the request, and of the answer.
        let asked: JSONObject
        let told: JSONObject
        /// The code of a problem that was answered.
        let code: String?

        /// What is asked for, and what came of it, such as `GET /main/noarch/repodata.json 200`.
        var summary: String { "\(method) \(path) \(status)" + (code.map { " \($0)" } ?? "") }
        var isIndex: Bool { path.contains("repodata") }
        var isShard: Bool { path.contains("/shards/") }
        var isPackage: Bool { path.hasSuffix(".conda") || path.hasSuffix(".tar.bz2") }
    }

    /// Where it listens, without a slash at the end.
    let url: String
    private let folder: TemporaryFolder
    private let running: RunningProgram

    /// - Parameter maxAge: for how many seconds clients may rely on what changes, in place of what the server says.
    init(to server: ServerWorld, maxAge: Int? = nil) async throws {
        folder = try TemporaryFolder()
        let arguments = [server.url, folder.path + "/requests"] + (maxAge.map { ["\($0)"] } ?? [])
        running = try await Peers.start("relay", arguments)
        url = running.announcement["url"]?.string ?? ""
    }

    /// The requests so far, and forgets them.
    func take() throws -> [Request] {
        let text = String(decoding: (try? folder.read("requests")) ?? [], as: UTF8.self)
        let lines = text.split(separator: "\n").dropFirst(taken.withLock { $0 })
        taken.withLock { $0 += lines.count }
        return try lines.map { line in
            let fields = try JSONFields(JSONReader.read(Array(line.utf8), of: "a request"), of: "a request")
            return Request(
                method: try fields.string("method"),
                path: try fields.string("path"),
                status: try fields.integer("status"),
                asked: try fields.fields("asked").object,
                told: try fields.fields("told").object,
                code: try fields.optionalString("code")
            )
        }
    }

    private let taken = Mutex(0)
}
