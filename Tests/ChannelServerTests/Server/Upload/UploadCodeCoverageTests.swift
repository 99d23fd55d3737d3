// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

import CondaFormats
import HTTPTypes
import Hummingbird
import HummingbirdTesting
import NIOCore
import Sigstore
import TestSupport
import Testing
import Transport
import TrustCore
import TrustPolicy

@testable import ChannelServer

@Suite("Refusal codes of uploads")
struct UploadCodeCoverageTests {
    private static let provocations: [UploadCode: @Sendable () async throws -> Void] = [
        .tooLarge: { try await SmallBody(0).write(ByteBuffer(bytes: [1])) },
        .length: { try await take { $0.length = 1 } },
        .digest: { try await take { $0.sha256 = Digest.of([]) } },
        .tooSlow: {
            var limits = UploadLimits()
            limits.window = .milliseconds(4)
            let (body, source) = RequestBody.makeStream()
            try await BodyPace.receive(request(body), limits) { _ in }
            source.finish()
        },
        .incomplete: {
            let body = RequestBody(buffer: ByteBuffer(bytes: [1]))
            try await BodyPace.receive(request(body, [.contentLength: "2"]), UploadLimits()) { _ in }
        },
        .form: { _ = try MultipartHead.boundary(nil) },
        .name: {
            let scene = try await UploadScene()
            let receiver = FormReceiver(
                .prefix,
                boundary: [0x62],
                intake: PackageIntake(scene.server.parts, scene.settings),
                channel: "main",
                caller: Caller(holder: FilePublisher(.user, "alice"))
            )
            var form = FormDraft(boundary: "b")
            form.add("file", [], fileName: "a-1-0.conda", [("x-file-name", "b-1-0.conda")])
            try await receiver.read(ByteBuffer(bytes: form.bytes))
        },
        .subdir: { try await take { $0.subdir = .noarch } },
        .builtInFuture: {
            var settings = UploadSettings()
            settings.limits.clockSkew = -100 * 365 * 86_400
            try await take(settings) { _ in }
        },
        .storageFull: {
            var settings = UploadSettings()
            settings.limits.reserveBytes = .max
            try await take(settings) { _ in }
        },
        .anonymous: { try await take(access: OpenAccess(), caller: .anonymous) { _ in } },
        .fileUnknown: { try await change(.yank, first: []) },
        .fileRemoved: { try await change(.yank, first: [.remove]) },
        .attestationMissing: { try await take(required: true) { _ in } },
        .attestationUnverified: {
            let scene = try await UploadScene()
            let (name, bytes) = try UploadScene.package()
            var instance = try SimulatedInstance()
            let statement = Array(
                """
                {"_type":"https://in-toto.io/Statement/v1","subject":[{"name":"\(name)","digest":{"sha256":\
                "\(Digest.of(bytes).hex)"}}],"predicateType":"https://example.org/other","predicate":{}}
                """.utf8
            )
            let bundle = try instance.bundle(stating: statement, by: .workflow()).encoded()
            let response = try await scene.send(bytes, as: name, attestation: bundle)
            #expect(response.status == .unprocessableContent)
            if response.code == "upload.attestation-unverified" {
                throw Refusal(UploadCode.attestationUnverified, name)
            }
        },
        .publisherRefused: {
            let scene = try await UploadScene()
            let entry = try PublisherEntry(
                #require(PackagePattern("hello")),
                publishers: [#require(Publisher.github("example/widget"))]
            )
            let channel = try ChannelURL("https://channels.example.org/main")
            let bytes = JSONWriter.encode(try PublisherPolicy(channel: channel, entries: [entry]).json)
            let document = HostedDocument(
                scope: .channel(scene.channel.id),
                path: "publishers.json",
                blob: try await scene.server.blobs.put(bytes),
                size: UInt64(bytes.count),
                mediaType: "application/json",
                isImmutable: false,
                modified: scene.server.now
            )
            try await scene.server.database.write { try $0.put([document]) }
            try await take(in: scene) { _ in }
        },
        .refusedByServer: {
            let folder = try TemporaryFolder()
            let (name, bytes) = try UploadScene.package()
            let package = try IncomingPackage(inspecting: folder.write(bytes, to: name))
            try await LoopbackServer.serving(folder.path) { server in
                let caller = HTTPServiceCaller()
                let publisher = try PackagePublisher(
                    to: ChannelURL(server.url + "/main"),
                    key: "k",
                    caller: caller
                ) { _ in }
                do {
                    _ = try await publisher.publish(package)
                    await caller.shutdown()
                } catch {
                    await caller.shutdown()
                    throw error
                }
            }
        },
    ]

    /// Lets everybody do everything, also those whom nobody knows.
    private struct OpenAccess: AccessControl {
        func caller(_ credentials: Credentials?, now: Timestamp) async throws -> Caller { .anonymous }
        func demand(_ action: ServerAction, of caller: Caller, on channel: HostedChannel?, package: String?)
            async throws
        {}
    }

    private static func request(_ body: RequestBody, _ fields: HTTPFields = [:]) -> Request {
        let head = HTTPRequest(method: .put, scheme: nil, authority: nil, path: "/", headerFields: fields)
        return Request(head: head, body: body)
    }

    private static func take(
        _ settings: UploadSettings = UploadSettings(),
        access: any AccessControl = TrustingAccess(),
        caller: Caller = Caller(holder: FilePublisher(.user, "alice")),
        required: Bool = false,
        in scene: UploadScene? = nil,
        _ edit: (inout PackageAnnouncement) -> Void
    ) async throws {
        let made = try await UploadScene(settings, access: access)
        let scene = scene ?? made
        if required {
            var channel = scene.channel
            channel.settings["attestations"] = "required"
            let changed = channel
            try await scene.server.database.write { try $0.update(changed) }
        }
        let (name, bytes) = try UploadScene.package()
        var announcement = try PackageAnnouncement(fileName: name)
        edit(&announcement)
        let intake = PackageIntake(scene.server.parts, settings)
        let package = try await intake.begin(announcement, in: "main", by: caller)
        try await package.write(ByteBuffer(bytes: bytes))
        _ = try await intake.take([PackageIntake.Delivery(package: package)], into: "main", by: caller)
    }

    private static func change(_ change: FileStateChange, first: [FileStateChange]) async throws {
        let scene = try await UploadScene()
        let (name, bytes) = try UploadScene.package()
        if !first.isEmpty { _ = try await scene.send(bytes, as: name) }
        for change in first + [change] {
            _ = try await change.apply(
                to: try ArchiveFileName(name),
                in: try Subdir("linux-64"),
                of: scene.channel,
                by: FilePublisher(.user, "alice"),
                because: nil,
                scene.server.parts
            )
        }
    }

    @Test("Each code is provoked by the smallest input that breaks its rule", arguments: UploadCode.allCases)
    func eachCodeIsProvoked(code: UploadCode) async throws {
        let provocation = try #require(Self.provocations[code])
        #expect(await refusalCode { try await provocation() } == code.rawValue)
        #expect(code.defects(in: "upload.").isEmpty, "\(code.defects(in: "upload."))")
    }
}
