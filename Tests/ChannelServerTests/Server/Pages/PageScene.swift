// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

import CondaFormats
import HTTPTypes
import HummingbirdTesting
import NIOCore
import Sigstore
import TestSupport
import Testing
import TrustCore

@testable import ChannelServer

/// A server with pages, the channel `main` with a package `hello` in two versions, and the private channel `secret` with
/// `hidden`; whoever shows a key may do everything.
struct PageScene {
    let upload: UploadScene
    let secret: HostedChannel
    let keys: ChannelKeys
    let pages: PageRoutes

    var server: ServerScene { upload.server }
    var main: HostedChannel { upload.channel }

    static let browser = "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"

    /// All pages of the scene that whoever shows a key may see.
    static let all = [
        "/", "/channels/", "/search", "/search?q=hel", "/main/", "/main/?after=hello", "/secret/",
        "/main/packages/hello", "/secret/packages/hidden", "/main/packages/hello/linux-64/hello-1.0-0.conda",
        "/main/packages/hello/linux-64/hello-2.0-0.conda",
        "/secret/packages/hidden/linux-64/hidden-1.0-0.conda",
        "/operations/", "/login",
    ]

    init(access: any AccessControl = TrustingAccess(), _ settings: UploadSettings = UploadSettings())
        async throws
    {
        upload = try await UploadScene(settings, access: access)
        let server = upload.server
        secret = try await server.channel("secret", .members)
        keys = ChannelKeys(directory: server.folder.path + "/keys")
        pages = PageRoutes(server.parts, keys: keys, verifier: settings.verifier)
        for (version, channel) in [("1.0", "main"), ("2.0", "main"), ("1.0", "secret")] {
            try await send(channel == "main" ? "hello" : "hidden", version, to: channel)
        }
        try await index()
    }

    /// Publishes a package as its publisher does.
    func send(_ name: String, _ version: String, to channel: String) async throws {
        var package = PackageBuilder(name: name, version: version, build: "0", subdir: "linux-64")
        package.add(file: "bin/\(name)", "hello \(version)")
        package.depends = ["python >=3.9", "libzlib"]
        let about = [
            ("summary", "Says hello"), ("license", "MIT"), ("home", "https://hello.example.org/"),
            ("dev_url", "javascript:x"),
        ]
        for (name, text) in about { package.about[name] = .string(text) }
        let bytes = try package.build(.conda)
        let response = try await server.ask(
            upload.areas,
            .put,
            "/\(channel)/linux-64/\(package.fileName(.conda))",
            headers: [.authorization: "Bearer alice"],
            body: bytes
        )
        try #require(response.status == .created, "\(String(buffer: response.body))")
    }

    /// Makes the index of all channels.
    func index() async throws { _ = await IndexWorker(parts: server.parts, keys: keys).pass() }

    func ask(
        _ path: String,
        key: String? = "alice",
        _ method: HTTPRequest.Method = .get,
        _ more: HTTPFields = [:]
    )
        async throws -> TestResponse
    {
        var headers = more
        if headers[.accept] == nil { headers[.accept] = Self.browser }
        if let key { headers[.authorization] = "Bearer \(key)" }
        return try await server.ask([pages], method, path, headers: headers)
    }

    /// A page, which must be there.
    func page(_ path: String, key: String? = "alice", sourceLocation: SourceLocation = #_sourceLocation)
        async throws
        -> ParsedPage
    {
        let response = try await ask(path, key: key)
        try #require(response.status == .ok || path == "/login", "\(path)", sourceLocation: sourceLocation)
        return try ParsedPage(response)
    }

    /// Changes the state of a file as its publisher does.
    func change(_ change: String, _ file: String, reason: String) async throws {
        let response = try await server.ask(
            upload.areas,
            .post,
            "/api/v1/channels/main/files/linux-64/\(file)/\(change)",
            headers: [.authorization: "Bearer alice"],
            body: JSONWriter.encode(["reason": .string(reason)])
        )
        try #require(response.status == .ok)
    }
}
