// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

internal import Foundation
internal import TrustCore

/// One run of a program. Blocks the thread it runs on.
struct ChildProcess: Sendable {
    private let program: String
    private let arguments: [String]
    private let environment: [String: String]
    private let folder: String
    private let preparation: [String]

    /// - Parameter preparation: commands of the shell that run before it.
    init(
        _ program: String,
        _ arguments: [String],
        environment: [String: String],
        folder: String,
        preparation: [String]
    ) {
        self.program = program
        self.arguments = arguments
        self.environment = environment
        self.folder = folder
        self.preparation = preparation
    }

    /// Starts the program, waits for its end, and kills it in between if asked to.
    ///
    /// Its output goes to files, not to pipes: a full pipe that nobody reads would stop it.
    func run(killed kill: Kill?) throws -> ProgramResult {
        let captured = try TemporaryFolder()
        let began = Self.now
        let pid = try start(output: captured.path + "/output", errors: captured.path + "/errors")
        let status = Self.wait(for: pid, killed: kill, began)
        let microseconds = Self.now - began
        return ProgramResult(
            status: status,
            output: String(decoding: try captured.read("output"), as: UTF8.self),
            errors: String(decoding: try captured.read("errors"), as: UTF8.self),
            microseconds: microseconds
        )
    }

    /// Starts the program; its output goes to files.
    func start(output: String, errors: String) throws -> pid_t {
        #if canImport(Darwin)
            var actions: posix_spawn_file_actions_t?
        #else
            var actions = posix_spawn_file_actions_t()
        #endif
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0)
        posix_spawn_file_actions_addopen(&actions, 1, output, O_WRONLY | O_CREAT, 0o600)
        posix_spawn_file_actions_addopen(&actions, 2, errors, O_WRONLY | O_CREAT, 0o600)
        // What other tests have open is not the program's: a script that is being written could not be run, and a
        // server that is gone would still seem to listen.
        #if canImport(Darwin)
            var attributes: posix_spawnattr_t?
            posix_spawnattr_init(&attributes)
            defer { posix_spawnattr_destroy(&attributes) }
            posix_spawnattr_setflags(&attributes, Int16(POSIX_SPAWN_CLOEXEC_DEFAULT))
        #else
            var attributes = posix_spawnattr_t()
            posix_spawnattr_init(&attributes)
            defer { posix_spawnattr_destroy(&attributes) }
            // Closing what is not open is no error.
            for descriptor in Int32(3)..<1024 { posix_spawn_file_actions_addclose(&actions, descriptor) }
        #endif
        // The shell goes to the folder and then becomes the program: there is one process all along.
        let preparation = preparation.map { $0 + " && " }.joined()
        let line = preparation + #"cd "$0" && exec "$@""#
        let command = ["/bin/sh", "-c", line, folder, program] + arguments
        var argv: [UnsafeMutablePointer<CChar>?] = command.map { strdup($0) } + [nil]
        var envp: [UnsafeMutablePointer<CChar>?] = environment.map { strdup("\($0.key)=\($0.value)") } + [nil]
        defer { (argv + envp).forEach { free($0) } }
        var pid: pid_t = 0
        let number = posix_spawn(&pid, "/bin/sh", &actions, &attributes, &argv, &envp)
        guard number == 0 else {
            throw Failure(
                .configuration,
                "could not start a program: \(String(cString: strerror(number)))",
                at: program
            )
        }
        return pid
    }

    /// Waits for the end; answers the exit status, or minus the signal that ended it.
    static func wait(for pid: pid_t, killed kill: Kill? = nil, _ began: UInt64 = 0) -> Int32 {
        var status: Int32 = 0
        var kill = kill
        while true {
            let ended = waitpid(pid, &status, kill == nil ? 0 : WNOHANG)
            if ended == pid { break }
            if ended < 0, errno != EINTR { return -1 }
            guard let moment = kill else { continue }
            if isNow(moment, began) {
                Foundation.kill(pid, SIGKILL)
                kill = nil
            }
        }
        return status & 0x7F == 0 ? status >> 8 & 0xFF : -(status & 0x7F)
    }

    private static func isNow(_ moment: Kill, _ began: UInt64) -> Bool {
        switch moment {
        case .when(let condition):
            usleep(50)
            return condition()
        case .after(let delay):
            let elapsed = now - began
            if elapsed >= delay { return true }
            usleep(useconds_t(min(delay - elapsed, 500)))
            return false
        }
    }

    /// Microseconds on a clock that only goes forward.
    private static var now: UInt64 { DispatchTime.now().uptimeNanoseconds / 1_000 }
}
