// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

import Foundation
import HTTPTypes
import HummingbirdTesting
import NIOCore
import TestSupport
import Testing
import TrustCore

@testable import ChannelServer

@Suite("Serving channels")
struct ServingTests {
    private static let old = "\"\(Digest.of([]).hex)\""

    /// What is asked with which fields of the package's ten bytes, and how it is answered.
    private static let rules: [(HTTPFields, status: Int, body: String, range: String?)] = [
        ([:], 200, "0123456789", nil),
        ([.range: "bytes=0-0"], 206, "0", "bytes 0-0/10"),
        ([.range: "bytes=2-5"], 206, "2345", "bytes 2-5/10"),
        ([.range: "bytes=7-"], 206, "789", "bytes 7-9/10"),
        ([.range: "bytes=-3"], 206, "789", "bytes 7-9/10"),
        ([.range: "bytes=-65536"], 206, "0123456789", "bytes 0-9/10"),
        ([.range: "bytes=8-100"], 206, "89", "bytes 8-9/10"),
        ([.range: "bytes=10-"], 416, "", "bytes */10"),
        ([.range: "bytes=-0"], 416, "", "bytes */10"),
        ([.range: "bytes=5-2"], 200, "0123456789", nil),
        ([.range: "lines=1-2"], 200, "0123456789", nil),
        ([.ifNoneMatch: ServingScene.tag], 304, "", nil),
        ([.ifNoneMatch: "W/" + ServingScene.tag], 304, "", nil),
        ([.ifNoneMatch: "\"x\", W/\"y\", " + ServingScene.tag], 304, "", nil),
        ([.ifNoneMatch: "*"], 304, "", nil),
        ([.ifNoneMatch: old], 200, "0123456789", nil),
        ([.ifNoneMatch: "garbage"], 200, "0123456789", nil),
        ([.ifModifiedSince: ServingScene.accepted], 304, "", nil),
        ([.ifModifiedSince: "Fri, 15 Jan 2027 07:59:59 GMT"], 200, "0123456789", nil),
        ([.ifModifiedSince: "Sat, 16 Jan 2027 08:00:00 GMT"], 304, "", nil),
        ([.ifModifiedSince: "yesterday"], 200, "0123456789", nil),
        ([.ifNoneMatch: old, .ifModifiedSince: ServingScene.accepted], 200, "0123456789", nil),
        ([.ifNoneMatch: ServingScene.tag, .ifModifiedSince: "Thu, 01 Jan 1970 00:00:00 GMT"], 304, "", nil),
        ([.ifNoneMatch: ServingScene.tag, .range: "bytes=0-0"], 304, "", nil),
        ([.ifMatch: ServingScene.tag], 200, "0123456789", nil),
        ([.ifMatch: "*"], 200, "0123456789", nil),
        ([.ifMatch: "W/" + ServingScene.tag], 412, "", nil),
        ([.ifMatch: old], 412, "", nil),
        ([.ifUnmodifiedSince: ServingScene.accepted], 200, "0123456789", nil),
        ([.ifUnmodifiedSince: "Fri, 15 Jan 2027 07:59:59 GMT"], 412, "", nil),
        ([.ifRange: ServingScene.tag, .range: "bytes=1-2"], 206, "12", "bytes 1-2/10"),
        ([.ifRange: "W/" + ServingScene.tag, .range: "bytes=1-2"], 200, "0123456789", nil),
        ([.ifRange: old, .range: "bytes=1-2"], 200, "0123456789", nil),
        ([.ifRange: ServingScene.accepted, .range: "bytes=1-2"], 206, "12", "bytes 1-2/10"),
        ([.ifRange: "Fri, 15 Jan 2027 08:00:01 GMT", .range: "bytes=1-2"], 200, "0123456789", nil),
        ([.ifRange: "*", .range: "bytes=1-2"], 200, "0123456789", nil),
        ([.ifRange: old, .range: "bytes=20-"], 200, "0123456789", nil),
    ]

