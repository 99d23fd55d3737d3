// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

internal import Foundation
internal import Synchronization
internal import TrustCore

/// One run of `kingsnake serve`, in a process of its own.
final class ServerProcess: Sendable {
    let pid: pid_t
    private let output: String
    private let result = Mutex<Int32?>(nil)

    /// Starts a program.
    ///
    /// - Parameters:
    ///   - output: where its standard output goes; replaced.
    ///   - errors: where its standard error goes; appended to.
    init(_ command: [String], environment: [String: String], output: String, errors: String) throws {
        self.output = output
        #if canImport(Darwin)
            var actions: posix_spawn_file_actions_t?
            var attributes: posix_spawnattr_t?
        #else
            var actions = posix_spawn_file_actions_t()
            var attributes = posix_spawnattr_t()
        #endif
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        posix_spawnattr_init(&attributes)
        defer { posix_spawnattr_destroy(&attributes) }
        posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0)
        posix_spawn_file_actions_addopen(&actions, 1, output, O_WRONLY | O_CREAT | O_TRUNC, 0o600)
        posix_spawn_file_actions_addopen(&actions, 2, errors, O_WRONLY | O_CREAT | O_APPEND, 0o600)
        #if !canImport(Darwin)
            for descriptor in Int32(3)..<1024 { posix_spawn_file_actions_addclose(&actions, descriptor) }
        #endif
        var argv: [UnsafeMutablePointer<CChar>?] = command.map { strdup($0) } + [nil]
        var envp: [UnsafeMutablePointer<CChar>?] = environment.map { strdup("\($0.key)=\($0.value)") } + [nil]
        defer { (argv + envp).forEach { free($0) } }
        var pid: pid_t = 0
        let number = posix_spawn(&pid, command[0], &actions, &attributes, &argv, &envp)
        guard number == 0 else {
            throw Failure(
                .configuration,
                "could not start: \(String(cString: strerror(number)))",
                at: command[0]
            )
        }
        self.pid = pid
    }

    /// The exit status, or minus the signal that ended it; nil while it runs.
    var status: Int32? {
        result.withLock { result in
            if let result { return result }
            var status: Int32 = 0
            guard waitpid(pid, &status, WNOHANG) == pid else { return nil }
            result = status & 0x7F == 0 ? status >> 8 & 0xFF : -(status & 0x7F)
            return result
        }
    }

    /// Sends a signal; does nothing once it has ended.
    func send(_ signal: Int32) {
        guard status == nil else { return }
        kill(pid, signal)
    }

    /// Waits for its end; nil if it runs for longer.
    func end(within time: Duration) async -> Int32? {
        let limit = ContinuousClock.now + time
        while ContinuousClock.now < limit {
            if let status { return status }
            try? await Task.sleep(for: .milliseconds(2))
        }
        return status
    }

    /// The port that it says it listens on; nil if it ended, or said nothing in time.
    func port(within time: Duration) async -> Int? {
        let limit = ContinuousClock.now + time
        while ContinuousClock.now < limit {
            let said = String(decoding: FileManager.default.contents(atPath: output) ?? Data(), as: UTF8.self)
            if let start = said.range(of: "at http://127.0.0.1:"), said.hasSuffix("\n") {
                return Int(said[start.upperBound...].prefix { $0.isNumber })
            }
            if status != nil { return nil }
            try? await Task.sleep(for: .milliseconds(5))
        }
        return nil
    }

    /// How many bytes of memory it uses; nil where nobody says.
    var memory: Int? {
        guard let text = try? String(contentsOfFile: "/proc/\(pid)/status", encoding: .utf8) else {
            return nil
        }
        let line = text.split(separator: "\n").first { $0.hasPrefix("VmRSS:") }
        return line.flatMap { Int($0.filter(\.isNumber)) }.map { $0 << 10 }
    }
}
