// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

import CondaFormats
import Foundation
import TestSupport
import Testing
import TrustCore

@testable import Installer

/// Kills or stops a transaction before each of its steps, one after another.
@Suite("A transaction that is interrupted")
struct InterruptionTests {
    private static let before = FakePackage(contents: [
        "a": .file("old"), "only/old": .file("1"), "turns": .file("file"), "m.py": .file("m"),
    ])
    private static let after = FakePackage(
        version: "2.0",
        contents: ["a": .file("new"), "only/new": .file("2"), "turns/into": .file("folder")]
    )

    struct Stop: Error {}

    private static func options(stoppingAt step: Int, by stop: @escaping @Sendable () throws -> Void)
        -> LinkOptions
    {
        let count = Counter()
        var options = LinkOptions.test
        options.onStep = { _ in if count.next() == step { try stop() } }
        return options
    }

    private static func state(_ prefix: String) -> [String: String] {
        var state: [String: String] = [:]
        for path in FileManager.default.enumerator(atPath: prefix)?.compactMap({ $0 as? String }) ?? [] {
            let content = FileManager.default.contents(atPath: "\(prefix)/\(path)")
            state[path] = content.map { String(decoding: $0, as: UTF8.self) } ?? "folder"
        }
        // Records name the folder of the unpacked package, which has a random name.
        return state.filter { !$0.key.hasSuffix(".json") || $0.value.isEmpty }
            .merging(state.keys.filter { $0.hasSuffix(".json") }.map { ($0, "record") }) { $1 }
    }

    private static func installed(_ folder: TemporaryFolder, _ packages: [FakePackage]) throws -> [String:
        String]
    {
        for package in packages {
            _ = try PrefixTransaction(prefix: folder.path + "/env")
                .install([package.request(in: folder)], options: .test)
        }
        return state(folder.path + "/env")
    }

    @Test("Killed at any step, it has happened in full or not at all", arguments: [false, true])
    func survivesKill(isUpgrade: Bool) async throws {
        let sample = try TemporaryFolder()
        let old = isUpgrade ? try Self.installed(sample, [Self.before]) : [:]
        let new = try Self.installed(sample, [Self.after])
        var outcomes: Set<Bool> = []
        for step in 0..<100 {
            let folder = try TemporaryFolder()
            if isUpgrade { _ = try Self.installed(folder, [Self.before]) }
            let prefix = folder.path + "/env"
            let request = try Self.after.request(in: folder)
            let isDone = try await kill(request, prefix, step)
            try PrefixTransaction.recover(prefix: prefix)
            let found = Self.state(prefix)
            #expect(found == old || found == new, "killed at step \(step)")
            #expect(
                try FileManager.default.contentsOfDirectory(atPath: folder.path).allSatisfy {
                    !$0.hasPrefix(".")
                }
            )
            outcomes.insert(found == new)
            if isDone {
                #expect(found == new && step > 5)
                break
            }
        }
        #expect(outcomes == [true, false])
    }

    /// Runs a transaction in another process that kills itself; says whether it came to its end instead.
    private func kill(_ request: LinkRequest, _ prefix: String, _ step: Int) async throws -> Bool {
        let directory = request.extracted.directory
        let killed = await #expect(processExitsWith: .failure) {
            [directory = directory as String, prefix = prefix as String, step = step as Int] in
            let options = InterruptionTests.options(stoppingAt: step) { raise(SIGKILL) }
            let request = try InterruptionTests.after.request(at: directory)
            _ = try PrefixTransaction(prefix: prefix).install([request], options: options)
            // Came to the end: an exit status of its own.
            exit(77)
        }
        let status = try #require(killed).exitStatus
        #expect(status == .signal(SIGKILL) || status == .exitCode(77))
        return status == .exitCode(77)
    }

    @Test("Stopped by an error before the commit point, it leaves no trace", arguments: [false, true])
    func leavesNoTrace(isUpgrade: Bool) throws {
        for step in 0..<100 {
            let folder = try TemporaryFolder()
            let old = isUpgrade ? try Self.installed(folder, [Self.before]) : [:]
            let prefix = folder.path + "/env"
            let request = try Self.after.request(in: folder)
            let isCommitted = Flag()
            var options = Self.options(stoppingAt: step) { throw Stop() }
            let stop = options.onStep
            options.onStep = { current in
                try stop?(current)
                if current == .publishing || current == .writingJournal { isCommitted.raise() }
            }
            let result = try? PrefixTransaction(prefix: prefix).install([request], options: options)
            if result != nil || isCommitted.isRaised { return }
            #expect(Self.state(prefix) == old, "stopped at step \(step)")
            #expect(
                try FileManager.default.contentsOfDirectory(atPath: folder.path).allSatisfy {
                    !$0.hasPrefix(".")
                }
            )
        }
        Issue.record("the transaction never came to its commit point")
    }

    @Test("The next transaction completes an interrupted one first")
    func completesBeforeNext() throws {
        let folder = try TemporaryFolder()
        _ = try Self.installed(folder, [Self.before])
        let prefix = folder.path + "/env"
        var options = LinkOptions.test
        options.onStep = { if case .placing = $0 { throw Stop() } }
        let request = try Self.after.request(in: folder)
        #expect(throws: Stop.self) {
            try PrefixTransaction(prefix: prefix).install([request], options: options)
        }
        #expect(FileManager.default.fileExists(atPath: prefix + "/.kingsnake/journal.json"))
        let other = try FakePackage(name: "other", contents: ["z": .file("z")]).request(in: folder)
        _ = try PrefixTransaction(prefix: prefix).install([other], options: .test)
        #expect(try folder.read("env/a") == Array("new".utf8))
        #expect(
            try InstalledPackages.read(prefix: prefix).records.map(\.recordFileName) == [
                "other-1.0-0.json", "pkg-2.0-0.json",
            ]
        )
    }
}

private final class Counter: Sendable {
    private let value = Lock(0)
    func next() -> Int {
        value.with { count in
            defer { count += 1 }
            return count
        }
    }
}

private final class Flag: Sendable {
    private let value = Lock(false)
    var isRaised: Bool { value.with { $0 } }
    func raise() { value.with { $0 = true } }
}

/// A value behind a lock.
private final class Lock<Value: Sendable>: @unchecked Sendable {
    private var value: Value
    // Guards `value`.
    private let lock = NSLock()
    init(_ value: Value) { self.value = value }
    func with<Result>(_ body: (inout Value) -> Result) -> Result { lock.withLock { body(&value) } }
}
