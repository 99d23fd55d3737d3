// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

internal import CondaFormats
internal import TrustCore

/// What conda's and mamba's other files say.
extension SettingsCheckup {
    /// Keys by which a file leads past the proxy if it counts more than ours.
    private static let decisive = ["channel_alias", "proxy_servers"]
    private static let ours =
        decisive + [
            "migrated_channel_aliases", "custom_channels", "migrated_custom_channels", "default_channels",
            "custom_multichannels",
        ]

    func condaChecks(_ client: ProxiedClient, _ files: ClientSettingsFiles, _ own: [String]) throws
        -> [DoctorCheck]
    {
        let paths = inOrder(files)
        var checks: [DoctorCheck] = []
        var effective = CondaSettings()
        var isAfter = false
        for path in paths {
            guard let bytes = try contents(path) else { continue }
            let text = try SettingsText(bytes, path)
            guard let node = try CondaSettingsFile.read(text, path), case .mapping(let members) = node.content
            else { continue }
            effective.add(node)
            guard !own.contains(where: { ByteKey.areEqual($0, path) }) else {
                isAfter = true
                continue
            }
            let keys = members.map(\.key)
            let stated = isAfter ? Self.decisive.filter(keys.contains) : []
            if !stated.isEmpty { checks.append(Self.overridden(path, stated)) }
            let final = Self.finalKeys(text)
            if !final.isEmpty { checks.append(Self.finalised(path, final)) }
        }
        checks += replaced(client, own)
        let https = Self.tunnelled(effective)
        if !https.isEmpty { checks.append(Self.remaining(https)) }
        return checks
    }

    /// The hosts at which the user's channels are, as far as settings name them.
    public func hosts(of client: ProxiedClient) -> Set<String> {
        var hosts: Set = ["conda.anaconda.org", "repo.anaconda.com"]
        guard client != .pixi, let files = ClientSettingsFiles(of: client, environment: environment) else {
            return hosts
        }
        var settings = CondaSettings()
        for path in inOrder(files) {
            guard let bytes = try? contents(path), let text = try? SettingsText(bytes, path),
                let node = try? CondaSettingsFile.read(text, path)
            else { continue }
            settings.add(node)
        }
        let lists = settings.channels + (settings.defaultChannels ?? []) + settings.groups.flatMap(\.channels)
        let urls = lists + settings.customChannels.map(\.url) + [settings.channelAlias].compactMap(\.self)
        for url in urls.compactMap({ MirroredURL($0) }) {
            hosts.insert(ProxyPlace.divided(url.host.rest).name)
        }
        return hosts
    }

    /// All files in the order in which they count, those of `condarc.d` folders among them.
    private func inOrder(_ files: ClientSettingsFiles) -> [String] {
        files.read.flatMap { path -> [String] in
            let parts = path.split(separator: "/", omittingEmptySubsequences: false)
            guard parts.last == "condarc" else { return [path] }
            let more = names(path + ".d").filter { $0.hasSuffix(".yml") || $0.hasSuffix(".yaml") }
            return [path] + more.sorted().map { "\(path).d/\($0)" }
        }
    }

    private static func overridden(_ path: String, _ keys: [String]) -> DoctorCheck {
        let list = keys.map { "`\($0)`" }.joined(separator: " and ")
        return DoctorCheck(
            "settings.overridden",
            .failed,
            "\(path) counts more, and has its own \(list)",
            remedy: "take \(list) out of it, or put the proxy there"
        )
    }

    private static func finalised(_ path: String, _ keys: [String]) -> DoctorCheck {
        let list = keys.map { "`\($0)`" }.joined(separator: " and ")
        return DoctorCheck(
            "settings.final",
            .failed,
            "\(path) says that its \(list) is final, whatever other files say",
            remedy: "take `#!final` out of it, or have whoever wrote it put the proxy there"
        )
    }

    private static func finalKeys(_ text: SettingsText) -> [String] {
        text.lines.map(\.text).filter { CondaSettingsFile.hasFlag($0) && $0.contains("#!final") }.compactMap {
            line in ours.first { line.hasPrefix($0 + ":") }
        }
    }

    /// mamba reads the files that a variable names in place of all others.
    private func replaced(_ client: ProxiedClient, _ own: [String]) -> [DoctorCheck] {
        guard client != .conda,
            let name = ["MAMBARC", "CONDARC"].first(where: { environment[$0]?.isEmpty == false }),
            let value = environment[name]
        else { return [] }
        let paths = value.split(separator: ",").map(String.init)
        guard !paths.contains(where: { path in own.contains { ByteKey.areEqual($0, path) } }) else {
            return []
        }
        return [
            DoctorCheck(
                "settings.replaced",
                .failed,
                "\(client.rawValue) reads what `\(name)` names in place of all other files",
                remedy:
                    "unset `\(name)`, or run `kingsnake enable --client mamba` with `MAMBARC` set to its file"
            )
        ]
    }

    /// Places by `https:` that names still stand for: asked for by a tunnel, and so refused.
    private static func tunnelled(_ settings: CondaSettings) -> [String] {
        let lists = [
            ("channel_alias", [settings.channelAlias].compactMap(\.self)),
            ("default_channels", settings.defaultChannels ?? []),
            ("custom_channels", settings.customChannels.map(\.url)),
            ("custom_multichannels", settings.groups.flatMap(\.channels)),
        ]
        return lists.flatMap { key, urls in
            urls.filter { CondaProxying.plain($0) != nil }.map {
                "\(SettingsChange.redacted($0)) in `\(key)`"
            }
        }
    }

    private static func remaining(_ places: [String]) -> DoctorCheck {
        DoctorCheck(
            "settings.https",
            .warning,
            "the proxy refuses what is still asked for by `https:`",
            remedy: "run `kingsnake enable` again, or write `http:` in files that it does not change",
            notes: places
        )
    }
}
