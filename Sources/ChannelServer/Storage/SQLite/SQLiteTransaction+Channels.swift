// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

internal import Foundation
internal import GRDB
internal import TrustCore

extension SQLiteTransaction {
    func channels() throws -> [HostedChannel] {
        try rows("SELECT * FROM channel ORDER BY name").map(Self.channel)
    }

    func channel(_ name: ChannelName) throws -> HostedChannel? {
        try row("SELECT * FROM channel WHERE name = ?", [name.text]).map(Self.channel)
    }

    func channel(id: Int64) throws -> HostedChannel? {
        try row("SELECT * FROM channel WHERE id = ?", [id]).map(Self.channel)
    }

    func createChannel(_ name: ChannelName, _ visibility: HostedChannel.Visibility, now: Timestamp) throws
        -> HostedChannel
    {
        guard try channel(name) == nil else { throw Refusal(ServerCode.channelExists, name.text) }
        try run(
            "INSERT INTO channel (name, visibility, created, settings) VALUES (?, ?, ?, ?)",
            [name.text, visibility.rawValue, now.seconds, Data("{}".utf8)]
        )
        return HostedChannel(
            id: database.lastInsertedRowID,
            name: name,
            visibility: visibility,
            created: now
        )
    }

    func update(_ channel: HostedChannel) throws {
        try run(
            "UPDATE channel SET visibility = ?, settings = ? WHERE id = ?",
            [
                channel.visibility.rawValue, Data(JSONWriter.encode(.object(channel.settings))), channel.id,
            ]
        )
    }

    private static func channel(_ row: Row) throws -> HostedChannel {
        HostedChannel(
            id: row["id"],
            name: try parsed(row, "name") { try ChannelName($0) },
            visibility: try stored(HostedChannel.Visibility(rawValue: row["visibility"]), "visibility"),
            created: Timestamp(seconds: row["created"]),
            settings: try JSONFields(
                try JSONReader.read(try bytes(row, "settings"), of: "settings"),
                of: "settings"
            ).object
        )
    }
}
