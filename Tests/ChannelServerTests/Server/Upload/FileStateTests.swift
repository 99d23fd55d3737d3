// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

import HTTPTypes
import HummingbirdTesting
import NIOCore
import TestSupport
import Testing
import TrustCore

@testable import ChannelServer

@Suite("Files that are yanked, put back and removed")
struct FileStateTests {
    private static func change(
        _ change: String,
        _ name: String,
        in scene: UploadScene,
        body: String = "",
        key: String? = "alice"
    ) async throws -> TestResponse {
        var headers: HTTPFields = [:]
        if let key { headers[.authorization] = "Bearer \(key)" }
        let path = "/api/v1/channels/main/files/linux-64/\(name)/\(change)"
        return try await scene.server.ask(scene.areas, .post, path, headers: headers, body: Array(body.utf8))
    }

    @Test("Each change is one event, marks the index, and is none if it is so already")
    func changes() async throws {
        let scene = try await UploadScene()
        let (name, bytes) = try UploadScene.package()
        _ = try await scene.send(bytes, as: name)
        let steps: [(String, String, Bool)] = [
            ("yank", "yanked", true), ("yank", "yanked", false), ("unyank", "listed", true),
            ("unyank", "listed", false), ("remove", "removed", true), ("remove", "removed", false),
        ]
        for (change, state, hasChanged) in steps {
            try await scene.server.database.write { transaction in
                for stale in try transaction.staleSubdirs() { try transaction.clearStale(stale) }
            }
            let before = scene.server.changes
            let response = try await Self.change(change, name, in: scene, body: #"{"reason":"it is broken"}"#)
            #expect(response.status == .ok, "\(String(buffer: response.body))")
            #expect(try response.json["state"]?.string == state)
            #expect(try response.json["changed"]?.bool == hasChanged)
            #expect(try await scene.files().map(\.state.rawValue) == [state])
            let stale = try await scene.server.database.read { try $0.staleSubdirs() }
            #expect(stale.isEmpty != hasChanged && (scene.server.changes > before) == hasChanged)
        }
        #expect(try await scene.events() == ["publish", "yank", "unyank", "remove"])
        let text = try await scene.entries().map {
            String(decoding: JSONWriter.encode(.object($0)), as: UTF8.self)
        }
        #expect(text.count { $0.contains("it is broken") } == 3)
    }

    @Test("What was removed does not come back: not by putting it back, and not by sending it again")
    func removed() async throws {
        let scene = try await UploadScene()
        let (name, bytes) = try UploadScene.package()
        _ = try await scene.send(bytes, as: name)
        _ = try await Self.change("remove", name, in: scene)
        for change in ["yank", "unyank"] {
            let response = try await Self.change(change, name, in: scene)
            #expect(response.status == .conflict && response.code == "upload.file-removed")
        }
        for wire in UploadScene.Wire.allCases {
            #expect(try await scene.send(bytes, as: name, by: wire).code == "upload.file-removed")
        }
        #expect(try await scene.events() == ["publish", "remove"])
    }

    @Test("What was yanked stays so when it is sent again")
    func yanked() async throws {
        let scene = try await UploadScene()
        let (name, bytes) = try UploadScene.package()
        _ = try await scene.send(bytes, as: name)
        _ = try await Self.change("yank", name, in: scene)
        let response = try await scene.send(bytes, as: name)
        #expect(response.status == .ok && response.outcome == "unchanged")
        #expect(try await scene.files().map(\.state) == [.yanked])
    }

    @Test("Nobody changes a file that is not there, without a right to, or with words that nobody asked for")
    func refused() async throws {
        let scene = try await UploadScene()
        let (name, bytes) = try UploadScene.package()
        _ = try await scene.send(bytes, as: name)
        let long = String(repeating: "x", count: 1001)
        let cases: [(String, String, String?, String)] = [
            ("other-1-0.conda", "", "alice", "upload.file-unknown"),
            (name, "", nil, "server.channel-unknown"),
            (name, "[]", "alice", "server.request-malformed"),
            (name, "{", "alice", "server.request-malformed"),
            (name, #"{"force":true}"#, "alice", "server.request-malformed"),
            (name, #"{"reason":1}"#, "alice", "json.shape"),
            (name, #"{"reason":"\#(long)"}"#, "alice", "server.request-malformed"),
            (name, String(repeating: " ", count: 70_000), "alice", "upload.too-large"),
        ]
        for (name, body, key, code) in cases {
            for change in ["yank", "unyank", "remove"] {
                let response = try await Self.change(change, name, in: scene, body: body, key: key)
                #expect(response.code == code, "\(change) \(body.prefix(20))")
            }
        }
        #expect(try await scene.files().map(\.state) == [.listed])
        #expect(try await scene.events() == ["publish"])
    }
}
