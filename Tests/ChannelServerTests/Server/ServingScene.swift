// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

import CondaFormats
import HTTPTypes
import HummingbirdTesting
import TrustCore

@testable import ChannelServer

/// A server with a channel `main` that has a package, an index and attestations, and a private one `secret`.
struct ServingScene {
    let server: ServerScene
    let main: HostedChannel
    let secret: HostedChannel
    /// The bytes of the package.
    static let package = Array("0123456789".utf8)
    /// The bytes of the index.
    static let index = Array(#"{"packages":{}}"#.utf8)
    static let packagePath = "noarch/a-1-0.conda"

    init(access: any AccessControl = TrustingAccess()) async throws {
        server = try ServerScene(access: access)
        main = try await server.channel("main")
        secret = try await server.channel("secret", .members)
        for channel in [main, secret] {
            try await server.serve(Self.index, "noarch/repodata.json", of: channel)
            try await server.accept(Self.package, "a-1-0.conda", into: channel)
        }
        // What was put there is old enough to be told by its time.
        server.advance(seconds: 3600)
    }

    /// The package's entity tag.
    static var tag: String { "\"\(Digest.of(package).hex)\"" }
    /// When the package was accepted, as HTTP writes it.
    static let accepted = "Fri, 15 Jan 2027 08:00:00 GMT"

    func ask(_ method: HTTPRequest.Method, _ path: String, _ fields: HTTPFields = [:]) async throws
        -> TestResponse
    {
        try await server.ask([], method, path, headers: fields)
    }
}

extension ServerScene {
    /// Puts a document under a path of a channel.
    func serve(
        _ bytes: [UInt8],
        _ path: String,
        of channel: HostedChannel,
        isImmutable: Bool = false,
        mediaType: String = "application/json"
    ) async throws {
        let document = HostedDocument(
            scope: .channel(channel.id),
            path: path,
            blob: try await blobs.put(bytes),
            size: UInt64(bytes.count),
            mediaType: mediaType,
            isImmutable: isImmutable,
            modified: now
        )
        try await database.write { try $0.put([document]) }
    }

    /// Takes a file into a channel, as an upload does.
    @discardableResult
    func accept(
        _ bytes: [UInt8],
        _ name: String,
        into channel: HostedChannel,
        attestations: [UInt8]? = nil,
        state: HostedFile.State = .listed,
        subdir: String = "noarch"
    ) async throws -> HostedFile {
        var digest: Digest?
        if let attestations { digest = try await blobs.put(attestations) }
        let file = HostedFile(
            channel: channel.id,
            subdir: try Subdir(subdir),
            fileName: try ArchiveFileName(name),
            sha256: try await blobs.put(bytes),
            size: UInt64(bytes.count),
            record: Array("{}".utf8),
            publisher: FilePublisher(.user, "alice"),
            acceptedAt: UInt64(now.seconds) * 1000,
            state: state,
            attestations: digest,
            logIndex: 0
        )
        try await database.write { try $0.insert(file) }
        return file
    }
}
