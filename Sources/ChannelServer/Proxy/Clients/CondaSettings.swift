// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

internal import CondaFormats
internal import TrustCore

/// What settings files of conda and mamba say about where channels are: all of them together, the first read counting
/// least. Maps are united key by key and lists are joined, as conda does.
struct CondaSettings {
    /// A name and what it stands for.
    struct Entry: Equatable {
        let name: String
        let url: String
    }

    /// A name and what it stands for.
    struct Group: Equatable {
        let name: String
        let channels: [String]
    }

    private(set) var channelAlias: String?
    private(set) var migratedAliases: [String] = []
    private(set) var defaultChannels: [String]?
    private(set) var channels: [String] = []
    private(set) var customChannels: [Entry] = []
    private(set) var migratedChannels: [Entry] = []
    private(set) var groups: [Group] = []
    private(set) var proxyKeys: [String] = []

    /// Adds what a file says; it must have been read before, so that it is a mapping. Values of another type than the key
    /// has are left to the client to refuse.
    mutating func add(_ file: YAMLNode) {
        guard case .mapping(let members) = file.content else { return }
        for member in members {
            let value = member.value
            switch member.key {
            case "channel_alias": channelAlias = value.text ?? channelAlias
            case "migrated_channel_aliases": Self.join(&migratedAliases, Self.texts(value))
            case "default_channels": defaultChannels = (defaultChannels ?? []) + Self.texts(value)
            case "channels": Self.join(&channels, Self.texts(value))
            case "custom_channels": Self.unite(&customChannels, Self.entries(value))
            case "migrated_custom_channels": Self.unite(&migratedChannels, Self.entries(value))
            case "custom_multichannels":
                for group in Self.groups(value) {
                    groups.removeAll { ByteKey.areEqual($0.name, group.name) }
                    groups.append(group)
                }
            case "proxy_servers": Self.join(&proxyKeys, Self.entries(value).map(\.name))
            default: break
            }
        }
    }

    /// Adds channels that a command names.
    mutating func add(channels named: [String]) { Self.join(&channels, named) }

    /// Adds what an environment says: `CONDA_CHANNELS` and its like.
    mutating func add(environment: [String: String]) {
        let lists = ["CONDA_CHANNELS": \CondaSettings.channels].compactMap { environment[$0.key] }
        for list in lists { add(channels: list.split(separator: ",").map { String($0) }) }
        channelAlias = environment["CONDA_CHANNEL_ALIAS"] ?? channelAlias
    }

    private static func texts(_ node: YAMLNode) -> [String] {
        if let text = node.text { return [text] }
        return node.sequence?.compactMap(\.text) ?? []
    }

    private static func entries(_ node: YAMLNode) -> [Entry] {
        guard case .mapping(let members) = node.content else { return [] }
        return members.compactMap { member in member.value.text.map { Entry(name: member.key, url: $0) } }
    }

    private static func groups(_ node: YAMLNode) -> [Group] {
        guard case .mapping(let members) = node.content else { return [] }
        return members.map { Group(name: $0.key, channels: texts($0.value)) }
    }

    private static func join(_ list: inout [String], _ more: [String]) {
        for text in more where !list.contains(where: { ByteKey.areEqual($0, text) }) { list.append(text) }
    }

    private static func unite(_ entries: inout [Entry], _ more: [Entry]) {
        for entry in more {
            entries.removeAll { ByteKey.areEqual($0.name, entry.name) }
            entries.append(entry)
        }
    }
}
