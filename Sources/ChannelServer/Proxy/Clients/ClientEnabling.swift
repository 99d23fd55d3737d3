// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

internal import CondaFormats
internal import TrustCore

/// How clients are pointed at a proxy until further notice: by changing the user's own settings files, so that it can be taken
/// back to the byte. Pure: files are read by a function that the caller passes in, and written by the caller.
public enum ClientEnabling {
    /// The change of the file that counts most among a user's own for a client.
    ///
    /// A file that has our lines already is changed from what it was before them, so that twice is once, and another proxy's
    /// address takes the old one's place.
    ///
    /// - Throws: what `contents` throws, `client.settings-…` and `client.block-altered`.
    public static func change(
        of client: ProxiedClient,
        to proxy: ClientProxy,
        environment: [String: String],
        contents: (_ path: String) throws -> [UInt8]?
    ) throws -> SettingsChange? {
        guard let files = ClientSettingsFiles(of: client, environment: environment) else { return nil }
        let path = try files.changeable.last { try contents($0) != nil } ?? files.usual
        let before = try contents(path)
        switch client {
        case .conda, .mamba, .micromamba:
            let file = try CondaSettingsFile(before, path)
            var own = CondaSettings()
            file.add(to: &own)
            let all = try ClientSettings.condaSettings(files.read, [], environment, contents)
            let proxying = CondaProxying(client, own, of: all, by: proxy)
            let after = try file.setting(proxying.settings).bytes
            return SettingsChange(path, before, after, file.text?.bytes, proxying.remarks)
        case .pixi, .rattlerBuild:
            let file = try PixiSettingsFile(before, path)
            let all = try files.read.compactMap { path in
                try contents(path).map { try PixiSettingsFile($0, path) }
            }
            let after = try file.setting(proxy, of: all, channels: []).bytes
            return SettingsChange(path, before, after, file.text?.bytes, remarks(on: file))
        case .other: return nil
        }
    }

    /// The change that takes our lines out of a file; none if it has none (`client.block-altered`).
    public static func reversal(of path: String, containing bytes: [UInt8]) throws -> SettingsChange {
        let text = try SettingsText(bytes, path)
        if path.hasSuffix(".toml") { _ = try PixiSettingsFile(bytes, path) }
        let after: [UInt8]? =
            switch try SettingsBlock.before(text, path) {
            case .same: bytes
            case .noFile: nil
            case .text(let before): before.bytes
            }
        return SettingsChange(path, bytes, after, after, [])
    }

    /// What becomes of proxies that a client would have asked.
    static let otherProxies =
        "the proxies of the settings are not asked meanwhile: kingsnake heeds `http_proxy` and `https_proxy` of its own environment"

    private static func remarks(on file: PixiSettingsFile) -> [String] {
        var remarks = [
            "packages that pixi fetches from PyPI are refused meanwhile: the proxy verifies conda channels, and opens no tunnels"
        ]
        if !file.mirrored.isEmpty {
            remarks.append(
                "the mirrors that the file names are not asked meanwhile: tell `kingsnake proxy` of them"
            )
        }
        if file.hasProxies {
            remarks.append(otherProxies)
        }
        return remarks
    }
}

extension SettingsChange {
    init(_ path: String, _ before: [UInt8]?, _ after: [UInt8]?, _ original: [UInt8]?, _ remarks: [String]) {
        self.init(path: path, before: before, after: after, original: original, remarks: remarks)
    }
}
