// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

import CondaFormats
import HTTPTypes
import HummingbirdTesting
import NIOCore
import TestSupport
import Testing
import TrustCore

@testable import ChannelServer

@Suite("How a server is")
struct ConditionTests {
    private static func ready(_ parts: ServerParts, _ scene: ServerScene, reserve: UInt64 = 0) async throws
        -> (status: Int, text: String)
    {
        let answer = try await scene.ask(
            [HealthRoutes(parts: parts, reserve: reserve)],
            .get,
            "/health/ready"
        )
        return (answer.status.code, String(buffer: answer.body))
    }

    @Test("Each fault makes the server not ready and says so in words; a warning only says so")
    func faults() async throws {
        let scene = try ServerScene()
        for fault in ServerCondition.Fault.allCases where fault != .database && fault != .diskReserve {
            scene.parts.condition.set(fault, "the subject", to: true)
            let ready = try await Self.ready(scene.parts, scene)
            #expect(ready.status == (fault.isWarning ? 200 : 503))
            #expect(ready.text.contains(fault.text) && !ready.text.contains("subject"))
            scene.parts.condition.set(fault, "the subject", to: false)
            #expect(try await Self.ready(scene.parts, scene).text == "ready\n")
        }
    }

    @Test("A database that does not answer is told")
    func database() async throws {
        let scene = try ServerScene()
        try scene.database.close()
        let ready = try await Self.ready(scene.parts, scene)
        #expect(ready.status == 503 && ready.text.contains("database"))
    }

    @Test("Less of the disk than the reserve: not ready, uploads are answered with 507, and reads go on")
    func reserve() async throws {
        var settings = UploadSettings()
        settings.limits.reserveBytes = .max
        let scene = try await UploadScene(settings)
        let package = try PackageBuilder.hello().build(.conda)
        for wire in UploadScene.Wire.allCases {
            let answer = try await scene.send(package, as: "hello-1.0-0.conda", by: wire)
            #expect(answer.status.code == 507, "\(wire)")
            #expect(String(buffer: answer.body).contains("upload.storage-full"))
        }
        let ready = try await Self.ready(scene.server.parts, scene.server, reserve: .max)
        #expect(ready.status == 503 && ready.text.contains("reserve"))
        #expect(try await Self.ready(scene.server.parts, scene.server).status == 200)
        #expect(try await scene.server.ask(scene.areas, .get, "/main/notices.json").status == .ok)
    }

    @Test("An upload whose length nobody announced stops where the reserve begins")
    func reserveWhileWriting() async throws {
        let scene = try ServerScene()
        let package = ReceivedPackage(
            try PackageAnnouncement(fileName: "a-1-0.conda", sha256: nil, length: nil),
            staged: try await scene.blobs.stage(),
            limit: .max,
            room: { bytes in
                if bytes > 0 { throw Refusal(UploadCode.storageFull, "a-1-0.conda") }
            }
        )
        let piece = ByteBuffer(repeating: 0, count: 1 << 20)
        for _ in 0..<15 { try await package.write(piece) }
        await #expect { try await package.write(piece) } throws: { error in
            (error as? Refusal)?.is(UploadCode.storageFull) ?? false
        }
        await package.staged.discard()
    }

    @Test("An index that fails three times in a row is told, until it is made")
    func indexFailures() async throws {
        let scene = try await IndexScene()
        let parts = scene.server.parts
        var broken = scene.channel
        broken.settings["lifetimes_seconds"] = ["timestamp": 0]
        let (bad, good) = (broken, scene.channel)
        try await scene.server.database.write { try $0.update(bad) }
        for count in 1...3 {
            _ = await scene.worker.pass()
            #expect(try await Self.ready(parts, scene.server).status == (count < 3 ? 200 : 503))
        }
        #expect(parts.metrics.text.contains("kingsnake_index_failures_total 3\n"))
        try await scene.server.database.write { try $0.update(good) }
        _ = await scene.worker.pass()
        #expect(try await Self.ready(parts, scene.server).status == 200)
        #expect(parts.metrics.text.contains("kingsnake_index_runs_total 1\n"))
    }

    @Test("A stopped log is told")
    func stoppedLog() async throws {
        let scene = try await LogScene()
        try await scene.append(2, from: 1)
        try await scene.publisher().publish()
        try SQLiteFile(scene.server.layout.database).run("DELETE FROM log_root")
        let outcomes = try await scene.publisher().publish()
        scene.server.parts.condition.take(outcomes, now: scene.server.now)
        let ready = try await Self.ready(scene.server.parts, scene.server)
        #expect(ready.status == 503 && ready.text == "not ready: a publish log is stopped\n")
    }

    @Test("Metrics tell the log's size and what is not published, packages, keys, and when roles expire")
    func gauges() async throws {
        let scene = try await IndexScene()
        try await scene.publish([try FixturePackage("a-1-0.conda")])
        try await scene.intake.accept(try await scene.firstCeremony())
        try await scene.index()
        let url = scene.server.parts.publicURL
        // The index and the ceremony are in it already.
        let entries = try await scene.server.database.write { transaction in
            let log = try transaction.publishLog(publicURL: url)
            for byte in [UInt8(1), 2, 3] { _ = try transaction.append([byte], to: log.id) }
            return log.size + 3
        }
        scene.server.advance(seconds: 60)
        let routes = MetricsRoutes(parts: scene.server.parts, isPublic: true)
        let text = String(buffer: try await scene.server.ask([routes], .get, "/metrics").body)
        let now = scene.server.now.seconds
        for line in [
            "kingsnake_log_entries{log=\"server\"} \(entries)\n",
            "kingsnake_log_entries_unpublished{log=\"server\"} \(entries)\n",
            "kingsnake_log_entries{log=\"private\"} 0", "kingsnake_channels 1", "kingsnake_package_files 1",
            "kingsnake_access_keys 0", "kingsnake_timestamp_age_seconds 60",
            "kingsnake_role_expiry_time_seconds{role=\"timestamp\"} \(now - 60 + 86_400)",
            "kingsnake_role_expiry_time_seconds{role=\"root\"} \(now - 60 + 365 * 86_400)",
            "kingsnake_fault{fault=\"log-stopped\"} 0", "kingsnake_uploads_total{outcome=\"accepted\"} 0",
            "kingsnake_index_seconds_count ",
        ] { #expect(text.contains(line), "\(line)") }
        #expect(!text.contains("Not described.") && !text.contains("main"))
        #expect(text.contains("kingsnake_free_bytes "))
    }

    @Test("Uploads are counted by what became of them")
    func uploads() async throws {
        let scene = try await UploadScene()
        let package = try PackageBuilder.hello().build(.conda)
        for _ in 0..<2 { _ = try await scene.send(package, as: "hello-1.0-0.conda") }
        _ = try await scene.send([1], as: "hello-1.0-0.conda")
        let text = scene.server.parts.metrics.text
        for outcome in ["accepted", "unchanged", "refused"] {
            #expect(text.contains("kingsnake_uploads_total{outcome=\"\(outcome)\"} 1\n"), "\(text)")
        }
    }
}
