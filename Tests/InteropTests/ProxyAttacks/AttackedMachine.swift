// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

import CondaFormats
import Foundation
import Gatekeeper
import TestSupport
import Testing
import TrustCore

/// A user's machine on which py-rattler asks for many channels through the real program.
struct AttackedMachine {
    /// How the proxy is there.
    enum Door: Sendable {
        /// `kingsnake run`: one for each command.
        case run
        /// `kingsnake proxy`, which is stopped and started again between visits.
        case proxy
        /// One in the test's own process, at a URL, with a clock of the test's.
        case clocked(ClockedProxy, String)
    }

    /// The forms in which clients read an index.
    static let forms = ["shards", "zst", "json"]

    /// What one client was left with.
    struct Client: CustomStringConvertible {
        let form: String
        /// What `conda-meta` lists, as `NAME-VERSION-BUILD`.
        let installed: [String]
        /// Whether anything bad is in its prefix or its caches.
        let hasEvil: Bool
        let error: String?

        var description: String { "\(form): \(installed)\(hasEvil ? " EVIL" : "") \(error ?? "content")" }
    }

    /// One visit of all clients.
    struct Visit {
        /// By the channel's URL.
        let clients: [String: [Client]]
        let log: String
        /// The codes in the summary, or in the proxy's status.
        let summary: Set<String>

        /// The codes that the log has for a channel, without those of requests that were none of the proxy's; `-` stands for
        /// something that could not be found out while an earlier view went on.
        func codes(of channel: AttackedChannel) -> Set<String> {
            let codes = log.split(separator: "\n").compactMap { line -> Substring? in
                let words = line.split(separator: " ")
                let isMeant = words.contains {
                    $0 == "channel=\(channel.url)" || $0.hasPrefix("path=\(channel.url)/")
                }
                return isMeant ? words.first { $0.hasPrefix("code=") }?.dropFirst("code=".count) : nil
            }
            return Set(codes.filter { !$0.hasPrefix("proxy.") }.map(String.init))
        }
    }

    let folder: TemporaryFolder
    let door: Door
    private let program: Program
    private let options: [String]

    /// Pins the channels that are to be pinned, and writes down what the user demands of the others.
    init(_ door: Door, _ channels: [AttackedChannel], in folder: TemporaryFolder) throws {
        self.door = door
        self.folder = folder
        program = Program(in: folder.path)
        let store = TrustStore(directory: folder.path + "/home")
        for channel in channels where channel.kind == .pinned {
            try store.add(
                ChannelURL(channel.url),
                mirrors: [],
                root: channel.fixture.root,
                origin: .file,
                now: Clock.now
            )
        }
        let demands = channels.filter { $0.kind == .observed }.compactMap(\.publishers?.policy)
        if !demands.isEmpty {
            try folder.write(
                Array("version: 1\nchannels:\n\(demands.joined())".utf8),
                to: "home/policy.yaml"
            )
        }
        let compared = channels.filter { !$0.compared.isEmpty }.map { channel -> JSONValue in
            ["url": .string(channel.url), "compare": .array(channel.compared.map { .string($0.url) })]
        }
        let settings: JSONValue = ["schema": 1, "any_channel": true, "channels": .array(compared)]
        options = [
            "--config", try folder.write(JSONWriter.encode(settings), to: "proxy.json"), "--trusted-root",
            try folder.write(AttackedPublishers.shared.trustedRoot(), to: "trusted_root.json"),
        ]
    }

    /// Has clients of all forms ask for `tool` in all channels, with the caches that they had before and a new prefix.
    func visit(_ channels: [AttackedChannel]) async throws -> Visit {
        try letTimePass()
        let jobs = channels.flatMap { channel in Self.forms.map { (channel, $0) } }
        let visit = UUID().uuidString
        let list = jobs.map { channel, form -> JSONValue in
            let own = "\(folder.path)/clients/\(channel.server.port)/\(form)"
            return [
                "channel": .string(channel.url), "spec": "tool", "form": .string(form),
                "prefix": .string("\(own)/\(visit)"), "cache": .string("\(own)/cache"),
            ]
        }
        let file = try folder.write(JSONWriter.encode(.array(list)), to: "jobs.json")
        let (answer, log, summary) = try await ask(file)
        let results = try #require(answer["results"]?.array, "\(answer) \(log)")
        try #require(results.count == jobs.count)
        var clients: [String: [Client]] = [:]
        for ((channel, form), result) in zip(jobs, results) {
            clients[channel.url, default: []].append(
                Client(
                    form: form,
                    installed: result["installed"]?.strings ?? [],
                    hasEvil: result["evil"]?.bool ?? true,
                    error: result["error"]?.string
                )
            )
        }
        let told = (summary["refused"]?.array ?? []) + (summary["channels"]?.array ?? [])
        let codes = told.compactMap { $0["code"]?.string }
        return Visit(clients: clients, log: log, summary: Set(codes))
    }

    private typealias Said = (answer: JSONValue, log: String, summary: JSONValue)

    private func ask(_ jobs: String) async throws -> Said {
        switch door {
        case .run: return try await run(jobs)
        case .proxy: return try await proxy(jobs)
        case .clocked(let proxy, let url):
            let answer = try await Peers.run("rattler_jobs", [jobs], environment: ["http_proxy": url])
            return (answer, proxy.takeLog(), proxy.summary)
        }
    }

    private func run(_ jobs: String) async throws -> Said {
        let file = folder.path + "/summary.json"
        let (answer, result) = try await Peers.run(
            "rattler_jobs",
            [jobs],
            by: program,
            options: options + ["--log", "--summary", file]
        )
        let summary = try JSONReader.read(try folder.read("summary.json"), of: "the summary")
        return (try #require(answer, "\(result.transcript)"), result.errors, summary)
    }

    private func proxy(_ jobs: String) async throws -> Said {
        let running = try await program.start(["proxy", "--listen", "127.0.0.1:0", "--json"] + options)
        let url = try #require(running.announcement["url"]?.string)
        let answer = try await Peers.run("rattler_jobs", [jobs], environment: ["http_proxy": url])
        let status = try await Page.read(url + "/_kingsnake/status")
        #expect(await running.stop() == 0)
        return (answer, running.errors, try JSONReader.read(status, of: "the status"))
    }

    /// Indexes are asked for again: what is remembered of them was confirmed longer ago.
    private func letTimePass() throws {
        if case .clocked(let proxy, _) = door { return proxy.letTimePass(seconds: 600) }
        try ObservedMemory.age(in: folder.path + "/home", bySeconds: 3600)
    }
}
