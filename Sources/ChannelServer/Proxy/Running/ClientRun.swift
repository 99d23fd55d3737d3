// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

internal import DurableFiles
internal import TrustCore

/// One command of a client behind a proxy of its own, which is there as long as the command runs.
public struct ClientRun: Sendable {
    /// Says what a client needs: its whole environment, files, further arguments.
    ///
    /// - Parameters:
    ///   - command: the client and its arguments.
    ///   - proxy: where the proxy is, such as `http://127.0.0.1:40123`.
    ///   - environment: the environment that leads everything to the proxy.
    ///   - folder: the path of the folder that the files will be in.
    public typealias Preparation =
        @Sendable (
            _ command: [String], _ proxy: String, _ environment: [String: String], _ folder: String
        ) throws -> ClientEnvironment

    let proxy: VerifyingProxy
    let command: [String]
    let environment: [String: String]
    private let folder: String
    private let prepare: Preparation
    private let remark: @Sendable (String) -> Void

    /// - Parameters:
    ///   - command: the client and its arguments.
    ///   - environment: what this process was given.
    ///   - folder: the path of a folder that is not there: what the client needs is in it as long as it runs.
    ///   - remark: is told what the user should know before the client runs.
    ///   - prepare: what this client needs besides; by default nothing.
    public init(
        _ proxy: VerifyingProxy,
        command: [String],
        environment: [String: String],
        folder: String,
        remark: @escaping @Sendable (String) -> Void = { _ in },
        prepare: @escaping Preparation = { _, _, environment, _ in ClientEnvironment(variables: environment) }
    ) {
        self.proxy = proxy
        self.command = command
        self.environment = environment
        self.folder = folder
        self.remark = remark
        self.prepare = prepare
    }

    /// Runs it to its end.
    ///
    /// - Returns: the client's exit status.
    /// - Throws: a `Failure` if the proxy or the client cannot be started.
    public func run() async throws -> Int32 {
        // Before the proxy opens anything: what it opens is not the client's.
        let kept = ChildClient.openDescriptors()
        let (ports, sender) = AsyncStream.makeStream(of: Int.self)
        return try await withThrowingTaskGroup(of: Int32?.self) { group in
            group.addTask {
                defer { sender.finish() }
                try await proxy.runUntilCancelled { sender.yield($0) }
                return nil
            }
            group.addTask {
                for await port in ports { return try await runClient(port, kept) }
                return nil
            }
            while let result = try await group.next() {
                guard let status = result else { continue }
                group.cancelAll()
                return status
            }
            throw Failure(.configuration, "the proxy ended before the client")
        }
    }

    private func runClient(_ port: Int, _ kept: Set<Int32>) async throws -> Int32 {
        let prepared = try prepare(command, url(port), environment(port), folder)
        defer { try? Folder.removeTree(folder) }
        if !prepared.files.isEmpty { try Folder.createDurably(folder, mode: 0o700) }
        for file in prepared.files { try DurableFile.write(file.bytes, to: "\(folder)/\(file.name)") }
        prepared.remarks.forEach(remark)
        let words = command.prefix(1) + prepared.arguments + command.dropFirst()
        let client = try ChildClient(Array(words), environment: prepared.variables, keeping: kept)
        let signals = ForwardedSignals(to: client.pid)
        let status = try await client.wait()
        withExtendedLifetime(signals) {}
        return status
    }

    /// The client's environment: everything goes by the proxy, without exceptions, whatever was set before.
    func environment(_ port: Int) -> [String: String] {
        let url = url(port)
        return ClientSettings.proxied(environment, by: url).merging(["KINGSNAKE_PROXY": url]) { $1 }
    }

    private func url(_ port: Int) -> String {
        let host = proxy.settings.host
        return "http://\(host.utf8.contains(UInt8(ascii: ":")) ? "[\(host)]" : host):\(port)"
    }

    /// The status that the whole run ends with: the client's own, unless it was content although something that it asked for
    /// was refused for what it is; then the worst refusal's, as for other commands (1, 3, 4 or 5).
    ///
    /// A client may be content with what is left, and say nothing of what it did not get. Requests that were none of the
    /// proxy's (`proxy.…`) do not count: they say nothing of any package.
    public static func status(of client: Int32, _ summary: ProxySummary) -> Int32 {
        client == 0 ? summary.exitStatus : client
    }
}
