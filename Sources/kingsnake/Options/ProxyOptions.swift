// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

import ArgumentParser
import ChannelServer
import CondaFormats
import DurableFiles
import TrustCore

/// What a proxy passes on, and by which rules; each option stands before what the settings file says.
struct ProxyOptions: ParsableArguments {
    @Option(
        parsing: .singleValue,
        help: ArgumentHelp(
            "A channel to pass on, perhaps with mirrors to fetch from; may be given several times.",
            discussion: "It is asked by this very URL, and reached at the proxy by its `http:` form, too.",
            valueName: "url[=mirror,…]"
        )
    )
    var channel: [String] = []

    @Flag(inversion: .prefixedNo, help: "Pass on any other channel, too. (default: only with `run`)")
    var anyChannel: Bool?

    @Option(
        help: ArgumentHelp("A policy file: what it refuses is hidden from indexes.", valueName: "file"),
        completion: .file()
    )
    var policy: String?

    @Option(
        help: ArgumentHelp("The most that the cache may have, such as 20GiB.", valueName: "size")
    )
    var maxCache: QuotaArgument?

    @Option(
        help: ArgumentHelp("A file with the settings of a proxy, in JSON.", valueName: "file"),
        completion: .file()
    )
    var config: String?

    @OptionGroup var locations: LocationOptions
    @OptionGroup var sigstore: SigstoreOptions

    func validate() throws {
        for text in channel {
            try UsageCheck.url(text, of: "--channel") { _ = try ProxiedChannel(parsing: $0) }
        }
        try UsageCheck.path(policy, of: "--policy")
        try UsageCheck.path(config, of: "--config")
        if maxCache != nil, maxCache?.number == nil {
            throw ValidationError("--max-cache: expected a number, such as `20GiB`")
        }
    }

    /// The settings of the file, with what was given here.
    ///
    /// - Parameter acceptsAny: whether other channels are passed on where nobody says anything about it.
    func settings(acceptsAny: Bool) throws -> ProxySettings {
        var settings = try config.map { try ProxySettings(path: Folder.absolute($0)) } ?? ProxySettings()
        for text in channel { settings.put(try ProxiedChannel(parsing: text)) }
        settings.acceptsAnyChannel = anyChannel ?? (settings.acceptsAnyChannel || acceptsAny)
        settings.policy = try policy.map { try Folder.absolute($0) } ?? settings.policy
        settings.cache = locations.cache ?? settings.cache ?? locations.cacheDirectory
        if let bytes = maxCache?.number { settings.maximumCacheBytes = UInt64(clamping: bytes) }
        settings.nameChannels()
        return settings
    }
}
