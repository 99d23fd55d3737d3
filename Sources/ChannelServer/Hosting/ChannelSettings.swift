// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

public import CondaFormats
import DurableFiles
import TrustCore

/// What the owner of a channel decided about it: kept beside the keys, never in the folder that is served.
public struct ChannelSettings: Sendable, Equatable {
    /// How long each role's signature is good, in seconds, and how early it is renewed.
    public struct Lifetimes: Sendable, Equatable {
        /// Offline; a year.
        public var root: Int64 = 365 * 86_400
        /// Offline; a year.
        public var targets: Int64 = 365 * 86_400
        /// Online, renewed by `channel sign`; thirty days.
        public var subdir: Int64 = 30 * 86_400
        /// Online, renewed by `channel sign`; seven days.
        public var snapshot: Int64 = 7 * 86_400
        /// Online, renewed by `channel sign`; a day. Longer lets a mirror hide news for longer (freeze);
        /// shorter makes the channel unusable when its signer is down for a night.
        public var timestamp: Int64 = 86_400

        /// The defaults.
        public init() {}
    }

    /// The subdirs that are delegated, `noarch` among them.
    public var subdirs: [Subdir]
    /// How long signatures are good.
    public var lifetimes: Lifetimes

    /// What conda calls the common platforms, and `noarch`, which every channel has.
    public static let commonSubdirs = [
        "noarch", "linux-64", "linux-aarch64", "osx-64", "osx-arm64", "win-64",
    ]
    private static let fileName = "channel.json"
    private static let limit = 1 << 20

    /// Makes settings; `noarch` is always a part, for clients refuse a channel without it.
    public init(subdirs: [Subdir], lifetimes: Lifetimes = Lifetimes()) {
        self.subdirs = Array(Set(subdirs + [.noarch])).sorted()
        self.lifetimes = lifetimes
    }

    /// The shortest and the longest life of a signature, in seconds: one second, and a hundred years.
    public static let lifetimeRange: ClosedRange<Int64> = 1...(100 * 365 * 86_400)
    private static let schema: Int64 = 1

    /// Reads the settings in a folder of keys; nil if there are none.
    ///
    /// - Throws: a `Failure` for a schema that is not known, or a lifetime outside ``lifetimeRange``: people edit
    ///   this file by hand.
    public init?(in folder: String) throws {
        let path = folder + "/" + Self.fileName
        guard let bytes = try DurableFile.read(path, maximumLength: Self.limit) else { return nil }
        let fields = try JSONFields(try JSONReader.read(bytes, of: path), of: path)
        subdirs = try fields.strings("subdirs").map { try Subdir($0) }
        let schema = try fields.integer("schema")
        guard schema == Self.schema else {
            throw Failure(
                .configuration,
                "the channel's settings are of schema \(schema); this program knows \(Self.schema)",
                at: path,
                remedy: "use a newer kingsnake, or correct the file"
            )
        }
        let seconds = try fields.fields("lifetimes_seconds")
        lifetimes = Lifetimes()
        lifetimes.root = try Self.lifetime("root", seconds, path)
        lifetimes.targets = try Self.lifetime("targets", seconds, path)
        lifetimes.subdir = try Self.lifetime("subdir", seconds, path)
        lifetimes.snapshot = try Self.lifetime("snapshot", seconds, path)
        lifetimes.timestamp = try Self.lifetime("timestamp", seconds, path)
    }

    private static func lifetime(_ role: String, _ seconds: JSONFields, _ path: String) throws -> Int64 {
        let value = try seconds.integer(role)
        guard lifetimeRange.contains(value) else {
            throw Failure(
                .configuration,
                "the lifetime of `\(role)` in the channel's settings is \(value) seconds",
                at: path,
                remedy: "give `lifetimes_seconds` numbers from 1 to \(lifetimeRange.upperBound)"
            )
        }
        return value
    }

    /// Writes the settings into a folder of keys.
    public func write(in folder: String) throws {
        let json: JSONValue = [
            "schema": .number(JSONNumber(Self.schema)),
            "subdirs": .array(subdirs.map { .string($0.text) }),
            "lifetimes_seconds": [
                "root": .number(JSONNumber(lifetimes.root)),
                "targets": .number(JSONNumber(lifetimes.targets)),
                "subdir": .number(JSONNumber(lifetimes.subdir)),
                "snapshot": .number(JSONNumber(lifetimes.snapshot)),
                "timestamp": .number(JSONNumber(lifetimes.timestamp)),
            ],
        ]
        try DurableFile.write(JSONWriter.encode(json, .indented) + [0x0A], to: folder + "/" + Self.fileName)
    }
}
