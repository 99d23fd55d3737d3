// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

import DurableFiles
import TrustCore

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif

/// One run of a signing command. Blocks the thread it runs on.
struct SignerProcess {
    /// How a command ended, and what it said.
    struct Answer: Sendable {
        /// The exit status; minus the signal that ended the command.
        let status: Int32
        let output: [UInt8]
        let errors: [UInt8]

        /// The end, in words.
        var ending: String { status < 0 ? "signal \(-status)" : "status \(status)" }
    }

    /// What is kept from the command.
    private static let secretVariable = "KINGSNAKE_PASSPHRASE="

    let command: [String]
    let limits: ExternalSigner.Limits
    /// What somebody can do where the command is not as it should be.
    var remedy = "run the command by hand: it reads the message and answers the bare signature"

    /// Starts the command, feeds it, and waits for its end.
    ///
    /// - Throws: a `Failure` if it cannot be started, takes too long or says too much; it is killed then.
    func run(_ input: [UInt8]) throws -> Answer {
        let source = try Self.file(holding: input)
        defer { close(source) }
        var output = try Pipe()
        var errors = try Pipe()
        defer { output.close(); errors.close() }
        let pid = try start(input: source, output: output.writing, errors: errors.writing)
        output.closeWriting()
        errors.closeWriting()
        var end: Int32?
        do {
            return try follow(pid, &output, &errors, &end)
        } catch {
            // Its children are not killed; they find nobody at the other end of their pipes.
            if end == nil {
                kill(pid, SIGKILL)
                var status: Int32 = 0
                while waitpid(pid, &status, 0) < 0, errno == EINTR {}
            }
            throw error
        }
    }

    /// Reads until the command has ended and nothing is left to read.
    private func follow(
        _ pid: pid_t,
        _ output: inout Pipe,
        _ errors: inout Pipe,
        _ status: inout Int32?
    ) throws -> Answer {
        let deadline = Self.now + Int64(limits.seconds) * 1000
        while true {
            let remaining = deadline - Self.now
            guard remaining > 0 else {
                throw failure("did not end within \(limits.seconds) seconds", errors.bytes)
            }
            let isQuiet = try Pipe.wait(output, errors, milliseconds: Int32(min(remaining, 20)))
            // The end is looked at before the last read, so that nothing that was said is missed.
            if isQuiet, let status {
                return Answer(status: status, output: output.bytes, errors: errors.bytes)
            }
            try output.read(keeping: limits.signature + 1)
            try errors.read(keeping: limits.errors)
            guard output.bytes.count <= limits.signature else {
                throw failure("answered more than \(limits.signature) bytes", errors.bytes)
            }
            if status == nil { status = Self.ended(pid) }
        }
    }

    /// The exit status, or minus the signal, of a command that has ended.
    private static func ended(_ pid: pid_t) -> Int32? {
        var status: Int32 = 0
        guard waitpid(pid, &status, WNOHANG) == pid else { return nil }
        let signal = status & 0x7F
        return signal == 0 ? status >> 8 & 0xFF : -signal
    }

    private func start(input: Int32, output: Int32, errors: Int32) throws -> pid_t {
        #if canImport(Darwin)
            var actions: posix_spawn_file_actions_t?
            var attributes: posix_spawnattr_t?
        #else
            var actions = posix_spawn_file_actions_t()
            var attributes = posix_spawnattr_t()
        #endif
        posix_spawn_file_actions_init(&actions)
        posix_spawnattr_init(&attributes)
        defer {
            posix_spawn_file_actions_destroy(&actions)
            posix_spawnattr_destroy(&attributes)
        }
        posix_spawn_file_actions_adddup2(&actions, input, 0)
        posix_spawn_file_actions_adddup2(&actions, output, 1)
        posix_spawn_file_actions_adddup2(&actions, errors, 2)
        // Servers ignore SIGPIPE; a command of a shell pipeline needs it.
        var signals = sigset_t()
        sigemptyset(&signals)
        posix_spawnattr_setsigmask(&attributes, &signals)
        sigaddset(&signals, SIGPIPE)
        posix_spawnattr_setsigdefault(&attributes, &signals)
        posix_spawnattr_setflags(&attributes, Int16(POSIX_SPAWN_SETSIGDEF | POSIX_SPAWN_SETSIGMASK))
        var argv: [UnsafeMutablePointer<CChar>?] = command.map { strdup($0) } + [nil]
        var envp = Self.environment + [nil]
        defer { (argv + envp).forEach { free($0) } }
        var pid: pid_t = 0
        let number = posix_spawnp(&pid, command[0], &actions, &attributes, &argv, &envp)
        guard number == 0 else {
            throw failure("could not be started: \(String(cString: strerror(number)))", [])
        }
        return pid
    }

    /// Copies of this process's variables, without the passphrase.
    private static var environment: [UnsafeMutablePointer<CChar>?] {
        var copies: [UnsafeMutablePointer<CChar>?] = []
        var next = environ
        while let variable = next.pointee {
            if strncmp(variable, secretVariable, secretVariable.utf8.count) != 0 {
                copies.append(strdup(variable))
            }
            next += 1
        }
        return copies
    }

    /// A file without a name that holds the bytes, ready to be read: unlike a pipe it is never full and never
    /// broken.
    private static func file(holding bytes: [UInt8]) throws -> Int32 {
        let folder = getenv("TMPDIR").map { String(cString: $0) } ?? "/tmp"
        var template = Array("\(folder)/kingsnake-XXXXXX".utf8CString)
        let descriptor = mkstemp(&template)
        let path = template.withUnsafeBufferPointer { $0.baseAddress.map { String(cString: $0) } ?? "" }
        guard descriptor >= 0 else {
            throw diskFailure("a file for a signing command could not be made", path)
        }
        unlink(path)
        _ = fcntl(descriptor, F_SETFD, FD_CLOEXEC)
        var written = 0
        while written < bytes.count {
            let count = bytes[written...].withUnsafeBytes { write(descriptor, $0.baseAddress, $0.count) }
            if count < 0, errno == EINTR { continue }
            guard count > 0 else {
                let problem = diskFailure("a file for a signing command could not be written", path)
                close(descriptor)
                throw problem
            }
            written += count
        }
        lseek(descriptor, 0, SEEK_SET)
        return descriptor
    }

    /// Milliseconds of a clock that only goes forward.
    private static var now: Int64 {
        var time = timespec()
        clock_gettime(CLOCK_MONOTONIC, &time)
        return Int64(time.tv_sec) * 1000 + Int64(time.tv_nsec) / 1_000_000
    }

    private func failure(_ what: String, _ errors: [UInt8]) -> Failure {
        let said = Printable.line(errors, limit: limits.errors)
        return Failure(
            .configuration,
            "the signing command `\(Printable.text(command[0]))` \(what)" + (said.isEmpty ? "" : ": \(said)"),
            remedy: remedy
        )
    }
}
