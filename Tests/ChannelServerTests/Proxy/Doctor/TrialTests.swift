// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

import CondaFormats
import Foundation
import HTTPTypes
import HummingbirdTesting
import NIOCore
import TestSupport
import Testing
import TrustCore

@testable import ChannelServer

@Suite("A proxy’s own channels for the doctor", .timeLimit(.minutes(3)))
struct TrialTests {
    static let field: HTTPFields = {
        var fields = HTTPFields()
        if let name = HTTPField.Name(ProxyTrials.field) { fields[name] = "1" }
        return fields
    }()

    static func id() -> TrialID { TrialID { count in (0..<count).map { _ in UInt8.random(in: 0...255) } } }

    private static func report(_ scene: ProxyScene, _ id: TrialID) async throws -> TrialReport {
        let answer = try await scene.ask(.get, "http://127.0.0.1:0/_kingsnake/doctor/\(id.text)", field)
        #expect(answer.status == .ok)
        return try TrialReport(parsing: Array(answer.body.readableBytesView))
    }

    private static func ask(_ scene: ProxyScene, _ url: String) async throws -> (status: Int, body: [UInt8]) {
        let answer = try await scene.ask(.get, url)
        return (answer.status.code, Array(answer.body.readableBytesView))
    }

    @Test("Each case is refused with its code, and the good one passed on", arguments: TrialCase.allCases)
    func cases(trialCase: TrialCase) async throws {
        let scene = try ProxyScene(trials: true)
        let id = Self.id()
        #expect(try await Self.report(scene, id)[trialCase] == TrialReport.Part())
        // As clients with `http_proxy` ask, and as those with mirrors do.
        for channel in [
            id.channel(trialCase),
            "http://127.0.0.1:0/c/https/\(id.host)/\(trialCase.rawValue)",
        ] {
            let index = try await Self.ask(scene, "\(channel)/noarch/repodata.json")
            let package = try await Self.ask(scene, "\(channel)/noarch/\(TrialPackage.fileName)")
            #expect(index.status == 200)
            let text = String(decoding: index.body, as: UTF8.self)
            switch trialCase {
            case .good:
                #expect(package.status == 200)
                #expect(text.contains(Digest.of(package.body).hex))
            case .badPackage, .stripped: #expect(package.status == 403)
            case .rolledBack: #expect(package.status == 404 && !text.contains(TrialPackage.fileName))
            }
        }
        let report = try await Self.report(scene, id)
        #expect(report[trialCase].requests == 4)
        #expect(report[trialCase].codes == [trialCase.expected].compactMap(\.self))
        #expect(report[trialCase].admitted.isEmpty == (trialCase != .good))
        for other in TrialCase.allCases where other != trialCase {
            #expect(report[other] == TrialReport.Part())
        }
        // None of it is counted as the proxy's.
        #expect(scene.tally.summary.refused.isEmpty && scene.tally.summary.admitted.isEmpty)
        #expect(scene.tally.summary.channels.isEmpty && scene.made.all.isEmpty)
    }

    @Test("The package is one that may be installed, and what is in it is what it says")
    func package() throws {
        let package = try TrialPackage(holding: "text\n")
        let folder = try TemporaryFolder()
        let path = try folder.write(package.bytes, to: TrialPackage.fileName)
        let incoming = try IncomingPackage(inspecting: path)
        #expect(incoming.fileName.text == TrialPackage.fileName)
        #expect(package.record.sha256 == Digest.of(package.bytes))
    }

    @Test("A tunnel to a trial is refused, and counted there")
    func tunnels() async throws {
        let scene = try ProxyScene(trials: true)
        let id = Self.id()
        #expect(try await Self.report(scene, id).tunnels == 0)
        let answer = try await scene.ask(.connect, "\(id.host):443")
        #expect(answer.status == .forbidden)
        #expect(try await Self.report(scene, id).tunnels == 1)
        #expect(scene.tally.summary.refused.isEmpty)
    }

    @Test(
        "A host of trials means a trial that has begun or nothing, whatever channels are passed on",
        arguments: ["doctor.kingsnake.invalid", "x.doctor.kingsnake.invalid", Self.id().host]
    )
    func reserved(host: String) async throws {
        for hasTrials in [true, false] {
            let scene = try ProxyScene(acceptsAny: true, trials: hasTrials)
            let answer = try await scene.ask(.get, "http://\(host)/good/noarch/repodata.json")
            #expect(String(buffer: answer.body).contains("code: proxy.unknown-channel\n"))
            #expect(scene.made.all.isEmpty)
        }
    }

    @Test("A trial has its four channels, and no other")
    func others() async throws {
        let scene = try ProxyScene(acceptsAny: true, trials: true)
        let id = Self.id()
        _ = try await Self.report(scene, id)
        for path in [
            "/other/noarch/repodata.json", "/good/good/noarch/repodata.json", "/noarch/repodata.json",
        ] {
            let answer = try await scene.ask(.get, "http://\(id.host)\(path)")
            #expect(answer.status == .forbidden, "\(path)")
        }
        #expect(scene.made.all.isEmpty)
    }

    @Test("Only programs of this machine begin one, and no page in a browser does")
    func strangers() async throws {
        let scene = try ProxyScene(trials: true)
        let pages = ProxyOwnPages(tally: scene.tally)
        let parts = [ProxyTrials.mark, Self.id().text]
        await #expect(throws: Refusal.self) {
            try await pages.answer(trial: parts, Self.field, scene.proxy.trials, "192.0.2.1")
        }
        let plain = try await scene.ask(.get, "http://127.0.0.1:0/_kingsnake/doctor/\(parts[1])")
        #expect(String(buffer: plain.body).contains("code: proxy.not-a-channel-file\n"))
        for id in ["", "1", parts[1].uppercased() + "A", parts[1] + "/more"] {
            let answer = try await scene.ask(.get, "http://127.0.0.1:0/_kingsnake/doctor/\(id)", Self.field)
            #expect(answer.status == .forbidden)
        }
        #expect(!FileManager.default.fileExists(atPath: scene.folder.path + "/trials"))
    }

    @Test("A bounded number is kept, and nothing of them stays")
    func bounded() async throws {
        let scene = try ProxyScene(trials: true)
        let trials = try #require(scene.proxy.trials)
        let folder = scene.folder.path + "/trials"
        let first = Self.id()
        _ = try await trials.report(of: first)
        for _ in 0..<ProxyTrials.maximumCount { _ = try await trials.report(of: Self.id()) }
        let names = try FileManager.default.contentsOfDirectory(atPath: folder)
        #expect(names.count == ProxyTrials.maximumCount && !names.contains(first.text))
        let gone = try await scene.ask(.get, "\(first.channel(.good))/noarch/repodata.json")
        #expect(gone.status == .forbidden)
        await trials.close()
        #expect(!FileManager.default.fileExists(atPath: folder))
    }

    @Test("A report is read as it was written")
    func report() throws {
        let part = TrialReport.Part(requests: 2, admitted: ["noarch/a"], codes: ["digest.mismatch"])
        let report = TrialReport(version: "1", tunnels: 3, cases: [.good: part, .stripped: .init()])
        #expect(try TrialReport(parsing: JSONWriter.encode(.object(report.json))) == report)
    }
}
