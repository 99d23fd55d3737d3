// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

import Foundation
import HTTPTypes
import TestSupport
import Testing
import TrustCore

@testable import ChannelServer

@Suite("Trying a client", .timeLimit(.minutes(3)))
struct ClientTrialTests {
    /// How a client takes what it is told to install.
    enum Manner: CaseIterable {
        /// It asks the proxy, and installs what it gets.
        case led
        /// It asks somebody else, who gives it everything.
        case elsewhere
        /// It asks the proxy, and installs what it asked for whatever the proxy said.
        case careless
        /// It fails before it asks anybody.
        case broken
        /// It asks the proxy for `http:` URLs, and goes elsewhere for `https:` ones.
        case half
    }

    private static func checks(_ manner: Manner, _ proxy: TriedProxy) async throws -> [DoctorCheck] {
        let folder = try TemporaryFolder()
        let id = TrialTests.id()
        #expect(await proxy.checkup.begin(id, version: "1").outcome == .ok)
        let trial = ClientTrial(
            of: .conda,
            program: "/opt/conda",
            environment: ["HOME": folder.path],
            folder: folder.path + "/trial",
            proxy: proxy.checkup
        ) { command, environment, log in
            func word(after name: String) -> String {
                command.firstIndex(of: name).map { command[$0 + 1] } ?? ""
            }
            #expect(command.prefix(2) == ["/opt/conda", "create"] && command.last == "kingsnake-doctor=1.0")
            let prefix = word(after: "--prefix"), channel = word(after: "--channel")
            // Nothing of the user's is written to.
            #expect(environment["CONDA_PKGS_DIRS"]?.hasPrefix(folder.path + "/trial/") == true)
            #expect(environment["HOME"] == folder.path + "/trial/home")
            #expect(prefix.hasPrefix(folder.path + "/trial/") && log.hasPrefix(folder.path + "/trial/"))
            guard manner != .broken else {
                try Data("a\nbroken\n".utf8).write(to: URL(fileURLWithPath: log))
                return 1
            }
            var isGiven = manner == .elsewhere
            if channel.hasPrefix("https:"), manner != .elsewhere {
                if manner != .half {
                    _ = try await proxy.scene.ask(.connect, "\(id.host):443")
                }
            } else if manner != .elsewhere {
                let answer = try await proxy.send(
                    .init(.get, channel + "/noarch/kingsnake-doctor-1.0-0.conda")
                )
                isGiven = answer.status == 200 || manner == .careless
            }
            guard isGiven else { return 1 }
            let meta = URL(fileURLWithPath: prefix + "/conda-meta")
            try FileManager.default.createDirectory(at: meta, withIntermediateDirectories: true)
            try Data("{}".utf8).write(to: meta.appendingPathComponent("kingsnake-doctor-1.0-0.json"))
            return 0
        }
        return await trial.checks(id)
    }

    private static func outcomes(_ checks: [DoctorCheck]) -> [DoctorCheck.Outcome] { checks.map(\.outcome) }

    @Test("A client that is led to the proxy passes")
    func led() async throws {
        let checks = try await Self.checks(.led, try TriedProxy())
        #expect(checks.map(\.name) == TrialCase.allCases.map { "trial.\($0.rawValue)" } + ["trial.https"])
        #expect(Self.outcomes(checks) == [.ok, .ok, .ok, .ok, .ok], "\(checks)")
    }

    @Test("A client that was not led to the proxy fails at once, and its words are shown")
    func notLed() async throws {
        let elsewhere = try await Self.checks(.elsewhere, try TriedProxy())
        #expect(Self.outcomes(elsewhere) == [.failed])
        #expect(elsewhere[0].text.contains("did not ask the proxy, and got"))
        let broken = try await Self.checks(.broken, try TriedProxy())
        #expect(Self.outcomes(broken) == [.failed])
        #expect(broken[0].notes == ["it said: a", "it said: broken"])
    }

    @Test("A client that is led by half fails in that half, a careless one in all that is bad")
    func partly() async throws {
        let half = try await Self.checks(.half, try TriedProxy())
        #expect(Self.outcomes(half) == [.ok, .ok, .ok, .ok, .failed])
        let careless = try await Self.checks(.careless, try TriedProxy())
        #expect(Self.outcomes(careless) == [.ok, .failed, .failed, .failed, .ok])
    }

    @Test("A good package that is refused fails, whatever else is refused rightly")
    func goodRefused() async throws {
        let proxy = try TriedProxy { url in
            url.contains("/good/") ? ServiceResponse(status: 403, body: []) : nil
        }
        #expect(Self.outcomes(try await Self.checks(.led, proxy)).first == .failed)
    }

    @Test("A child’s words are in the file, its status is answered, and a signal’s is 128 and its number")
    func child() async throws {
        let folder = try TemporaryFolder()
        let log = folder.path + "/log"
        let script = "cat; echo out; echo err >&2; exit 7"
        let status = try await ClientTrial.child(["/bin/sh", "-c", script], ["PATH": "/usr/bin:/bin"], log)
        #expect(status == 7)
        #expect(String(decoding: try folder.read("log"), as: UTF8.self) == "out\nerr\n")
        #expect(try await ClientTrial.child(["/bin/sh", "-c", "kill -9 $$"], [:], log) == 137)
    }
}
