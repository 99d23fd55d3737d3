// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

internal import Foundation
internal import Synchronization
internal import TestSupport
internal import TrustCore

/// The server that runs on a world's folder: started, killed and started again.
final class SoakServer: Sendable {
    private struct State {
        var process: ServerProcess?
        var hasFaults = false
        var memory: [Int] = []
    }

    let world: SoakWorld
    private let client: SoakClient
    private let state = Mutex(State())

    init(_ world: SoakWorld, _ client: SoakClient) {
        self.world = world
        self.client = client
    }

    var process: ServerProcess? { state.withLock { $0.process } }
    var hasFaults: Bool { state.withLock { $0.hasFaults } }
    var isRunning: Bool { process.map { $0.status == nil } ?? false }
    /// Samples of its memory.
    var memory: [Int] { state.withLock { $0.memory } }

    func sampleMemory() {
        guard let memory = process?.memory else { return }
        state.withLock { $0.memory.append(memory) }
    }

    /// Starts the program, and does not wait.
    func launch(withFaults: Bool = false) throws {
        let process = try ServerProcess(
            [
                Program.buildFolder + "/kingsnake", "serve", world.server, "--listen", "127.0.0.1:0",
                "--public-url",
                SoakWorld.publicURL, "--log-format", "json",
            ],
            environment: world.environment(withFaults: withFaults),
            output: world.folder + "/server.out",
            errors: world.serverLog
        )
        state.withLock {
            $0.process = process
            $0.hasFaults = withFaults
        }
    }

    /// Starts it, and waits until it listens.
    ///
    /// - Throws: a `Failure` if it does not.
    func start(withFaults: Bool = false) async throws {
        try launch(withFaults: withFaults)
        try await ready()
    }

    /// Waits until it listens.
    func ready() async throws {
        guard let process, let port = await process.port(within: .seconds(60)) else {
            let status = process?.status.map { "ended with \($0)" } ?? "did not say that it listens"
            throw Failure(.configuration, "the server \(status)", at: world.serverLog)
        }
        client.use(port: port)
    }

    /// Kills it, and waits until it is gone.
    func kill() async {
        process?.send(SIGKILL)
        _ = await process?.end(within: .seconds(30))
    }

    /// Tells it to stop; answers its status, or nil if it did not end in time, and was killed.
    func terminate() async -> Int32? {
        guard let process else { return 0 }
        process.send(SIGTERM)
        if let status = await process.end(within: .seconds(25)) { return status }
        await kill()
        return nil
    }

    /// Lets everything in the folder of blobs seem to be two days old, so that the next start sweeps it.
    func age() {
        let past = Date().addingTimeInterval(-2 * 86_400)
        let blobs = world.server + "/blobs"
        for path in FileManager.default.subpaths(atPath: blobs) ?? [] {
            var isFolder: ObjCBool = false
            let path = blobs + "/" + path
            guard FileManager.default.fileExists(atPath: path, isDirectory: &isFolder), !isFolder.boolValue
            else {
                continue
            }
            try? FileManager.default.setAttributes([.modificationDate: past], ofItemAtPath: path)
        }
    }
}
