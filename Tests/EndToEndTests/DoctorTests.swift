// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

import Foundation
import TestSupport
import Testing
import TrustCore

@Suite("kingsnake doctor", .serialized, .timeLimit(.minutes(5)))
struct DoctorTests {
    private let folder: TemporaryFolder
    private var program: Program
    private static let bash = "/bin/bash"
    private static let hasBash = FileManager.default.isExecutableFile(atPath: bash)

    init() throws {
        folder = try TemporaryFolder()
        program = Program(in: folder.path)
        // No client of this machine is to be found.
        program.environment["PATH"] = folder.path + "/bin"
        program.environment["TMPDIR"] = folder.path
    }

    private func proxy(_ settings: String = #"{"schema": 1}"#) async throws -> (RunningProgram, url: String) {
        try folder.write(Array(settings.utf8), to: "proxy.json")
        let running = try await program.start([
            "proxy", "--config", "proxy.json", "--any-channel", "--listen", "127.0.0.1:0", "--json",
        ])
        return (running, try #require(running.announcement["url"]?.string))
    }

    /// The outcomes by check, of all sections.
    private static func outcomes(_ result: ProgramResult) throws -> [(
        about: String, check: String, is: String
    )] {
        try (result.json()["sections"]?.array ?? []).flatMap { section in
            (section.object?["checks"]?.array ?? []).map { check in
                (
                    section.object?["about"]?.string ?? "", check.object?["check"]?.string ?? "",
                    check.object?["outcome"]?.string ?? ""
                )
            }
        }
    }

    @Test("A running proxy is tried without a client, and nothing of it is left or counted")
    func tries() async throws {
        let (running, url) = try await proxy()
        let result = try await program.run(["doctor", "--proxy", url, "--json"])
        #expect(result.status == 0, "\(result.transcript)")
        let outcomes = try Self.outcomes(result)
        #expect(
            outcomes.map(\.check) == [
                "proxy.running", "trial.good", "trial.bad-package", "trial.rolled-back", "trial.stripped",
            ]
        )
        #expect(outcomes.allSatisfy { $0.is == "ok" && $0.about == "proxy \(url)" })
        let text = try await program.run(["doctor", "--proxy", url])
        #expect(text.status == 0)
        #expect(
            text.output.replacing(url, with: "[proxy]").replacing(
                /version [0-9.]+/,
                with: "version [version]"
            )
                == """
                proxy [proxy]
                  ok       [proxy] is a Kingsnake proxy, version [version]
                  ok       a good package was passed on
                  ok       a package with other bytes than were signed was refused [digest.mismatch]
                  ok       a withdrawn package that a rolled-back index offered was refused [tuf.rollback]
                  ok       a package whose attestations were taken away was refused [attested.stripped]
                everything that must hold does

                """
        )
        #expect(await running.stop() == 0)
        #expect(running.errors.contains("passed on 0 packages") || !running.errors.contains("refused `"))
        let left = try FileManager.default.contentsOfDirectory(atPath: folder.path)
        #expect(!left.contains { $0.hasPrefix("kingsnake-doctor") }, "\(left)")
    }

    @Test("What does not run, is no proxy, or was told not to, is a failure")
    func fails() async throws {
        let (running, url) = try await proxy(#"{"schema": 1, "doctor": false}"#)
        let off = try await program.run(["doctor", "--proxy", url, "--json"])
        #expect(off.status == 1 && off.output.contains("proxy.doctor-off"), "\(off.transcript)")
        await running.stop()
        let none = try await program.run(["doctor", "--proxy", url])
        #expect(none.status == 1 && none.output.contains("nothing answers at \(url)"))
        #expect(none.output.contains("1 check failed"))
        try await LoopbackServer.serving(folder.path) { server in
            server.follow { _ in .replace(Array("alive\n".utf8)) }
            let other = try await program.run(["doctor", "--proxy", server.url])
            #expect(other.status == 1 && other.output.contains("is no Kingsnake proxy"))
        }
    }

    @Test("Where nothing is enabled, the command is said; where there is no client, how to name one")
    func nothing() async throws {
        let none = try await program.run(["doctor"])
        #expect(none.status == 6 && none.errors.contains("there is no sign of conda, mamba or pixi"))
        let conda = try await program.run(["doctor", "--client", "conda"])
        #expect(conda.status == 1)
        #expect(conda.output.contains("→ run `kingsnake enable --client conda`"))
        for wrong in [["--client-path", "/bin/conda"], ["--client", "pixi", "--client-path", "/bin/pixi"]] {
            #expect(try await program.run(["doctor"] + wrong).status == 2)
        }
    }

    @Test("A client that is enabled and not found is told apart from one that was tried")
    func missing() async throws {
        let (running, url) = try await proxy()
        for client in ["conda", "pixi"] {
            try await program.run(["enable", "--yes", "--client", client, "--proxy", url]).demandSuccess(
                "enable"
            )
        }
        let all = try await program.run(["doctor", "--json"])
        #expect(all.status == 1, "\(all.transcript)")
        let outcomes = try Self.outcomes(all)
        #expect(outcomes.contains { $0.about == "conda" && $0.is == "skipped" })
        #expect(outcomes.contains { $0.about == "pixi" && $0.is == "warning" })
        #expect(outcomes.contains { $0.about == "clients" && $0.is == "failed" })
        let one = try await program.run(["doctor", "--client", "conda", "--json"])
        #expect(one.status == 1)
        #expect(try Self.outcomes(one).contains { $0.about == "conda" && $0.is == "failed" })
        let pixi = try await program.run(["doctor", "--client", "pixi"])
        #expect(pixi.status == 0 && pixi.output.contains("everything that must hold does (1 warning)"))
        await running.stop()
    }

    /// A client in a few lines, which reads its settings file, asks the proxy that this names, and installs what it is given.
    private static let client = #"""
        #!/bin/bash
        set -u
        while [ $# -gt 0 ]; do
            case $1 in --prefix) prefix=$2; shift;; --channel) channel=$2; shift;; esac
            shift
        done
        while read -r key value; do
            case $key in '"http":') proxy=${value//\"/};; esac
        done < "$HOME/.condarc"
        rest=${proxy#http://}
        [ -n "${FAKE_DIRECT:-}" ] && { echo "no such host" >&2; exit 1; }
        ask() {
            exec 3<>"/dev/tcp/${rest%%:*}/${rest##*:}"
            printf '%s\r\nHost: x\r\nConnection: close\r\n\r\n' "$1" >&3
            read -r line <&3
            exec 3>&-
            case $line in *' 200 '*) return 0;; esac
            echo "the proxy said: $line" >&2
            return 1
        }
        case $channel in
        https:*) host=${channel#https://}; ask "CONNECT ${host%%/*}:443 HTTP/1.1" || exit 1;;
        *)
            ask "GET $channel/noarch/repodata.json HTTP/1.1" || exit 1
            ask "GET $channel/noarch/kingsnake-doctor-1.0-0.conda HTTP/1.1" || [ -n "${FAKE_CARELESS:-}" ] || exit 1;;
        esac
        PATH=/usr/bin:/bin mkdir -p "$prefix/conda-meta"
        echo '{}' > "$prefix/conda-meta/kingsnake-doctor-1.0-0.json"
        """#

    @Test(
        "A client is tried with its own settings, and found out where it is not led to the proxy",
        .enabled(if: hasBash, "bash is the client")
    )
    func client() async throws {
        let path = try folder.write(Array(Self.client.utf8), to: "bin/conda")
        try FileManager.default.setAttributes([.posixPermissions: 0o755], ofItemAtPath: path)
        let (running, url) = try await proxy()
        var program = program
        try await program.run(["enable", "--yes", "--client", "conda", "--proxy", url]).demandSuccess(
            "enable"
        )
        let good = try await program.run(["doctor", "--json"])
        #expect(good.status == 0, "\(good.transcript)")
        let tried = try Self.outcomes(good).filter { $0.about == "conda" }
        #expect(tried.map(\.check).last == "trial.https" && tried.count == 5)
        #expect(tried.allSatisfy { $0.is == "ok" })
        program.environment["FAKE_DIRECT"] = "1"
        let direct = try await program.run(["doctor"])
        #expect(direct.status == 1 && direct.output.contains("conda did not ask the proxy"))
        #expect(direct.output.contains("it said: no such host"))
        program.environment["FAKE_DIRECT"] = nil
        program.environment["FAKE_CARELESS"] = "1"
        let careless = try await program.run(["doctor"])
        #expect(careless.status == 1 && careless.output.contains("WAS INSTALLED"))
        program.environment["FAKE_CARELESS"] = nil
        program.environment["http_proxy"] = "http://127.0.0.1:9"
        let led = try await program.run(["doctor", "--client", "conda"])
        #expect(led.status == 1 && led.output.contains("`http_proxy` leads to http://127.0.0.1:9"))
        program.environment["http_proxy"] = nil
        try await program.run(["disable"]).demandSuccess("disable")
        #expect(try await program.run(["doctor"]).status == 1)
        await running.stop()
    }
}
