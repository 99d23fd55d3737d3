// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

internal import Foundation
internal import Synchronization
internal import TestSupport
internal import TrustCore

/// One proxy of a soak: started, killed and started again on the same folders.
final class SoakProxy: Sendable {
    private struct State {
        var process: ServerProcess?
        var port: Int?
        var hasFaults = false
        /// Changes whenever it is disturbed.
        var disturbances = 0
        var memory: [Int] = []
    }

    let name: String
    private let world: ProxyWorld
    private let home: String
    private let cache: String
    private let state = Mutex(State())

    /// - Parameters:
    ///   - home: the folder of trust and ledgers.
    ///   - cache: the folder of verified downloads.
    init(_ name: String, in world: ProxyWorld, home: String, cache: String) {
        self.name = name
        self.world = world
        self.home = home
        self.cache = cache
    }

    var process: ServerProcess? { state.withLock { $0.process } }
    /// Where it listens; nil while it does not.
    var port: Int? { state.withLock { $0.port } }
    var hasFaults: Bool { state.withLock { $0.hasFaults } }
    var disturbances: Int { state.withLock { $0.disturbances } }
    var isRunning: Bool { process.map { $0.status == nil } ?? false }
    var highestMemory: Int { state.withLock { $0.memory.max() ?? 0 } }
    var log: String { "\(world.folder)/\(name).log" }

    func sampleMemory() {
        guard let memory = process?.memory else { return }
        state.withLock { $0.memory.append(memory) }
    }

    /// Starts the program, and does not wait.
    func launch(withFaults: Bool = false) throws {
        let process = try ServerProcess(
            [
                Program.buildFolder + "/kingsnake", "proxy", "--config", world.settings, "--listen",
                "127.0.0.1:0",
                "--home", home, "--cache", cache, "--log-format", "json",
            ],
            environment: world.environment(withFaults: withFaults),
            output: "\(world.folder)/\(name).out",
            errors: log
        )
        state.withLock {
            $0.process = process
            $0.hasFaults = withFaults
            $0.disturbances += 1
        }
    }

    /// Starts it, and waits until it listens.
    ///
    /// - Throws: a `Failure` if it does not.
    func start(withFaults: Bool = false) async throws {
        try launch(withFaults: withFaults)
        guard let process, let port = await process.port(within: .seconds(90)) else {
            let status = process?.status.map { "ended with \($0)" } ?? "did not say that it listens"
            throw Failure(.configuration, "the proxy \(status)", at: log)
        }
        state.withLock {
            $0.port = port
            $0.disturbances += 1
        }
    }

    /// Kills it, and waits until it is gone.
    func kill() async {
        disturb()
        process?.send(SIGKILL)
        _ = await process?.end(within: .seconds(30))
    }

    /// Tells it to stop; answers its status, or nil if it did not end in time, and was killed.
    func terminate(within time: Duration = .seconds(60)) async -> Int32? {
        guard isRunning else { return 0 }
        disturb()
        process?.send(SIGTERM)
        if let status = await process?.end(within: time) { return status }
        await kill()
        return nil
    }

    /// Says that whatever is being asked may fail from here on.
    func disturb() {
        state.withLock {
            $0.port = nil
            $0.disturbances += 1
        }
    }
}
