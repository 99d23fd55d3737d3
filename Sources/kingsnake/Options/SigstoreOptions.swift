// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

public import ArgumentParser
import CondaFormats
import DurableFiles
public import Gatekeeper
import Sigstore
import Transport
import TrustCore

/// With whose keys attestations are verified: options of every command that verifies them.
struct SigstoreOptions: ParsableArguments {
    @Option(
        name: [.customLong("sigstore-instance"), .customLong("instance")],
        help: ArgumentHelp(
            "The Sigstore instance whose keys count. (default: public-good)",
            discussion:
                "public-good, staging, or one that `kingsnake trust sigstore add` made known. A channel that was bound to an instance there keeps it.",
            valueName: "name"
        )
    )
    var sigstoreInstance: String?

    @Flag(help: "The same as --sigstore-instance staging, which proves nothing to anybody.")
    var staging = false

    @Option(
        help: ArgumentHelp(
            "Exactly the keys in this trusted_root.json, and never the network.",
            discussion: "An instance can vouch for any identity it likes: give only one that you trust.",
            valueName: "file"
        ),
        completion: .file(extensions: ["json"])
    )
    var trustedRoot: String?

    @Option(
        help: ArgumentHelp(
            "Whether the instance's keys are updated first: auto, never or require.",
            discussion: """
                auto: where they have run out or were never updated; an instance that cannot be reached stops nothing. \
                never: without the network. require: keys that are not current then are refused.
                """,
            valueName: "when"
        )
    )
    var sigstoreUpdate: SigstoreTrustSource.Refresh?

    func validate() throws {
        try UsageCheck.path(trustedRoot, of: "--trusted-root")
        guard sigstoreInstance == nil || !staging else {
            throw ValidationError("give one of --sigstore-instance and --staging")
        }
        guard trustedRoot == nil || (sigstoreInstance == nil && !staging && sigstoreUpdate == nil) else {
            throw ValidationError(
                "--trusted-root means exactly its keys: it goes with no other instance or update"
            )
        }
        if let sigstoreInstance { _ = try UsageCheck.sigstoreInstance(sigstoreInstance) }
    }

    /// Whose keys these are, for people.
    var name: String {
        trustedRoot ?? (staging ? SigstoreInstanceName.staging.text : sigstoreInstance ?? "public-good")
    }

    /// Where the keys are looked for when they are first needed.
    ///
    /// - Parameter refresh: what is done unless the user says otherwise.
    func source(
        home: String,
        refresh: SigstoreTrustSource.Refresh = .automatic,
        fetcher: any Fetcher
    ) throws -> SigstoreTrustSource {
        if let trustedRoot {
            let bytes = try Self.read(trustedRoot)
            // A file that is none is told at once, also where no attestation turns up.
            _ = try TrustedRoot(parsing: bytes, of: trustedRoot)
            return SigstoreTrustSource(exactly: bytes, of: trustedRoot)
        }
        return SigstoreTrustSource(
            SigstoreTrustStore(directory: home),
            instance: try UsageCheck.sigstoreInstance(name),
            refresh: sigstoreUpdate ?? refresh,
            fetcher: fetcher,
            now: SystemClock.now
        )
    }

    /// Whose word counts, channel by channel: of those that the user has bound to an instance, that one's; of all
    /// others, what these options name.
    func trust(home: String, fetcher: any Fetcher) throws -> ChosenInstances {
        let store = SigstoreTrustStore(directory: home)
        let general = try source(home: home, fetcher: fetcher)
        var chosen = ChosenInstances(trust: SigstoreTrust(general), sources: [general])
        var bound: [SigstoreInstanceName: SigstoreTrustSource] = [:]
        for (channel, name) in try store.channels() {
            let source =
                bound[name]
                ?? SigstoreTrustSource(
                    store,
                    instance: name,
                    // Whoever gives the keys as a file is promised that nothing is fetched.
                    refresh: sigstoreUpdate ?? (trustedRoot == nil ? .automatic : .never),
                    fetcher: fetcher,
                    now: SystemClock.now
                )
            bound[name] = source
            chosen.trust.use(source, for: channel)
        }
        chosen.sources += bound.sorted { $0.key.text < $1.key.text }.map(\.value)
        return chosen
    }

    /// Whose word counts, and where the keys come from.
    struct ChosenInstances {
        var trust: SigstoreTrust
        var sources: [SigstoreTrustSource]

        /// Says what is wrong with the age of keys that were used.
        func warn(_ console: Console) async {
            for source in sources {
                if let keys = await source.obtained() { SigstoreTrustReport.warn(of: keys, console) }
            }
        }
    }

    /// The keys, for a command that needs them in any case; says what is wrong with their age.
    func keys(
        home: String,
        refresh: SigstoreTrustSource.Refresh = .automatic,
        _ console: Console
    ) async throws -> SigstoreKeys {
        let fetcher = URLFetcher()
        let result: Result<SigstoreKeys, any Error>
        do {
            result = .success(try await source(home: home, refresh: refresh, fetcher: fetcher).trust())
        } catch { result = .failure(error) }
        await fetcher.shutdown()
        let trust = try result.get()
        SigstoreTrustReport.warn(of: trust, console)
        return trust
    }

    /// Verifies attestations for those who publish, by the keys that are known here: without the network, unless the
    /// user asks for an update.
    ///
    /// - Parameter channel: the channel that the attestations are for, if that is known; if it is bound to an
    ///   instance, that one counts.
    func verifier(_ console: Console, for channel: ChannelURL?) async throws -> BundleVerifier {
        let home = LocationOptions.usualHome
        var options = self
        if let name = try channel.flatMap({ try SigstoreTrustStore(directory: home).channels()[$0] }) {
            (options.trustedRoot, options.staging, options.sigstoreInstance) = (nil, false, name.text)
        }
        return BundleVerifier(try await options.keys(home: home, refresh: .never, console).trustedRoot)
    }

    private static let limit = 4 << 20

    /// A trusted root or a signing configuration.
    static func read(_ path: String) throws -> [UInt8] {
        guard let bytes = try DurableFile.read(path, maximumLength: limit) else {
            throw Failure(.disk, "there is no such file", at: path)
        }
        return bytes
    }
}

extension SigstoreTrustSource.Refresh: ExpressibleByArgument {}
