// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

import Dispatch
import Foundation
import TestSupport
import Testing
import TrustCore

@testable import ChannelServer

@Suite("Several at work on one channel")
struct ConcurrencyTests {
    /// A thread of a task's own: whoever waits for the channel's lock blocks it.
    private final class ThreadExecutor: TaskExecutor {
        private let queue = DispatchQueue(label: "writer")

        func enqueue(_ job: consuming ExecutorJob) {
            let job = UnownedJob(job)
            queue.async { job.runSynchronously(on: self.asUnownedTaskExecutor()) }
        }
    }

    private static func packages(of writer: Int) throws -> [FixturePackage] {
        try (0..<3).map { try FixturePackage("w\(writer)-\($0)-0.conda") }
    }

    private static func write(_ writer: Int, in scene: ChannelScene) async throws {
        for package in try packages(of: writer) { try await scene.add([package]) }
    }

    @Test("Tasks that add at the same time all succeed, and nothing is lost")
    func tasks() async throws {
        let scene = try await ChannelScene.make()
        try await withThrowingTaskGroup(of: Void.self) { group in
            for writer in 0..<4 {
                group.addTask(executorPreference: ThreadExecutor()) {
                    try await Self.write(writer, in: scene)
                }
            }
            try await group.waitForAll()
        }
        let report = try scene.check()
        #expect(report.packageCount == 12 && report.shardCount == 4)
        #expect(try ChannelStatus(directory: scene.directory, now: ChannelScene.start).roles[1].version == 13)
    }

    @Test("Processes that add at the same time all succeed, and nothing is lost")
    func processes() async throws {
        let scene = try await ChannelScene.make()
        async let one: Void = process(0, scene.folder.path)
        async let two: Void = process(1, scene.folder.path)
        _ = await (one, two)
        #expect(try scene.check().packageCount == 6)
    }

    private func process(_ writer: Int, _ path: String) async {
        await #expect(processExitsWith: .success) { [writer = writer as Int, path = path as String] in
            try await ConcurrencyTests.write(writer, in: ChannelScene(at: path))
        }
    }

    @Test("A check while somebody adds finds the channel as before or as after")
    func checks() async throws {
        let scene = try await ChannelScene.make()
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask(executorPreference: ThreadExecutor()) { try await Self.write(0, in: scene) }
            group.addTask(executorPreference: ThreadExecutor()) { for _ in 0..<30 { try scene.check() } }
            try await group.waitForAll()
        }
        #expect(try scene.check().packageCount == 3)
    }
}
