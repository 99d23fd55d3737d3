// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

public import TrustCore

/// What a backup has: `backup.json` in its folder, written when all else is there.
public struct BackupContents: Sendable, Hashable {
    /// A publish log.
    public struct Log: Sendable, Hashable {
        /// Its name.
        public let origin: String
        /// How many entries it had.
        public let entries: Int64
    }

    /// When it was made.
    public let made: Timestamp
    /// SHA-256 of the database's file.
    public let database: Digest
    /// How many channels there were.
    public let channels: Int
    /// How many blobs there are.
    public let blobs: Int
    /// How many bytes they are together.
    public let bytes: UInt64
    /// The publish logs.
    public let logs: [Log]
    /// The files of settings that were there.
    public let settings: [String]

    static let fileName = "backup.json"

    init(
        made: Timestamp,
        database: Digest,
        channels: Int,
        blobs: Int,
        bytes: UInt64,
        logs: [Log],
        settings: [String]
    ) {
        self.made = made
        self.database = database
        self.channels = channels
        self.blobs = blobs
        self.bytes = bytes
        self.logs = logs
        self.settings = settings
    }

    /// Reads the file.
    ///
    /// - Throws: `server.backup-incomplete` if it is not what a backup has.
    init(parsing bytes: [UInt8], of path: String) throws {
        do {
            let fields = try JSONFields(try JSONReader.read(bytes, of: path), of: path)
            guard try fields.integer("schema") == 1 else { throw fields.wrong("schema", "1") }
            guard let made = Timestamp(try fields.string("made")) else {
                throw fields.wrong("made", "a time")
            }
            guard let database = Digest(.sha256, hex: try fields.string("database_sha256")) else {
                throw fields.wrong("database_sha256", "a SHA-256")
            }
            self.made = made
            self.database = database
            channels = Int(clamping: try fields.integer("channels"))
            blobs = Int(clamping: try fields.integer("blobs"))
            self.bytes = UInt64(clamping: try fields.integer("bytes"))
            settings = try fields.strings("settings")
            guard case .array(let values)? = fields.object["logs"] else {
                throw fields.wrong("logs", "an array")
            }
            logs = try values.map { value in
                let log = try JSONFields(value, of: path)
                return Log(origin: try log.string("origin"), entries: try log.integer("entries"))
            }
        } catch let refusal as Refusal {
            throw Refusal(ServerCode.backupIncomplete, path, cause: refusal)
        }
    }

    /// As one object, which says too what is not in a backup.
    public var json: JSONObject {
        var object = JSONObject()
        object["schema"] = 1
        object["made"] = .string("\(made)")
        object["database_sha256"] = .string(database.hex)
        object["channels"] = .number(JSONNumber(Int64(channels)))
        object["blobs"] = .number(JSONNumber(Int64(blobs)))
        object["bytes"] = .number(JSONNumber(Int64(clamping: bytes)))
        object["logs"] = .array(
            logs.map { log in
                var object = JSONObject()
                object["origin"] = .string(log.origin)
                object["entries"] = .number(JSONNumber(log.entries))
                return .object(object)
            }
        )
        object["settings"] = .array(settings.map { .string($0) })
        object["without"] = ["keys", "publish-log"]
        return object
    }

    var encoded: [UInt8] { JSONWriter.encode(.object(json), .indented) }
}
