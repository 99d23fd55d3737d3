// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

import Foundation
import TestSupport
import Testing
import TrustCore

/// Many copies of one state, on each of which the same command is killed at another moment.
///
/// The moments are spread over the time that the command takes when nobody kills it, in a shuffled order, so
/// that a
/// machine that is slow for a while does not miss a part of them.
struct KillPoints: Sendable {
    /// One copy, which is a folder with everything in it that the command may change.
    struct Point: Sendable {
        let number: Int
        let folder: String
        let program: Program

        func path(_ name: String) -> String { folder + "/" + name }
        func exists(_ name: String) -> Bool { FileManager.default.fileExists(atPath: path(name)) }
        func names(in name: String = "") -> Set<String> {
            Set((try? FileManager.default.contentsOfDirectory(atPath: path(name))) ?? [])
        }

        /// Everything below a folder.
        func tree(_ name: String) -> [String] {
            FileManager.default.enumerator(atPath: path(name)).map { $0.compactMap { $0 as? String } } ?? []
        }
    }

    /// How many moments there are: `KINGSNAKE_KILL_POINTS`, or 40.
    static let count = ProcessInfo.processInfo.environment["KINGSNAKE_KILL_POINTS"].flatMap { Int($0) } ?? 40
    private static let inParallel = 3

    let world: ChannelWorld
    /// The folder, below the world's, of which copies are made.
    let template: String
    /// What is run in each copy; paths are relative to it.
    let command: [String]

    /// Kills the command at each moment, and has each state that is left looked at.
    ///
    /// - Returns: how often it was killed before it had ended by itself.
    @discardableResult
    func run(check: @escaping @Sendable (Point) async throws -> Void) async throws -> Int {
        // The second run is the measure: the first one warms up the machine's caches.
        _ = try await whole(copy(number: -2))
        let duration = try await whole(copy(number: -1))
        let steps = (0..<Self.count).map { UInt64($0) * duration / UInt64(Self.count) }.shuffled()
        return try await withThrowingTaskGroup(of: Int.self) { group in
            var waiting = Array(steps.enumerated())[...]
            var killed = 0
            func start() {
                guard let (number, delay) = waiting.popFirst() else { return }
                group.addTask { try await kill(number, after: delay, check) ? 1 : 0 }
            }
            for _ in 0..<Self.inParallel { start() }
            while let one = try await group.next() {
                killed += one
                start()
            }
            return killed
        }
    }

    private func whole(_ point: Point) async throws -> UInt64 {
        let result = try await point.program.run(command)
        #expect(result.status == 0, "\(result.transcript)")
        return result.microseconds
    }

    private func kill(
        _ number: Int,
        after delay: UInt64,
        _ check: @Sendable (Point) async throws -> Void
    ) async throws -> Bool {
        let point = try copy(number: number)
        let result = try await point.program.run(command, killed: .after(microseconds: delay))
        #expect(result.wasKilled || result.status == 0, "\(result.transcript)")
        try await check(point)
        try FileManager.default.removeItem(atPath: point.folder)
        return result.wasKilled
    }

    private func copy(number: Int) throws -> Point {
        let folder = "\(world.path)/point\(number)"
        try FileManager.default.copyItem(atPath: "\(world.path)/\(template)", toPath: folder)
        return Point(number: number, folder: folder, program: Program(in: folder))
    }
}

extension KillPoints.Point {
    /// Runs the program in the copy, which must succeed.
    @discardableResult
    func must(_ arguments: String...) async throws -> ProgramResult { try await must(arguments) }

    /// Runs the program in the copy, which must succeed.
    @discardableResult
    func must(_ arguments: [String]) async throws -> ProgramResult {
        let result = try await program.run(arguments)
        #expect(result.status == 0, "point \(number), \(arguments): \(result.transcript)")
        return result
    }
}