    @Test(
        "Each rule of ranges and conditions is kept, and HEAD says what GET would, without ranges and bodies"
    )
    func rules() async throws {
        let scene = try await ServingScene()
        for (fields, status, body, range) in Self.rules {
            let path = "/main/" + ServingScene.packagePath
            let answer = try await scene.ask(.get, path, fields)
            #expect(answer.status.code == status, "\(fields)")
            #expect(answer.headers[.contentRange] == range, "\(fields)")
            if status != 412 {
                #expect(String(buffer: answer.body) == body, "\(fields)")
                #expect(answer.headers[.eTag] == ServingScene.tag)
            }
            if status == 206 || status == 200 {
                #expect(answer.headers[.contentLength] == "\(body.utf8.count)")
            }
            let head = try await scene.ask(.head, path, fields)
            #expect(head.body.readableBytes == 0)
            #expect(head.headers[.contentRange] == nil)
            #expect(head.status.code == (status == 206 || status == 416 ? 200 : status), "\(fields)")
            if head.status == .ok { #expect(head.headers[.contentLength] == "10") }
        }
    }

    @Test("Several ranges are answered as parts, with their places and nothing else")
    func parts() async throws {
        let scene = try await ServingScene()
        let path = "/main/" + ServingScene.packagePath
        let answer = try await scene.ask(.get, path, [.range: "bytes=7-8,0-1"])
        #expect(answer.status == .partialContent)
        let type = try #require(answer.headers[.contentType])
        let boundary = try #require(type.split(separator: "=").last)
        #expect(type.hasPrefix("multipart/byteranges; boundary="))
        let head = "Content-Type: application/zip\r\nContent-Range: bytes"
        #expect(
            String(buffer: answer.body)
                == "\r\n--\(boundary)\r\n\(head) 7-8/10\r\n\r\n78"
                + "\r\n--\(boundary)\r\n\(head) 0-1/10\r\n\r\n01\r\n--\(boundary)--\r\n"
        )
        #expect(answer.headers[.contentLength] == "\(answer.body.readableBytes)")
        #expect(answer.headers[.contentRange] == nil)
    }

    @Test(
        "What never changes says so, what changes is asked for again, and what is private is nobody else's to keep"
    )
    func caching() async throws {
        let scene = try await ServingScene()
        let asked = [
            ("/main/noarch/a-1-0.conda", "public, max-age=31536000, immutable"),
            ("/main/noarch/repodata.json", "public, max-age=30, must-revalidate"),
            ("/t/alice/secret/noarch/a-1-0.conda", "private, max-age=31536000, immutable"),
            ("/t/alice/secret/noarch/repodata.json", "private, max-age=30, must-revalidate"),
        ]
        for (path, expected) in asked {
            for method in [HTTPRequest.Method.get, .head] {
                let answer = try await scene.ask(method, path)
                #expect(answer.status == .ok)
                #expect(answer.headers[.cacheControl] == expected)
                #expect(answer.headers[.acceptRanges] == "bytes")
            }
        }
    }

    @Test(
        "An index that changed in this second has no time yet, for the next change may come in the same one"
    )
    func sameSecond() async throws {
        let scene = try await ServingScene()
        try await scene.server.serve([1], "noarch/repodata.json", of: scene.main)
        let moment = HTTPDate.text(scene.server.now)
        let fields: HTTPFields = [.ifModifiedSince: moment]
        let now = try await scene.ask(.get, "/main/noarch/repodata.json", fields)
        #expect(now.status == .ok)
        #expect(now.headers[.lastModified] == nil)
        scene.server.advance(seconds: 2)
        let later = try await scene.ask(.get, "/main/noarch/repodata.json", fields)
        #expect(later.status == .notModified)
        #expect(later.headers[.lastModified] == moment)
    }

    @Test("No trick with a path leads anywhere")
    func paths() async throws {
        let scene = try await ServingScene()
        let malformed = [
            "/main/../main/noarch/repodata.json", "/main/%2e%2e/server.sqlite",
            "/main/noarch/%2e%2e/%2e%2e/x",
            "/main/noarch/repodata.json%00", "/main/noarch/a-1-0.conda%00.json",
            "/main/noarch%2frepodata.json",
            "/main/noarch\\repodata.json", "/main/noarch%5crepodata.json", "/main/%c0%ae%c0%ae/server.sqlite",
            "/main/noarch/%ff", "/main/noarch/%e0%80%af", "/main/noarch/%zz",
        ]
        let nothing = [
            "//main/noarch/repodata.json", "/main//noarch/repodata.json", "/main/noarch/repodata.json/",
            "/main/noarch/repodata", "/main/noarch/REPODATA.JSON", "/MAIN/noarch/repodata.json",
            "/main/noarch/server.sqlite", "/blobs/staging/x", "/main/noarch/a-1-0.conda.sigs",
        ]
        for path in malformed { #expect(try await scene.ask(.get, path).status == .badRequest, "\(path)") }
        let fields: HTTPFields = [.authorization: "Bearer alice"]
        for path in nothing {
            #expect(try await scene.ask(.get, path, fields).status == .notFound, "\(path)")
        }
    }

    @Test("A private channel is there for those who may read it, and for others as if it were not")
    func privateChannel() async throws {
        let scene = try await ServingScene()
        for path in ["noarch/a-1-0.conda", "noarch/repodata.json", "noarch/no", "log/checkpoint"] {
            let stranger = try await scene.ask(.get, "/secret/" + path)
            let unknown = try await scene.ask(.get, "/absent/" + path)
            #expect(stranger.status == .unauthorized)
            #expect(
                Self.detail(stranger.body) == Self.detail(unknown.body).replacing("absent", with: "secret")
            )
        }
        #expect(try await scene.ask(.get, "/t/alice/secret/noarch/a-1-0.conda").status == .ok)
        let fields: HTTPFields = [.authorization: "Bearer alice"]
        #expect(try await scene.ask(.get, "/secret/noarch/repodata.json", fields).status == .ok)
    }

