// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

internal import Foundation
internal import Synchronization
internal import TestSupport

/// The channels behind the proxies, their mirror, and another one to compare with, all on one address: they behave as the
/// weather wants it.
final class SoakUpstream: Sendable {
    private struct State {
        var weather = UpstreamWeather.calm
        var newest: [String: Int] = [:]
        /// Versions that proxies saw.
        var seen: [String: [Int]] = [:]
        var random: SeededGenerator
        var injected: [String: Int] = [:]
        var requests = 0
    }

    private let server: LoopbackServer
    private let root: String
    private let state: Mutex<State>

    /// Where the channels are.
    var url: String { server.url }
    /// How many requests came.
    var requests: Int { state.withLock { $0.requests } }
    /// How many faults there were.
    var injected: [String: Int] { state.withLock { $0.injected } }

    private init(_ server: LoopbackServer, in root: String, seed: UInt64) {
        self.server = server
        self.root = root
        state = Mutex(State(random: SeededGenerator(seed: seed, stream: 90_000)))
    }

    /// Begins to serve a folder of versions.
    static func start(in root: String, seed: UInt64) async throws -> SoakUpstream {
        let server = try await LoopbackServer.start(serving: root, script: { _ in .status(503) })
        let upstream = SoakUpstream(server, in: root, seed: seed)
        server.follow { [weak upstream] request in upstream?.behaviour(for: request) ?? .status(503) }
        return upstream
    }

    func stop() async { await server.stop() }

    /// From now on it is so.
    func set(_ weather: UpstreamWeather) { state.withLock { $0.weather = weather } }

    /// From now on a version is the newest.
    func show(_ channel: String, _ number: Int) { state.withLock { $0.newest[channel] = number } }

    /// Proxies saw the versions that are the newest now.
    ///
    /// An old index of a channel that signs nothing can be told from a new one only by whoever saw it.
    func settle() {
        state.withLock { state in
            for (channel, number) in state.newest { state.seen[channel, default: []].append(number) }
        }
    }

    // MARK: - Requests

    /// What is asked for.
    private struct Asked {
        enum Kind { case package, index, metadata }

        let channel: String
        /// `mirror`, `other` or nothing.
        let site: String
        /// Below the channel.
        let path: String

        init?(_ path: String) {
            var parts = path.split(separator: "/").map(String.init)
            site = ["mirror", "other"].contains(parts.first) ? parts.removeFirst() : ""
            guard let channel = parts.first, UpstreamChannel.names.contains(channel) else { return nil }
            self.channel = channel
            self.path = parts.dropFirst().joined(separator: "/")
        }

        var kind: Kind { path.hasSuffix(".conda") ? .package : path.hasPrefix("tuf/") ? .metadata : .index }

        func file(of version: Int) -> String {
            kind == .package
                ? "/packages/\(channel)/\(path)" : "/versions/\(channel)/\(max(1, version))/\(path)"
        }

        /// Whether a fault is one that can be noticed: nobody signs an index that is only observed, so what it says
        /// is believed, and written down for ever.
        func bears(_ fault: UpstreamWeather.Fault) -> Bool {
            switch fault {
            case .altered, .endless: channel == "pinned" || kind == .package
            case .disagreeing: site == "other" && kind == .index
            case .old: kind != .package
            default: true
            }
        }
    }

    private func behaviour(for request: LoopbackRequest) -> ServerBehaviour {
        guard let asked = Asked(request.path) else { return .status(404) }
        return state.withLock { state in
            state.requests += 1
            var number = state.newest[asked.channel] ?? 1
            if asked.site == "mirror" { number -= state.weather.mirrorLag }
            let file = asked.file(of: number)
            guard state.random.chance(state.weather.percent), !state.weather.faults.isEmpty else {
                return .other(file, then: .normal)
            }
            let fault = state.random.pick(state.weather.faults)
            guard asked.bears(fault) else { return .other(file, then: .normal) }
            if fault == .old {
                let seen = (state.seen[asked.channel] ?? []).suffix(6).filter { $0 < number }
                guard !seen.isEmpty else { return .other(file, then: .normal) }
                number = state.random.pick(Array(seen))
            }
            state.injected[fault.rawValue, default: 0] += 1
            return behaviour(fault, asked, number, &state.random)
        }
    }

    private func behaviour(
        _ fault: UpstreamWeather.Fault,
        _ asked: Asked,
        _ number: Int,
        _ random: inout SeededGenerator
    ) -> ServerBehaviour {
        let place = Int.random(in: 0...3000, using: &random)
        let pause = Duration.milliseconds(Int.random(in: 100...4000, using: &random))
        let file = asked.file(of: number)
        return switch fault {
        case .unavailable: .status(503)
        case .missing: .status(404)
        case .reset: .other(file, then: .reset(after: place))
        case .truncated: .other(file, then: .truncate(at: place))
        case .altered: .other(file, then: .altered)
        case .endless: .endless
        case .stalled: .delay(pause, then: .hangUp)
        case .slow: .delay(pause, then: .other(file, then: .drip(bytesPerSecond: 2 << 20)))
        case .hangUp: .hangUp
        case .page: .replace(Array("<html>Welcome! Please log in.</html>".utf8))
        case .unchanged: .respond(status: 304, headers: [], body: [])
        case .wrongTag:
            .respond(
                status: FileManager.default.fileExists(atPath: root + file) ? 200 : 404,
                headers: [("ETag", "\"nobody-knows-\(place)\"")],
                body: Array(FileManager.default.contents(atPath: root + file) ?? Data())
            )
        case .old: .other(file, then: .normal)
        case .disagreeing:
            .other("/versions/\(asked.channel)/\(max(1, number))-lying/\(asked.path)", then: .normal)
        }
    }
}
