// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

import ArgumentParser
import CondaFormats
import Gatekeeper
import Transport
import TrustCore
import TrustPolicy

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

    @OptionGroup var sigstore: SigstoreOptions

    func validate() throws {
        for url in mirror { try UsageCheck.channel(url, of: "--mirror") }
    }

    var trustStore: TrustStore { TrustStore(directory: locations.homeDirectory) }

    /// Runs a body with a gate, and ends its connections afterwards.
    ///
    /// - Parameters:
    ///   - recording: whether publishers that are seen for the first time are recorded, where the user trusts
    ///     on first use: for what is used, and not for what is only looked at.
    ///   - attestations: of which packages attestations are fetched.
    ///   - policy: what is demanded in place of the user's own; nil for that.
    func withGate<Value>(
        _ console: Console,
        recording: Bool = false,
        showing attestations: GateConfiguration.AttestationInterest = .demanded,
        policy: PolicyFile? = nil,
        _ body: (Gate, TransferDisplay) async throws -> Value
    ) async throws -> Value {
        // What cannot be read is told before there are connections to end.
        let mirrors = try mirror.map { try ChannelURL($0) }
        var publishers = try UserPublishers(
            from: UserPolicyStore(directory: locations.homeDirectory),
            recording: recording
        )
        if let policy { publishers.policy = policy }
        let display = TransferDisplay(console)
        let fetcher = URLFetcher(observer: display)
        let instances = try sigstore.trust(home: locations.homeDirectory, fetcher: fetcher)
        var configuration = GateConfiguration(
            trustStore: trustStore,
            cacheDirectory: locations.cacheDirectory,
            fetcher: fetcher,
            now: SystemClock.now
        )
        configuration.mirrorOverride = mirrors
        configuration.observer = display
        configuration.sigstore = instances.trust
        configuration.publishers = publishers
        configuration.attestations = attestations
        do {
            let value = try await body(try Gate(configuration), display)
            display.clear()
            await instances.warn(console)
            await fetcher.shutdown()
            return value
        } catch {
            display.clear()
            await fetcher.shutdown()
            throw error
        }
    }
}
