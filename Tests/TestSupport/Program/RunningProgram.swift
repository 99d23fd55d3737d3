// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

internal import Foundation
internal import Synchronization
public import TrustCore

/// A program that runs until it is told to stop, such as a server. It ends with this value at the latest.
public final class RunningProgram: Sendable {
    /// What it said on standard output once it was ready: one JSON document.
    public let announcement: JSONObject
    private let pid: pid_t
    private let captured: TemporaryFolder
    private let output: FileHandle
    private let status = Mutex<Int32?>(nil)

    /// Starts a program, and waits until it says that it is ready. Blocks the thread it runs on.
    ///
    /// - Throws: a `Failure`, with what it wrote to standard error, if it ends before that.
    init(starting process: ChildProcess) throws {
        captured = try TemporaryFolder()
        let pipe = captured.path + "/output"
        // Opened before the program opens it, which would wait for that otherwise.
        guard mkfifo(pipe, 0o600) == 0, case let descriptor = open(pipe, O_RDONLY | O_NONBLOCK | O_CLOEXEC),
            descriptor >= 0
        else { throw Failure(.disk, "could not make a pipe", at: pipe) }
        output = FileHandle(fileDescriptor: descriptor, closeOnDealloc: true)
        pid = try process.start(output: pipe, errors: captured.path + "/errors")
        _ = fcntl(descriptor, F_SETFL, 0)
        var said: [UInt8] = []
        while true {
            let more = output.availableData
            said += more
            if let document = try? JSONReader.read(said, of: "standard output").object {
                announcement = document
                return
            }
            guard more.isEmpty else { continue }
            let status = ChildProcess.wait(for: pid)
            let errors = (try? captured.read("errors")).map { String(decoding: $0, as: UTF8.self) } ?? ""
            throw Failure(.configuration, "a program ended with \(status) before it was ready: \(errors)")
        }
    }

    deinit {
        if status.withLock({ $0 == nil }) {
            kill(pid, SIGKILL)
            _ = ChildProcess.wait(for: pid)
        }
    }

    /// What it wrote to standard error so far.
    public var errors: String {
        (try? captured.read("errors")).map { String(decoding: $0, as: UTF8.self) } ?? ""
    }

    /// Tells it to stop, by SIGTERM, and waits for its end; answers its exit status, or minus the signal that ended it.
    @discardableResult
    public func stop() async -> Int32 {
        if let ended = status.withLock({ $0 }) { return ended }
        kill(pid, SIGTERM)
        let pid = pid
        let ended = await withCheckedContinuation { continuation in
            Thread.detachNewThread { continuation.resume(returning: ChildProcess.wait(for: pid)) }
        }
        status.withLock { $0 = ended }
        return ended
    }
}

extension Program {
    /// Starts it, and answers as soon as it has said one JSON document on standard output.
    public func start(_ arguments: [String]) async throws -> RunningProgram {
        let process = process(executable, arguments)
        return try await withCheckedThrowingContinuation { continuation in
            Thread.detachNewThread {
                continuation.resume(with: Result { try RunningProgram(starting: process) })
            }
        }
    }
}
