// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

import ArgumentParser
import CondaFormats
import DurableFiles
import Gatekeeper
import Sigstore
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

    @Option(
        help: ArgumentHelp(
            "The keys of the Sigstore instance whose word counts on who attested, as trusted_root.json. (default: the public instance's)",
            discussion: "An instance can vouch for any identity it likes: give only one that you trust.",
            valueName: "file"
        ),
        completion: .file(extensions: ["json"])
    )
    var trustedRoot: String?

    func validate() throws {
        for url in mirror { try UsageCheck.channel(url, of: "--mirror") }
        try UsageCheck.path(trustedRoot, of: "--trusted-root")
    }

    var trustStore: TrustStore { TrustStore(directory: locations.homeDirectory) }

    /// Whose word counts on who signed attestations: the public instance's, by the keys that come with the program,
    /// or that of the one instance that the user named in its place.
    private var sigstore: SigstoreTrust {
        get throws {
            let bytes = try trustedRoot.map { path in
                guard let bytes = try DurableFile.read(path, maximumLength: BundleInspection.rootLimit) else {
                    throw Failure(.disk, "there is no such file", at: path)
                }
                return bytes
            }
            let root = try TrustedRoot(
                parsing: bytes ?? SigstoreInstance.publicGood.trustedRoot,
                of: trustedRoot ?? "the keys of the public Sigstore instance"
            )
            return SigstoreTrust(publicInstance: root)
        }
    }

    /// Runs a body with a gate, and ends its connections afterwards.
    ///
    /// - Parameters:
    ///   - recording: whether publishers that are seen for the first time are recorded, where the user trusts
    ///     on first use: for what is used, and not for what is only looked at.
    ///   - attestations: of which packages attestations are fetched.
    func withGate<Value>(
        _ console: Console,
        recording: Bool = false,
        showing attestations: GateConfiguration.AttestationInterest = .demanded,
        _ body: (Gate, TransferDisplay) async throws -> Value
    ) async throws -> Value {
        // What cannot be read is told before there are connections to end.
        let (sigstore, mirrors) = (try sigstore, try mirror.map { try ChannelURL($0) })
        let publishers = try UserPublishers(
            from: UserPolicyStore(directory: locations.homeDirectory),
            recording: recording
        )
        let display = TransferDisplay(console)
        let fetcher = URLFetcher(observer: display)
        var configuration = GateConfiguration(
            trustStore: trustStore,
            cacheDirectory: locations.cacheDirectory,
            fetcher: fetcher,
            now: SystemClock.now
        )
        configuration.mirrorOverride = mirrors
        configuration.observer = display
        configuration.sigstore = sigstore
        configuration.publishers = publishers
        configuration.attestations = attestations
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
