// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

import ArgumentParser
import CondaFormats
import Gatekeeper
import Transport
import TrustCore

/// Options of every command that checks packages against pinned channels.
struct GateOptions: ParsableArguments {
    @OptionGroup var locations: LocationOptions

    @Option(
        name: .long,
        parsing: .singleValue,
        help: ArgumentHelp(
            "A mirror to fetch from instead of those the channel was pinned with; may be given several times, in order.",
            discussion: "No mirror is trusted: whatever it serves is checked.",
            valueName: "url"
        )
    )
    var mirror: [String] = []

    func validate() throws { for url in mirror { try UsageCheck.channel(url, of: "--mirror") } }

    var trustStore: TrustStore { TrustStore(directory: locations.homeDirectory) }

    /// Runs a body with a gate, and ends its connections afterwards.
    func withGate<Value>(_ console: Console, _ body: (Gate, TransferDisplay) async throws -> Value)
        async throws -> Value
    {
        let display = TransferDisplay(console)
        let fetcher = URLFetcher(observer: display)
        var configuration = GateConfiguration(
            trustStore: trustStore,
            cacheDirectory: locations.cacheDirectory,
            fetcher: fetcher,
            now: SystemClock.now
        )
        configuration.mirrorOverride = try mirror.map { try ChannelURL($0) }
        configuration.observer = display
        do {
            let value = try await body(try Gate(configuration), display)
            display.clear()
            await fetcher.shutdown()
            return value
        } catch {
            display.clear()
            await fetcher.shutdown()
            throw error
        }
    }
}
