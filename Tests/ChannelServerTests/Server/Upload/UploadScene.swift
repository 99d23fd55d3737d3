// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

import CondaFormats
import Foundation
import HTTPTypes
import Hummingbird
import HummingbirdTesting
import NIOCore
import Sigstore
import TestSupport
import Testing
import TrustCore

@testable import ChannelServer

/// A server with the channel `main`, to which packages are sent by the three protocols.
final class UploadScene {
    /// How a package is sent.
    enum Wire: String, CaseIterable {
        case quetz
        case quetzForm
        case prefix
        case artifactory
    }

    /// How many blobs are kept, and how many are still being written.
    struct Blobs: Equatable {
        let kept: Int
        let staged: Int
    }

    let server: ServerScene
    let channel: HostedChannel
    let settings: UploadSettings

    init(
        _ settings: UploadSettings = UploadSettings(),
        access: any AccessControl = TrustingAccess(),
        visibility: HostedChannel.Visibility = .everybody
    ) async throws {
        server = try ServerScene(access: access)
        channel = try await server.channel("main", visibility)
        self.settings = settings
    }

    var areas: [any ServerRoutes] {
        [UploadRoutes(server.parts, settings), AdministrationRoutes(parts: server.parts)]
    }

    /// Sends a package by a protocol.
    func send(
        _ bytes: [UInt8],
        as name: String,
        by wire: Wire = .prefix,
        key: String? = "alice",
        attestation: [UInt8]? = nil,
        subdir: String = "linux-64"
    ) async throws -> TestResponse {
        var headers: HTTPFields = [:]
        if let key { headers[.authorization] = "Bearer \(key)" }
        switch wire {
        case .quetz:
            let digest = Digest.of(bytes).hex
            let path = "/api/channels/main/upload/\(name)?force=false&sha256=\(digest)"
            return try await server.ask(areas, .post, path, headers: headers, body: bytes)
        case .artifactory:
            let path = "/main/\(subdir)/\(name)"
            return try await server.ask(areas, .put, path, headers: headers, body: bytes)
        case .quetzForm, .prefix:
            var form = FormDraft()
            let isPrefix = wire == .prefix
            form.add(
                isPrefix ? "file" : "files",
                bytes,
                fileName: name,
                isPrefix ? [("x-file-name", name), ("x-file-sha256", Digest.of(bytes).hex)] : []
            )
            if let attestation { form.add("attestation", attestation) }
            return try await send(
                form,
                isPrefix ? "/api/v1/upload/main" : "/api/channels/main/files/",
                headers
            )
        }
    }

    /// Sends a form.
    func send(
        _ form: FormDraft,
        _ path: String = "/api/v1/upload/main",
        _ headers: HTTPFields = [.authorization: "Bearer alice"]
    ) async throws -> TestResponse {
        var headers = headers
        headers[.contentType] = form.contentType
        return try await server.ask(areas, .post, path, headers: headers, body: form.bytes)
    }

    /// A package that every server takes.
    static func package(_ name: String = "hello", version: String = "1.0", holding text: String = "hello")
        throws
        -> (name: String, bytes: [UInt8])
    {
        var package = PackageBuilder(name: name, version: version, build: "0", subdir: "linux-64")
        package.add(file: "bin/\(name)", text)
        return (package.fileName(.conda), try package.build(.conda))
    }

    /// All rows of the channel.
    func files() async throws -> [HostedFile] {
        let channel = channel.id
        return try await server.database.read { transaction in
            try transaction.subdirs(of: channel).flatMap {
                try transaction.files(in: $0, of: channel, Set(HostedFile.State.allCases))
            }
        }
    }

    /// What the logs say, each entry as JSON.
    func entries() async throws -> [JSONObject] {
        let all = try await server.database.read { transaction in
            try transaction.logs().flatMap { try transaction.entries(of: $0.id, from: 0, limit: 1000) }
        }
        return try all.map { try JSONFields(try JSONReader.read($0, of: "entry"), of: "entry").object }
    }

    /// What kinds of things happened, in order.
    func events() async throws -> [String] { try await entries().compactMap { $0["type"]?.string } }

    /// How many blobs are kept, and how many are still being written.
    func blobs() async throws -> Blobs {
        let staged = try FileManager.default.contentsOfDirectory(
            atPath: server.folder.path + "/blobs/staging"
        )
        let kept = try await server.blobs.digests(untouchedSince: Timestamp(seconds: 1 << 40))
        return Blobs(kept: kept.count, staged: staged.count)
    }

    /// Demands that nothing at all was stored.
    func demandNothing(_ what: String, sourceLocation: SourceLocation = #_sourceLocation) async throws {
        let files = try await files(), entries = try await entries(), blobs = try await blobs()
        #expect(files.isEmpty && entries.isEmpty, "\(what)", sourceLocation: sourceLocation)
        #expect(blobs.kept == 0 && blobs.staged == 0, "\(what): \(blobs)", sourceLocation: sourceLocation)
        #expect(server.changes == 0, "\(what)", sourceLocation: sourceLocation)
    }
}

extension TestResponse {
    /// The body's members.
    var json: JSONObject {
        get throws {
            try JSONFields(try JSONReader.read(Array(body.readableBytesView), of: "body"), of: "body").object
        }
    }

    /// The code of the refusal that was answered.
    var code: String? { (try? json)?["code"]?.string }

    /// What became of the first package.
    var outcome: String? { (try? json)?["files"]?.array?.first?.object?["outcome"]?.string }
}

/// A form that is put together by hand, well or badly.
struct FormDraft {
    var boundary = "----------------------------7d4a6d158c9"
    private(set) var body: [UInt8] = []
    var isEnded = true

    var contentType: String { "multipart/form-data; boundary=\(boundary)" }

    mutating func add(
        _ field: String,
        _ content: [UInt8],
        fileName: String? = nil,
        _ headers: [(String, String)] = []
    ) {
        let file = fileName.map { "; filename=\"\($0)\"" } ?? ""
        let disposition = ("Content-Disposition", "form-data; name=\"\(field)\"\(file)")
        add(raw: [disposition] + headers, content)
    }

    mutating func add(raw headers: [(String, String)], _ content: [UInt8]) {
        body += Array("--\(boundary)\r\n".utf8)
        for (name, value) in headers { body += Array("\(name): \(value)\r\n".utf8) }
        body += Array("\r\n".utf8) + content + Array("\r\n".utf8)
    }

    var bytes: [UInt8] { body + (isEnded ? Array("--\(boundary)--\r\n".utf8) : []) }
}
