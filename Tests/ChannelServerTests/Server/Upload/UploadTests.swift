// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

import CondaFormats
import HTTPTypes
import Hummingbird
import HummingbirdTesting
import NIOCore
import Synchronization
import TestSupport
import Testing
import TrustCore

@testable import ChannelServer

@Suite("Packages sent to a server")
struct UploadTests {
    @Test(
        "A 201 means: the bytes are kept, the row and the log's entry are there, and the index lags behind",
        arguments: UploadScene.Wire.allCases
    )
    func accepted(_ wire: UploadScene.Wire) async throws {
        let scene = try await UploadScene()
        let (name, bytes) = try UploadScene.package()
        let response = try await scene.send(bytes, as: name, by: wire)
        #expect(
            response.status == .created && response.outcome == "accepted",
            "\(String(buffer: response.body))"
        )
        let file = try #require(try await scene.files().first)
        #expect(file.fileName.text == name && file.subdir.text == "linux-64" && file.state == .listed)
        #expect(file.sha256 == Digest.of(bytes) && file.size == UInt64(bytes.count))
        #expect(file.publisher == FilePublisher(.user, "alice"))
        #expect(file.acceptedAt == UInt64(scene.server.now.seconds) * 1000 && file.logIndex == 0)
        let record = try JSONFields(JSONReader.read(file.record, of: "record"), of: "record").object
        #expect(record["sha256"]?.string == Digest.of(bytes).hex)
        #expect(record["md5"]?.string == Digest.of(bytes, by: .md5).hex)
        #expect(record["indexed_timestamp"] == nil)
        #expect(try await scene.server.blobs.bytes(of: file.sha256, maximumLength: bytes.count) == bytes)
        // What the package says in files of its own is known, so that nobody opens it again for the index.
        let facts = try await scene.server.database.read { try $0.facts(of: Digest.of(bytes)) }
        #expect(
            try await facts == PackageFacts.read(file, in: scene.server.blobs) && facts?.runExports != nil
        )
        let entry = try #require(try await scene.entries().first)
        #expect(entry["type"]?.string == "publish" && entry["sha256"]?.string == file.sha256.hex)
        #expect(entry["filename"]?.string == name && entry["channel"]?.string == "main")
        let stale = try await scene.server.database.read { try $0.staleSubdirs() }
        #expect(stale.map(\.subdir.text) == ["linux-64"] && scene.server.changes == 1)
        #expect(try await scene.blobs() == UploadScene.Blobs(kept: 1, staged: 0))
        let answer = try #require(try response.json["files"]?.array?.first?.object)
        #expect(answer["url"]?.string == "https://channels.example.org/main/linux-64/\(name)")
        #expect(answer["log_index"]?.integer == 0)
    }

    @Test(
        "The same bytes again, by whatever protocol, are a success and no second event",
        arguments: UploadScene.Wire.allCases
    )
    func sameAgain(_ wire: UploadScene.Wire) async throws {
        let scene = try await UploadScene()
        let (name, bytes) = try UploadScene.package()
        _ = try await scene.send(bytes, as: name)
        let response = try await scene.send(bytes, as: name, by: wire, key: "bob")
        #expect(response.status == .ok && response.outcome == "unchanged")
        #expect(try await scene.files().map(\.publisher.name) == ["alice"])
        #expect(try await scene.events() == ["publish"] && scene.server.changes == 1)
        #expect(try await scene.blobs() == UploadScene.Blobs(kept: 1, staged: 0))
    }

    @Test("Other bytes under a name that is taken are refused", arguments: UploadScene.Wire.allCases)
    func conflict(_ wire: UploadScene.Wire) async throws {
        let scene = try await UploadScene()
        let (name, bytes) = try UploadScene.package()
        _ = try await scene.send(bytes, as: name)
        let other = try UploadScene.package(holding: "other")
        let response = try await scene.send(other.bytes, as: name, by: wire)
        #expect(response.status == .conflict && response.code == "server.file-exists")
        #expect(try await scene.files().map(\.sha256) == [Digest.of(bytes)])
        #expect(try await scene.events() == ["publish"] && scene.server.changes == 1)
        #expect(try await scene.blobs() == UploadScene.Blobs(kept: 1, staged: 0))
    }

    @Test("Many senders at once: one event, one winner")
    func concurrent() async throws {
        let scene = try await UploadScene()
        let candidates = try (0..<8).map { try UploadScene.package(holding: "\($0 % 2)") }
        let statuses = try await withThrowingTaskGroup(of: Int.self) { group in
            for (number, candidate) in candidates.enumerated() {
                let areas = scene.areas, server = scene.server
                let wire = number % 3 == 0 ? "/main/linux-64/" : "/api/channels/main/upload/"
                group.addTask {
                    try await server.ask(
                        areas,
                        number % 3 == 0 ? .put : .post,
                        wire + candidate.name,
                        headers: [.authorization: "Bearer alice"],
                        body: candidate.bytes
                    ).status.code
                }
            }
            return try await group.reduce(into: [Int]()) { $0.append($1) }
        }
        #expect(statuses.count { $0 == 201 } == 1)
        #expect(statuses.count { $0 == 200 } == 3 && statuses.count { $0 == 409 } == 4)
        #expect(try await scene.events() == ["publish"])
        #expect(try await scene.blobs().staged == 0)
    }

    @Test(
        "Each hostile archive is refused with its code, by each protocol, and nothing of it stays",
        arguments: HostileArchive.all
    )
    func hostile(_ archive: HostileArchive) async throws {
        var settings = UploadSettings()
        settings.archives = archive.limits
        let scene = try await UploadScene(settings)
        let bytes = try archive.bytes()
        for wire in UploadScene.Wire.allCases {
            let response = try await scene.send(bytes, as: archive.fileName, by: wire)
            #expect(response.code == archive.code.rawValue, "\(wire): \(String(buffer: response.body))")
            #expect(response.status == .unprocessableContent)
            #expect(!String(buffer: response.body).contains(scene.server.folder.path))
            try await scene.demandNothing("\(wire)")
        }
    }

    @Test("What names and digests say must fit the package")
    func names() async throws {
        let scene = try await UploadScene()
        let (name, bytes) = try UploadScene.package()
        let zeros = String(repeating: "0", count: 64)
        let cases: [(HTTPRequest.Method, String, Int, String)] = [
            (.post, "/api/channels/main/upload/other-1.0-0.conda", 422, "archive.member-unexpected"),
            (.post, "/api/channels/main/upload/hello.txt", 422, "name.file-format"),
            (.post, "/api/channels/main/upload/..%2Fhello-1.0-0.conda", 422, "name.invalid"),
            (.post, "/api/channels/main/upload/%zz-1.0-0.conda", 400, "server.request-malformed"),
            (.post, "/api/channels/main/upload/\(name)?sha256=\(zeros)", 406, "upload.digest"),
            (.post, "/api/channels/main/upload/\(name)?sha256=1", 400, "server.request-malformed"),
            (.post, "/api/channels/nothing/upload/\(name)", 404, "server.channel-unknown"),
            (.put, "/main/noarch/\(name)", 422, "upload.subdir"),
            (.put, "/main/..%2F/\(name)", 422, "name.subdir"),
        ]
        for (method, path, status, code) in cases {
            let response = try await scene.server.ask(
                scene.areas,
                method,
                path,
                headers: [.authorization: "Bearer alice"],
                body: bytes
            )
            #expect(
                response.status.code == status && response.code == code,
                "\(path): \(response.code ?? "")"
            )
            try await scene.demandNothing(path)
        }
        var package = PackageBuilder(name: "hello", version: "1.0", build: "0", subdir: "linux-64")
        package.add(file: "bin/hello", "hello")
        let old = try package.build(.tarBz2)
        for wire in UploadScene.Wire.allCases {
            let response = try await scene.send(old, as: "other-1.0-0.tar.bz2", by: wire)
            #expect(response.status.code == 422 && response.code == "channel.package-name")
            try await scene.demandNothing("\(wire)")
        }
    }

    @Test("Errors are short enough for clients that show 512 characters, and say first what helps")
    func errorBodies() async throws {
        let scene = try await UploadScene()
        let long = String(repeating: "x", count: 1500)
        let response = try await scene.send([1], as: "\(long)-1-0.conda", by: .quetz)
        let shown = String(String(buffer: response.body).prefix(512))
        #expect(shown.hasPrefix(#"{"detail":"refused"#) && shown.contains(#""code":"name.file-name""#))
    }

    @Test("Whoever may not publish is refused before any byte is taken")
    func strangers() async throws {
        for visibility in HostedChannel.Visibility.allCases {
            let scene = try await UploadScene(visibility: visibility)
            let (name, bytes) = try UploadScene.package()
            for wire in UploadScene.Wire.allCases {
                let response = try await scene.send(bytes, as: name, by: wire, key: nil)
                #expect(response.code == "server.channel-unknown")
                try await scene.demandNothing("\(wire)")
            }
        }
    }

    @Test("A package larger than the server takes is refused, whether or not that is announced")
    func tooLarge() async throws {
        var settings = UploadSettings()
        settings.limits.packageBytes = 100
        let scene = try await UploadScene(settings)
        let (name, bytes) = try UploadScene.package()
        for wire in UploadScene.Wire.allCases {
            let response = try await scene.send(bytes, as: name, by: wire)
            #expect(response.status == .contentTooLarge && response.code == "upload.too-large")
            try await scene.demandNothing("\(wire)")
        }
    }

    @Test("A package from the future is refused, but for a builder's clock that is a little ahead")
    func future() async throws {
        let scene = try await UploadScene()
        for (ahead, status) in [(Int64(500), 201), (700, 422)] {
            var package = PackageBuilder(name: "a\(ahead)", version: "1", build: "0", subdir: "linux-64")
            package.indexExtras["timestamp"] = .number(JSONNumber((scene.server.now.seconds + ahead) * 1000))
            let response = try await scene.send(try package.build(.conda), as: package.fileName(.conda))
            #expect(response.status.code == status, "\(String(buffer: response.body))")
        }
    }

    @Test("Several packages in one form come in together, or none of them does")
    func together() async throws {
        let scene = try await UploadScene()
        let one = try UploadScene.package("one"), two = try UploadScene.package("two")
        var form = FormDraft()
        form.add("files", one.bytes, fileName: one.name)
        form.add("files", two.bytes.dropLast(9), fileName: two.name)
        form.add("force", Array("true".utf8))
        let path = "/api/channels/main/files/"
        #expect(try await scene.send(form, path).status == .unprocessableContent)
        try await scene.demandNothing("one is broken")
        var whole = FormDraft()
        whole.add("files", one.bytes, fileName: one.name)
        whole.add("files", two.bytes, fileName: two.name)
        #expect(try await scene.send(whole, path).status == .created)
        #expect(try await scene.events() == ["publish", "publish"] && scene.server.changes == 1)
        #expect(try await scene.files().map(\.logIndex).sorted() == [0, 1])
    }

    /// Refuses a file the second time it is asked for it: in the transaction, when the blob is there.
    private final class LateQuota: UploadQuota {
        private let asked = Mutex(0)

        func demand(
            _ size: UInt64,
            in channel: HostedChannel,
            for publisher: FilePublisher,
            _ transaction: any ReadTransaction
        ) throws {
            let count = asked.withLock { asked in
                asked += 1
                return asked
            }
            if count == 2 { throw Failure(.disk, "the process died here, as far as the database knows") }
        }
    }

    @Test(
        "Whoever dies between the blob and the row leaves a blob that nothing refers to, and can begin again"
    )
    func interrupted() async throws {
        var settings = UploadSettings()
        settings.quota = LateQuota()
        let scene = try await UploadScene(settings)
        let (name, bytes) = try UploadScene.package()
        #expect(try await scene.send(bytes, as: name).status == .serviceUnavailable)
        #expect(try await scene.files().isEmpty)
        #expect(try await scene.entries().isEmpty)
        #expect(try await scene.blobs() == UploadScene.Blobs(kept: 1, staged: 0))
        #expect(try await scene.server.database.read { try $0.referencedBlobs() }.isEmpty)
        #expect(try await scene.send(bytes, as: name).status == .created)
        #expect(try await scene.events() == ["publish"])
    }
}
