// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

internal import Foundation
internal import Soak

/// `make soak`: runs the real server and the real proxy under load and faults, and checks what they promise. See
/// docs/testing.md.
@main
enum SoakProgram {
    static func main() async {
        do {
            let environment = Settings(ProcessInfo.processInfo.environment)
            let what = environment["SOAK_OF"] ?? "both"
            guard ["server", "proxy", "both"].contains(what) else {
                throw Wrong(description: "SOAK_OF is `\(what)`: expected server, proxy or both")
            }
            let seed = UInt64(try environment.number("SOAK_SEED", Int.random(in: 1...999_999)))
            var count = 0
            if what != "proxy" { count += try await server(environment, seed) }
            if what != "server" { count += try await proxy(environment, seed) }
            exit(count == 0 ? 0 : 1)
        } catch {
            say("soak: could not run: \(error)")
            exit(2)
        }
    }

    /// Runs the server's rounds; answers how much was found.
    private static func server(_ environment: Settings, _ seed: UInt64) async throws -> Int {
        var options = SoakOptions()
        options.rounds = try environment.number("SOAK_ROUNDS", options.rounds)
        options.first = try environment.number("SOAK_FIRST", options.first)
        options.tinyRequests = try environment.number("SOAK_TINY_REQUESTS", options.tinyRequests)
        options.patience = try environment.number("SOAK_PATIENCE", options.patience)
        options.seed = seed
        options.goesOn = environment["SOAK_GOES_ON"] == "1"
        options.keep = environment["SOAK_KEEP"] ?? options.keep
        say("soak: \(options.rounds) rounds from seed \(seed), beginning with round \(options.first)")
        let summary = try await Soak(options) { say("soak: \($0)") }.run()
        say(summary.text)
        return summary.findings.count
    }

    /// Runs the proxy's rounds; answers how much was found.
    private static func proxy(_ environment: Settings, _ seed: UInt64) async throws -> Int {
        var options = ProxySoakOptions()
        options.rounds = try environment.number("SOAK_PROXY_ROUNDS", options.rounds)
        options.first = try environment.number("SOAK_PROXY_FIRST", options.first)
        options.clients = try environment.number("SOAK_CLIENTS", options.clients)
        if environment["SOAK_INSTALLATIONS"] != nil {
            options.installations = try environment.number("SOAK_INSTALLATIONS", 1)
        }
        options.patience = try environment.number("SOAK_PATIENCE", options.patience)
        options.seed = seed
        options.goesOn = environment["SOAK_GOES_ON"] == "1"
        options.keep = environment["SOAK_KEEP"] ?? options.keep
        say("soak: \(options.rounds) proxy rounds from seed \(seed), beginning with round \(options.first)")
        let summary = try await ProxySoak(options) { say("soak: \($0)") }.run()
        say(summary.text)
        return summary.findings.count
    }

    /// Writes a line at once, also where nobody reads it but a file.
    @Sendable private static func say(_ text: String) {
        try? FileHandle.standardOutput.write(contentsOf: Data((text + "\n").utf8))
    }

    private struct Wrong: Error, CustomStringConvertible {
        let description: String
    }

    /// What the environment says, as `make` passes it on; empty is as good as not there.
    private struct Settings {
        private let environment: [String: String]

        init(_ environment: [String: String]) { self.environment = environment.filter { !$0.value.isEmpty } }

        subscript(name: String) -> String? { environment[name] }

        func number(_ name: String, _ standard: Int) throws -> Int {
            guard let text = environment[name] else { return standard }
            guard let number = Int(text), number > 0 else {
                throw Wrong(description: "\(name) is `\(text)`: expected a number above 0")
            }
            return number
        }
    }
}
