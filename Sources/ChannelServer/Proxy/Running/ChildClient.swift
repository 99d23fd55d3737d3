// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

internal import NIOPosix
internal import TrustCore

#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// A client that runs as a child of this process, in its group and on its terminal.
struct ChildClient: Sendable {
    let pid: pid_t

    /// Signals that get their usual meaning back in the child, whatever they mean here.
    private static let plainSignals = [SIGPIPE, SIGINT, SIGTERM, SIGHUP, SIGQUIT, SIGUSR1, SIGUSR2]

    /// Starts it; it has the files that were open before, and no others, and may open as many as the user said.
    ///
    /// - Parameters:
    ///   - command: the program, looked for on the `PATH`, and its arguments.
    ///   - kept: the numbers of the files that it inherits beside the three standard ones.
    ///   - log: a file that takes its words, and then it reads nothing; nil if it has ours.
    /// - Throws: a `Failure` if it cannot be started.
    init(
        _ command: [String],
        environment: [String: String],
        keeping kept: Set<Int32>,
        log: String? = nil
    ) throws {
        for descriptor in 3..<Self.maximumDescriptor where !kept.contains(descriptor) {
            // What is not open is no error.
            _ = fcntl(descriptor, F_SETFD, FD_CLOEXEC)
        }
        #if canImport(Darwin)
            var attributes: posix_spawnattr_t?
            var actions: posix_spawn_file_actions_t?
        #else
            var attributes = posix_spawnattr_t()
            var actions = posix_spawn_file_actions_t()
        #endif
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        if let log {
            posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0)
            posix_spawn_file_actions_addopen(&actions, 1, log, O_WRONLY | O_CREAT | O_TRUNC, 0o600)
            posix_spawn_file_actions_adddup2(&actions, 1, 2)
        }
        posix_spawnattr_init(&attributes)
        defer { posix_spawnattr_destroy(&attributes) }
        var none = sigset_t(), plain = sigset_t()
        sigemptyset(&none)
        sigemptyset(&plain)
        for signal in Self.plainSignals { sigaddset(&plain, signal) }
        posix_spawnattr_setsigmask(&attributes, &none)
        posix_spawnattr_setsigdefault(&attributes, &plain)
        posix_spawnattr_setflags(&attributes, Int16(POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF))
        var arguments: [UnsafeMutablePointer<CChar>?] = command.map { strdup($0) } + [nil]
        var variables: [UnsafeMutablePointer<CChar>?] =
            environment.sorted { $0.key < $1.key }.map { strdup("\($0.key)=\($0.value)") } + [nil]
        defer { (arguments + variables).forEach { free($0) } }
        var pid: pid_t = 0
        let number = ProcessFiles.withUsersLimit {
            posix_spawnp(&pid, command.first ?? "", &actions, &attributes, &arguments, &variables)
        }
        guard number == 0 else {
            throw Failure(
                .configuration,
                "could not start the client: \(String(cString: strerror(number)))",
                at: command.first,
                remedy: "check its name, and that it is on the PATH"
            )
        }
        self.pid = pid
    }

    private static let maximumDescriptor: Int32 = 1024

    /// The files that are open now, beside the three standard ones.
    static func openDescriptors() -> Set<Int32> {
        Set((3..<maximumDescriptor).filter { fcntl($0, F_GETFD) >= 0 })
    }

    /// Waits for its end; answers its exit status, or 128 and the number of the signal that ended it, as shells do.
    func wait() async throws -> Int32 {
        // A thread of its own: others of the pool must not wait for the client.
        let threads = NIOThreadPool(numberOfThreads: 1)
        threads.start()
        let pid = pid
        let result: Result<Int32, any Error>
        do {
            result = .success(try await threads.runIfActive { Self.waitBlocking(for: pid) })
        } catch { result = .failure(error) }
        try await threads.shutdownGracefully()
        return try result.get()
    }

    /// Ends it, whatever it does. It must not have been waited for to its end.
    func end() { kill(pid, SIGKILL) }

    private static func waitBlocking(for pid: pid_t) -> Int32 {
        var status: Int32 = 0
        while waitpid(pid, &status, 0) < 0 {
            guard errno == EINTR else { return 127 }
        }
        let signal = status & 0x7F
        return signal == 0 ? status >> 8 & 0xFF : 128 + signal
    }
}
