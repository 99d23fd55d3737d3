// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

internal import Foundation

/// The built `kingsnake` program, run as a user runs it, with a trust store and a cache of its own.
///
/// Each run waits on a thread of its own, so that tests never hold up Swift's own threads.
public struct Program: Sendable {
    /// The folder that the user's files are in; relative paths in arguments start here.
    public let folder: String
    /// What the run sees of the environment.
    public var environment: [String: String]
    /// The umask that it runs with, as the shell's command takes it; nil for the tests' own.
    public var umask: String?
    /// How many files it may have open at most; nil for as many as the tests may.
    public var files: Int?
    let executable: String

    /// The folder that the package's programs were built into: the one that holds the tests.
    public static let buildFolder: String = {
        var candidates = Bundle.allBundles.filter { $0.bundlePath.hasSuffix(".xctest") }.map {
            $0.bundleURL.deletingLastPathComponent()
        }
        // The name by which a program was called may be without its folder.
        let path = Bundle.main.executablePath ?? CommandLine.arguments[0]
        let own = URL(fileURLWithPath: path).resolvingSymlinksInPath()
        var above = own.deletingLastPathComponent()
        while above.path.count > 1 {
            candidates.append(above)
            above = above.deletingLastPathComponent()
        }
        let found = candidates.first { FileManager.default.isExecutableFile(atPath: $0.path + "/kingsnake") }
        return found?.path ?? "the folder of \(own.path)"
    }()

    /// Takes the program, and a folder in which its home and its cache will be.
    ///
    /// - Parameter name: the program's name in the build folder, or its absolute path.
    public init(in folder: String, name: String = "kingsnake") {
        self.folder = folder
        executable = name.hasPrefix("/") ? name : Self.buildFolder + "/" + name
        environment = [
            "PATH": Self.buildFolder + ":/usr/bin:/bin", "HOME": folder, "KINGSNAKE_HOME": folder + "/home",
            "KINGSNAKE_CACHE": folder + "/cache", "LANG": "C.UTF-8",
        ]
    }

    /// Runs it to its end.
    @discardableResult
    public func run(_ arguments: String..., killed kill: Kill? = nil) async throws -> ProgramResult {
        try await run(arguments, killed: kill)
    }

    /// Runs it to its end, or until it is killed.
    @discardableResult
    public func run(_ arguments: [String], killed kill: Kill? = nil) async throws -> ProgramResult {
        try await run(executable, arguments, killed: kill)
    }

    /// Runs a shell script, with the program first on its `PATH`; it stops at the first command that fails.
    public func runScript(_ script: String) async throws -> ProgramResult {
        try await run("/bin/sh", ["-e", "-u", "-c", script])
    }

    /// Runs any program in the same surroundings.
    public func run(_ program: String, _ arguments: [String], killed kill: Kill? = nil) async throws
        -> ProgramResult
    {
        let process = process(program, arguments)
        return try await withCheckedThrowingContinuation { continuation in
            Thread.detachNewThread { continuation.resume(with: Result { try process.run(killed: kill) }) }
        }
    }

    /// Runs it to its end on the caller's thread, which must not be one of Swift's own.
    public func runBlocking(_ arguments: [String]) throws -> ProgramResult {
        try runBlocking(executable, arguments)
    }

    /// Runs any program to its end on the caller's thread.
    func runBlocking(_ program: String, _ arguments: [String]) throws -> ProgramResult {
        try process(program, arguments).run(killed: nil)
    }

    func process(_ program: String, _ arguments: [String]) -> ChildProcess {
        ChildProcess(
            program,
            arguments,
            environment: environment,
            folder: folder,
            preparation: [umask.map { "umask \($0)" }, files.map { "ulimit -n \($0)" }].compactMap { $0 }
        )
    }
}

/// When a run is killed, by SIGKILL, which no program can catch.
public enum Kill: Sendable {
    /// After that many microseconds.
    case after(microseconds: UInt64)
    /// As soon as a condition holds; it is asked again and again.
    case when(@Sendable () -> Bool)
}
