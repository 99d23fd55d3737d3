// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

internal import CondaFormats
internal import TrustCore

/// The keys by which conda asks a proxy for every channel and keeps the channels' names.
///
/// conda asks for `http:` URLs by their whole URL, which the proxy reads; for `https:` URLs it demands a tunnel, which the
/// proxy refuses. So each place that is known becomes the same place by `http:`, and its `https:` spelling is declared to
/// have migrated there (`migrated_…`), whoever uses it: then `conda-forge` stays `conda-forge`. A place that is not known
/// stays `https:` and is refused by the proxy: nothing goes past it.
struct CondaProxying {
    /// What is written for the channels that are known.
    private(set) var settings: [CondaValue] = []
    /// What the reader should know, in whole sentences without the last full stop.
    private(set) var remarks: [String] = []

    /// Channels that conda knows by a name with a slash, and asks at `repo.anaconda.com`.
    private static let builtIn = ["pkgs/main", "pkgs/r", "pkgs/msys2", "pkgs/free"]
    private static let builtInHost = "https://repo.anaconda.com"
    private static let usualAlias = "https://conda.anaconda.org"
    /// Names that everybody takes for channels at the usual alias.
    private static let wellKnown = [
        "conda-forge", "bioconda", "defaults", "anaconda", "nvidia", "pytorch", "r", "main",
    ]

    /// - Parameters:
    ///   - client: conda or mamba, which knows nothing of what has migrated: it asks for URLs as they are given.
    ///   - own: what the file that is changed says.
    ///   - all: what all files together say, with the channels of the command.
    init(_ client: ProxiedClient, _ own: CondaSettings, of all: CondaSettings, by proxy: ClientProxy) {
        let alias = all.channelAlias ?? Self.usualAlias
        if let plain = Self.plain(alias) {
            settings.append(.text("channel_alias", plain))
            let migrated = own.migratedAliases.filter { !ByteKey.areEqual($0, alias) }
            settings.append(.list("migrated_channel_aliases", migrated + [alias]))
        }
        defaultChannels(own, all)
        channels(all, alias)
        if own.groups.contains(where: { $0.channels.contains { Self.plain($0) != nil } }) {
            settings.append(
                .lists(
                    "custom_multichannels",
                    own.groups.map { ($0.name, $0.channels.map { Self.plain($0) ?? $0 }) }
                )
            )
        }
        if client != .conda { takeURLsAsGiven(all, alias, client) }
        let keys = ["http", "https"] + all.proxyKeys.filter { !["http", "https"].contains($0) }
        settings.append(.map("proxy_servers", keys.map { ($0, proxy.address) }))
        if !all.proxyKeys.isEmpty { remarks.append(ClientEnabling.otherProxies) }
    }

    private mutating func takeURLsAsGiven(_ all: CondaSettings, _ alias: String, _ client: ProxiedClient) {
        settings.removeAll { $0.key.hasPrefix("migrated_") }
        remarks = []
        for channel in all.channels where Self.plain(channel) != nil {
            guard let url = MirroredURL(channel) else { continue }
            let name =
                Self.isBelow(url, alias)
                ? String(url.rest.dropFirst((MirroredURL(alias)?.rest.count ?? -1) + 1)) : ""
            let remedy = name.isEmpty ? "`http://\(url.rest)`" : "`\(name)`"
            remarks.append("\(url.text) is refused meanwhile: name it to \(client.rawValue) as \(remedy)")
        }
    }

    /// `defaults` and what else stands for several channels: their URLs are taken as they are, whatever has migrated.
    private mutating func defaultChannels(_ own: CondaSettings, _ all: CondaSettings) {
        if let list = own.defaultChannels {
            settings.append(.list("default_channels", list.map { Self.plain($0) ?? $0 }))
        } else if all.defaultChannels == nil {
            let usual = ["pkgs/main", "pkgs/r"].map { "http://repo.anaconda.com/\($0)" }
            settings.append(.list("default_channels", usual))
        }
    }

    private mutating func channels(_ all: CondaSettings, _ alias: String) {
        var places = Self.builtIn.map { CondaSettings.Entry(name: $0, url: Self.builtInHost) }
        for entry in all.customChannels {
            places.removeAll { ByteKey.areEqual($0.name, entry.name) }
            places.append(entry)
        }
        let named = all.channels + (all.defaultChannels ?? []) + all.groups.flatMap(\.channels)
        for channel in named where channel.utf8.starts(with: "https://".utf8) {
            guard let url = MirroredURL(channel), !Self.isBelow(url, alias),
                !places.contains(where: { Self.isBelow(url, $0.url + "/" + $0.name) })
            else { continue }
            let isTaken =
                url.path.isEmpty || Self.wellKnown.contains(url.path)
                || (places.map(\.name) + all.channels).contains { ByteKey.areEqual($0, url.path) }
            guard !isTaken else {
                let why = url.path.isEmpty ? "it has no path" : "`\(url.path)` alone means another channel"
                remarks.append("\(url.text) is refused meanwhile, for \(why)")
                continue
            }
            places.append(CondaSettings.Entry(name: url.path, url: url.host.text))
            remarks.append("\(url.text) is listed as `\(url.path)` meanwhile, and `-c \(url.path)` means it")
        }
        // What is by `http:` already, or a folder, is asked for as before.
        let moved = places.filter { Self.plain($0.url) != nil }
        settings.append(.map("custom_channels", places.map { ($0.name, Self.plain($0.url) ?? $0.url) }))
        let old = all.migratedChannels.filter { entry in
            !moved.contains { ByteKey.areEqual($0.name, entry.name) }
        }
        settings.append(.map("migrated_custom_channels", (old + moved).map { ($0.name, $0.url) }))
    }

    /// The same URL by `http:`; nil for what is not by `https:`.
    static func plain(_ url: String) -> String? {
        let start = "https://"
        guard url.utf8.prefix(start.utf8.count).map({ SettingsByte.lower($0) }).elementsEqual(start.utf8)
        else {
            return nil
        }
        return "http://" + String(decoding: url.utf8.dropFirst(start.utf8.count), as: UTF8.self)
    }

    private static func isBelow(_ url: MirroredURL, _ place: String) -> Bool {
        guard let place = MirroredURL(place) else { return false }
        return ByteKey.areEqual(url.rest, place.rest) || url.rest.utf8.starts(with: (place.rest + "/").utf8)
    }
}