    @Test("Notices are answered to everybody, in the same words for private channels and for none")
    func notices() async throws {
        let scene = try await ServingScene()
        for channel in ["main", "secret", "absent"] {
            let answer = try await scene.ask(.get, "/\(channel)/notices.json")
            #expect(answer.status == .ok)
            #expect(String(buffer: answer.body) == #"{"notices":[]}"#)
            let head = try await scene.ask(.head, "/\(channel)/notices.json")
            #expect(head.headers[.contentLength] == answer.headers[.contentLength])
        }
        let own = Array(#"{"notices":[{"message":"x"}]}"#.utf8)
        try await scene.server.serve(own, "notices.json", of: scene.secret)
        #expect(
            String(buffer: try await scene.ask(.get, "/secret/notices.json").body) == #"{"notices":[]}"#
        )
        #expect(
            try await scene.ask(.get, "/t/alice/secret/notices.json").body.readableBytesView.elementsEqual(
                own
            )
        )
    }

    @Test("An index that is not made yet is never answered with 404, which clients remember")
    func awaitedIndex() async throws {
        let scene = try await ServingScene()
        let shards = "noarch/repodata_shards.msgpack.zst"
        for method in [HTTPRequest.Method.get, .head] {
            #expect(try await scene.ask(method, "/main/" + shards).status == .serviceUnavailable)
            for name in IndexFile.names {
                #expect(try await scene.ask(method, "/main/linux-64/\(name)").status == .serviceUnavailable)
                #expect(try await scene.ask(method, "/main/linux-ppc64le/\(name)").status == .notFound)
            }
            // A form that is never made.
            #expect(try await scene.ask(method, "/main/noarch/repodata.json.bz2").status == .notFound)
        }
        try await scene.server.serve([1], shards, of: scene.main)
        #expect(try await scene.ask(.get, "/main/" + shards).status == .ok)
    }

    @Test("A yanked file is downloaded as before, a removed one is gone")
    func states() async throws {
        let scene = try await ServingScene()
        try await scene.server.accept([1], "b-1-0.conda", into: scene.main, state: .yanked)
        try await scene.server.accept(
            [2],
            "c-1-0.conda",
            into: scene.main,
            attestations: [3],
            state: .removed
        )
        #expect(try await scene.ask(.get, "/main/noarch/b-1-0.conda").status == .ok)
        #expect(try await scene.ask(.get, "/main/noarch/c-1-0.conda").status == .gone)
        #expect(try await scene.ask(.get, "/main/noarch/c-1-0.conda.sigs").status == .notFound)
    }

    @Test("Attestations are found beside their file, pinned to their digest or not")
    func attestations() async throws {
        let scene = try await ServingScene()
        try await scene.server.accept([1], "b-1-0.conda", into: scene.main, attestations: [3, 4])
        let pinned = Digest.of([3, 4]).hex, path = "/main/noarch/b-1-0.conda"
        for ending in [".sigs", ".v0.sigs", ".sigs.\(pinned)"] {
            let answer = try await scene.ask(.get, path + ending)
            #expect(answer.status == .ok)
            #expect(Array(answer.body.readableBytesView) == [3, 4])
        }
        #expect(try await scene.ask(.get, path + ".sigs." + Digest.of([]).hex).status == .notFound)
        #expect(
            try await scene.ask(.get, path + ".sigs.\(pinned)").headers[.cacheControl]?.contains("immutable")
                == true
        )
    }

    @Test(
        "A blob that is a link, has another length, or is not there is not served, and nothing is told of it"
    )
    func brokenBlobs() async throws {
        let scene = try await ServingScene()
        let secretFile = scene.server.folder.path + "/secret-file"
        try scene.server.folder.write(ServingScene.package, to: "secret-file")
        let hex = Digest.of(ServingScene.package).hex
        let blob = "\(scene.server.folder.path)/blobs/\(hex.prefix(2))/\(hex.dropFirst(2))"
        let breakages: [() throws -> Void] = [
            { try FileManager.default.createSymbolicLink(atPath: blob, withDestinationPath: secretFile) },
            { try Data([1]).write(to: URL(fileURLWithPath: blob)) },
            {},
        ]
        for breakIt in breakages {
            try? FileManager.default.removeItem(atPath: blob)
            try breakIt()
            let answer = try await scene.ask(.get, "/main/" + ServingScene.packagePath)
            #expect(answer.status == .serviceUnavailable)
            #expect(!String(buffer: answer.body).contains(scene.server.folder.path))
        }
    }

    private static func detail(_ body: some Sequence<UInt8>) -> String {
        let fields = try? JSONReader.read(Array(body), of: "the problem").object
        return fields?["detail"]?.string ?? "none"
    }
}

extension ServingTests {
    private static func detail(_ body: ByteBuffer) -> String { detail(body.readableBytesView) }
}
