// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

import ArgumentParser
import ChannelServer
import TrustCore

/// A change of files' states on a server, from the question to the index that tells of it.
enum ServedFileChange: String {
    case yank
    case unyank
    case remove

    /// The state in which there is nothing to do.
    private var state: String {
        switch self {
        case .yank: "yanked"
        case .unyank: "listed"
        case .remove: "removed"
        }
    }

    private var done: String {
        switch self {
        case .yank: "yanked"
        case .unyank: "put back"
        case .remove: "removed"
        }
    }

    /// Asks where it is for good, or where more may be meant than was thought of; then does it, file after file.
    func run(_ options: ServedFileOptions, _ server: AdministeredServer, _ console: Console) async throws {
        let files = try await options.files(of: server)
        let due = files.filter { $0.state != state }
        for file in files where file.state == state { console.say("`\(file.path)` is \(state) already") }
        if options.dryRun {
            for file in due { console.say("would be \(done): `\(file.path)`, which is \(file.state)") }
            return emit([], options, index: nil, console)
        }
        if !options.yes, !due.isEmpty, self == .remove || options.hasWildcards {
            for file in due { console.remark("  \(file.path)") }
            let end = self == .remove ? " for good, so that nobody can install from a lock either" : ""
            try Confirmation.demand(
                "\(rawValue) \(Counted(due.count, "file"))\(end)?",
                otherwise: "nothing was changed"
            )
        }
        var body = JSONObject()
        body["reason"] = options.reason.map { .string($0) }
        var changed: [JSONObject] = []
        for file in due {
            let path = ["channels", options.channel, "files", file.subdir, file.name, rawValue]
            changed.append(try await server.ask(AdministrationRequest(.post, path, body: body)))
            console.say("\(done) `\(file.path)`")
        }
        let index = try await index(of: Set(due.map { ByteKey($0.subdir) }), options, server)
        if let words = index?.words(self), !due.isEmpty { console.say("\(words)") }
        emit(changed, options, index: index, console)
    }

    private func emit(
        _ changed: [JSONObject],
        _ options: ServedFileOptions,
        index: IndexNews?,
        _ console: Console
    ) {
        var document = AdministeredServer.document(JSONObject())
        document["channel"] = .string(options.channel)
        document["files"] = .array(changed.map { .object($0) })
        document["index"] = index.map { .string($0.rawValue) }
        console.emit(document)
    }

    // MARK: The index

    /// What is known of the index after a change.
    private enum IndexNews: String {
        case told
        case pending
        case serverIsDown = "server-is-down"

        func words(_ change: ServedFileChange) -> String {
            let place = change == .unyank ? "in the index" : "out of the index"
            return switch self {
            case .told: "\(place) now"
            case .pending: "\(place) as soon as the server has made it anew"
            case .serverIsDown: "\(place) as soon as the server runs"
            }
        }
    }

    /// How often, and how many times, the server is asked whether the index tells.
    private static let interval: Duration = .milliseconds(200), attempts = 150

    /// Waits until the indexes of some subdirs have all changes; not for ever, and not where nobody makes them.
    private func index(
        of subdirs: Set<ByteKey>,
        _ options: ServedFileOptions,
        _ server: AdministeredServer
    ) async throws -> IndexNews? {
        guard !subdirs.isEmpty else { return nil }
        guard try server.isRunning else { return .serverIsDown }
        guard !options.noWait else { return .pending }
        for attempt in 0..<Self.attempts {
            if attempt > 0 { try await Task.sleep(for: Self.interval) }
            let request = AdministrationRequest(.get, ["channels", options.channel, "signing"])
            let report = try await server.ask(request)
            let lagging =
                report["subdirs"]?.array?.compactMap(\.object).filter { $0["lagging"] == true } ?? []
            if !lagging.contains(where: { subdirs.contains(ByteKey($0.text("subdir"))) }) { return .told }
        }
        return .pending
    }
}
