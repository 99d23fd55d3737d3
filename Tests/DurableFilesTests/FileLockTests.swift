// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

import DurableFiles
import TestSupport
import Testing
import TrustCore

@Suite("Waiting for a lock")
struct FileLockTests {
    let folder: TemporaryFolder
    private var path: String { folder.path + "/lock" }

    init() throws { folder = try TemporaryFolder() }

    @Test("Whoever waits gets the lock when its holder lets go, and not before")
    func waits() async throws {
        var held: FileLock? = try FileLock(path)
        let (tried, hasTried) = AsyncStream.makeStream(of: Void.self)
        let waiter = Task { [path] in
            // The first try is in vain: the lock is taken.
            #expect(try FileLock.ifFree(path) == nil)
            hasTried.yield()
            return try await FileLock.whenFree(path, every: .milliseconds(1))
        }
        for await _ in tried { break }
        #expect(try FileLock.ifFree(path) == nil)
        withExtendedLifetime(held) {}
        held = nil
        let second = try await waiter.value
        #expect(try FileLock.ifFree(path) == nil)
        withExtendedLifetime(second) {}
    }

    @Test("A lock that nobody has is taken without a pause")
    func takesAtOnce() async throws {
        _ = try await FileLock.whenFree(path, every: .seconds(3600))
        _ = try await FileLock.whenFree(
            path,
            every: .seconds(3600),
            within: .zero,
            holderIs: "at work",
            at: folder.path
        )
    }

    @Test("Being cancelled ends the wait, with and without a limit", arguments: [false, true])
    func cancels(isLimited: Bool) async throws {
        let held = try FileLock(path)
        let waiter = Task { [path] in
            isLimited
                ? try await FileLock.whenFree(
                    path,
                    every: .seconds(3600),
                    within: .seconds(36_000),
                    holderIs: "at work",
                    at: path
                )
                : try await FileLock.whenFree(path, every: .seconds(3600))
        }
        waiter.cancel()
        await #expect(throws: CancellationError.self) { try await waiter.value }
        withExtendedLifetime(held) {}
    }

    @Test("A wait with a limit ends with a failure that says what the holder does, and where")
    func gives() async throws {
        let held = try FileLock(path)
        let failure = await #expect(throws: Failure.self) {
            try await FileLock.whenFree(
                path,
                every: .milliseconds(1),
                within: .milliseconds(5),
                holderIs: "writing the ledger",
                at: folder.path
            )
        }
        #expect(failure?.kind == .disk)
        #expect(failure?.message == "another process has been writing the ledger for too long")
        #expect(failure?.location == folder.path)
        withExtendedLifetime(held) {}
    }
}
