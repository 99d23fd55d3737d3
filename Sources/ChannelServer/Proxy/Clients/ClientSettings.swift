// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

internal import CondaFormats
internal import TrustCore

/// How clients are pointed at a proxy for one command. Pure: settings are read by a function that the caller passes in, and
/// files are written by the caller.
///
/// Every client gets the proxy for everything that it asks for by variables that all programs know, so that what the client
/// was not told, and what it starts, is refused by the proxy instead of going past it. The user's settings stay in force
/// otherwise. Nothing about certificates is touched.
public enum ClientSettings {
    /// The environment for one command of a client.
    ///
    /// - Parameters:
    ///   - client: which program it is.
    ///   - arguments: the command's arguments, of which only channels are looked at.
    ///   - proxy: the proxy.
    ///   - temporaryFolder: the absolute path of the folder that the caller writes the files into.
    ///   - existing: the environment that the user's command was given.
    ///   - contents: what is in a file; nil if there is none.
    /// - Throws: what `contents` throws, `client.settings-…` and `client.block-altered` about the user's settings.
    public static func environment(
        for client: ProxiedClient,
        arguments: [String] = [],
        proxy: ClientProxy,
        temporaryFolder: String,
        existing: [String: String],
        contents: (_ path: String) throws -> [UInt8]?
    ) throws -> ClientEnvironment {
        var result = ClientEnvironment(variables: proxied(existing, by: proxy.address))
        let channels = ClientArguments.channels(arguments)
        switch client {
        case .conda: try conda(&result, channels, proxy, temporaryFolder, existing, contents)
        case .mamba, .micromamba:
            try mamba(client, &result, channels, proxy, temporaryFolder, existing, contents)
        case .pixi, .rattlerBuild:
            try rattler(client, &result, channels, proxy, temporaryFolder, existing, contents)
        case .other: break
        }
        return result
    }

    /// The variables that all programs know. A list of exceptions would let channels go past the proxy.
    static func proxied(_ existing: [String: String], by address: String) -> [String: String] {
        var variables = existing
        for name in ["http_proxy", "https_proxy", "HTTP_PROXY", "HTTPS_PROXY"] { variables[name] = address }
        for name in ["all_proxy", "ALL_PROXY", "no_proxy", "NO_PROXY"] { variables[name] = nil }
        return variables
    }

    private static func conda(
        _ result: inout ClientEnvironment,
        _ channels: [String],
        _ proxy: ClientProxy,
        _ folder: String,
        _ existing: [String: String],
        _ contents: (String) throws -> [UInt8]?
    ) throws {
        let given = existing["CONDARC"].flatMap { $0.isEmpty ? nil : $0 }
        let paths = ClientSettingsFiles(of: .conda, environment: existing)?.read ?? []
        let all = try condaSettings(paths, channels, existing, contents)
        // The file takes the place of the one that the user named, if any; the others are read by conda as ever.
        let file = try CondaSettingsFile(try given.flatMap(contents), given ?? "condarc")
        result.variables["CONDARC"] = "\(folder)/condarc"
        makePlain("CONDA_CHANNEL_ALIAS", in: &result)
        try add(file, .conda, all, proxy, to: &result)
    }

    /// mamba reads the files that a variable names in place of all others; so it gets ours, which counts most, and then those
    /// that it would have read. Files in the prefix that a command is about are not among them.
    private static func mamba(
        _ client: ProxiedClient,
        _ result: inout ClientEnvironment,
        _ channels: [String],
        _ proxy: ClientProxy,
        _ folder: String,
        _ existing: [String: String],
        _ contents: (String) throws -> [UInt8]?
    ) throws {
        let given = ["MAMBARC", "CONDARC"].lazy.compactMap { existing[$0] }.first { !$0.isEmpty }
        let usual = ClientSettingsFiles(of: client, environment: existing)?.read.reversed() ?? []
        let paths = try (given.map { $0.split(separator: ",").map { String($0) } } ?? Array(usual)).filter {
            try contents($0) != nil
        }
        let all = try condaSettings(paths.reversed(), channels, existing, contents)
        result.variables["MAMBARC"] = (["\(folder)/condarc"] + paths).joined(separator: ",")
        result.variables["CONDARC"] = nil
        makePlain("MAMBA_CHANNEL_ALIAS", in: &result)
        try add(try CondaSettingsFile(nil, "condarc"), client, all, proxy, to: &result)
    }

    /// Makes what a variable names by `https:` the same by `http:`.
    private static func makePlain(_ name: String, in result: inout ClientEnvironment) {
        guard let address = result.variables[name].flatMap(CondaProxying.plain) else { return }
        result.variables[name] = address
    }

    private static func add(
        _ file: CondaSettingsFile,
        _ client: ProxiedClient,
        _ all: CondaSettings,
        _ proxy: ClientProxy,
        to result: inout ClientEnvironment
    ) throws {
        var own = CondaSettings()
        file.add(to: &own)
        let proxying = CondaProxying(client, own, of: all, by: proxy)
        result.files = [
            ClientEnvironment.File(name: "condarc", bytes: try file.setting(proxying.settings).bytes)
        ]
        result.remarks = proxying.remarks
        let lists =
            (own.defaultChannels == nil ? all.defaultChannels ?? [] : []) + all.groups.flatMap(\.channels)
        if lists.contains(where: { CondaProxying.plain($0) != nil }) {
            result.remarks.append(
                "`default_channels` and `custom_multichannels` of your settings name `https:` URLs, which the proxy refuses; "
                    + "`kingsnake enable` can change them"
            )
        }
    }

    /// All that files, an environment and a command say about channels.
    static func condaSettings(
        _ paths: [String],
        _ channels: [String],
        _ existing: [String: String],
        _ contents: (String) throws -> [UInt8]?
    ) throws -> CondaSettings {
        var all = CondaSettings()
        for path in paths {
            guard let bytes = try contents(path) else { continue }
            try CondaSettingsFile(bytes, path).add(to: &all)
        }
        all.add(environment: existing)
        all.add(channels: channels)
        return all
    }

    private static func rattler(
        _ client: ProxiedClient,
        _ result: inout ClientEnvironment,
        _ channels: [String],
        _ proxy: ClientProxy,
        _ folder: String,
        _ existing: [String: String],
        _ contents: (String) throws -> [UInt8]?
    ) throws {
        let paths = ClientSettingsFiles(of: client, environment: existing)?.read ?? []
        let files = try paths.compactMap { path in
            try contents(path).map { try PixiSettingsFile($0, path) }
        }
        guard files.count <= 1 else {
            throw Refusal(
                ClientSettingsCode.settingsLayered,
                client.rawValue,
                expected: "at most one settings file",
                found: files.map(\.path).joined(separator: ", ")
            )
        }
        let file = try files.first ?? PixiSettingsFile(nil, "config.toml")
        let bytes = try file.setting(proxy, of: files, channels: channels).bytes
        result.files = [ClientEnvironment.File(name: "config.toml", bytes: bytes)]
        let path = "\(folder)/config.toml"
        if client == .pixi {
            result.variables["PIXI_CONFIG_FILE"] = path
        } else {
            result.arguments = ["--config-file", path]
        }
    }
}
