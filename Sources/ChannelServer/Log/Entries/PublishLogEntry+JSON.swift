// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

public import TrustCore

extension PublishLogEntry {
    /// The version of the form, the member `v`.
    static let version: Int64 = 1
    /// The deepest nesting in an entry, and the most values.
    private static let limits = JSONLimits(bytes: EntryBundle.maximumEntryLength, depth: 8, values: 4096)
    /// The members that have one meaning in every entry; others are ``details``.
    private static let fixed: Set<String> = [
        "attestations_sha256", "channel", "filename", "publisher", "sha256", "size", "subdir", "time", "type",
        "v",
    ]

    /// The entry as the log holds it: canonical JSON (RFC 8785).
    ///
    /// - Throws: `publish-log.entry` for an entry without what its event demands, and for details that take
    ///   the name of another member; `tiled-log.entry-length` for one that is too long for a log.
    public func encoded() throws -> [UInt8] {
        try checkMembers()
        var object = details
        guard details.keys.allSatisfy({ !Self.fixed.contains($0) }) else {
            throw Self.wrong("details under names of their own")
        }
        object["v"] = .number(JSONNumber(Self.version))
        object["type"] = .string(event.rawValue)
        object["channel"] = .string(channel)
        object["time"] = .string(time.description)
        object["subdir"] = subdir.map { .string($0) }
        object["filename"] = fileName.map { .string($0) }
        object["sha256"] = sha256.map { .string($0.hex) }
        if let size {
            guard let size = Int64(exactly: size) else { throw Self.wrong("a size below 2^53") }
            object["size"] = .number(JSONNumber(size))
        }
        object["attestations_sha256"] = attestations.map { .string($0.hex) }
        object["publisher"] = publisher.map { .object($0.json) }
        let bytes = try JSONCanonicalization.encode(.object(object), of: Self.subject)
        try EntryBundle.check(bytes)
        return bytes
    }

    /// Reads an entry.
    ///
    /// Members that are not known stay in ``details``. Whether what it says is true is not asked: an entry is
    /// what a server says, and is worth something because it cannot unsay it.
    ///
    /// - Throws: `publish-log.entry` for what is no entry, not in canonical form, or without what its event
    ///   demands; a `json.…` code.
    public init(parsing bytes: [UInt8]) throws {
        let value = try JSONReader.read(bytes, of: Self.subject, limits: Self.limits)
        guard (try? JSONCanonicalization.encode(value, of: Self.subject)) == bytes else {
            throw Self.wrong("canonical JSON (RFC 8785)")
        }
        let fields = try JSONFields(value, of: Self.subject)
        let version = try fields.integer("v")
        guard version == Self.version else {
            throw Self.wrong("`v` \(Self.version)", found: "\(version)")
        }
        let type = try fields.string("type"), time = try fields.string("time")
        guard let event = Event.allCases.first(where: { ByteKey.areEqual($0.rawValue, type) }) else {
            throw Self.wrong("a known `type`", found: type)
        }
        guard let time = Timestamp(time) else { throw Self.wrong("a `time` such as 2026-01-31T12:00:00Z") }
        self.init(event, channel: try fields.string("channel"), time: time)
        subdir = try fields.optionalString("subdir")
        fileName = try fields.optionalString("filename")
        sha256 = try Self.digest("sha256", fields)
        attestations = try Self.digest("attestations_sha256", fields)
        if let number = try fields.optionalInteger("size") {
            guard let size = UInt64(exactly: number) else {
                throw Self.wrong("a `size` from 0", found: "\(number)")
            }
            self.size = size
        }
        publisher = try fields.optionalFields("publisher").map { try FilePublisher(json: $0) }
        for member in fields.object.members where !Self.fixed.contains(member.key) {
            details.insert(member.key, member.value)
        }
        guard Self.fixed.allSatisfy({ fields.object[$0] != .null }) else { throw Self.wrong("no `null`") }
        try checkMembers()
    }

    static let subject = "entry of a publish log"

    /// What each event demands beside its type, channel and time: see `docs/publish-log.md`.
    private func checkMembers() throws {
        guard !channel.isEmpty else { throw Self.wrong("a `channel`") }
        let isAboutFile: Bool
        switch event {
        case .publish, .yank, .unyank, .remove, .attest: isAboutFile = true
        case .publisherChange, .keyChange, .index: isAboutFile = false
        }
        if isAboutFile, subdir?.isEmpty != false || fileName?.isEmpty != false || sha256 == nil {
            throw Self.wrong("`subdir`, `filename` and `sha256` of a `\(event.rawValue)`")
        }
        if event == .publish, size == nil || publisher == nil {
            throw Self.wrong("`size` and `publisher` of a `publish`")
        }
        if event == .attest, attestations == nil { throw Self.wrong("`attestations_sha256` of an `attest`") }
        if event == .index {
            guard subdir?.isEmpty == false else { throw Self.wrong("the `subdir` of an `index`") }
            _ = try indexFiles()
        }
    }

    private static func digest(_ key: String, _ fields: JSONFields) throws -> Digest? {
        guard let text = try fields.optionalString(key) else { return nil }
        guard let digest = Digest(.sha256, hex: text), ByteKey.areEqual(digest.hex, text) else {
            throw wrong("64 small hexadecimal digits in `\(key)`")
        }
        return digest
    }

    static func wrong(_ expected: String, found: String? = nil) -> Refusal {
        Refusal(PublishLogCode.entry, subject, expected: expected, found: found.map { "`\($0)`" })
    }
}

extension FilePublisher {
    /// As the log has it: `kind`, `name`, and `issuer` of a workload.
    public var json: JSONObject {
        var object = JSONObject()
        object["kind"] = .string(kind.rawValue)
        object["name"] = .string(name)
        object["issuer"] = issuer.map { .string($0) }
        return object
    }

    /// Reads what ``json`` writes.
    ///
    /// - Throws: `publish-log.entry`, or `json.shape`.
    init(json fields: JSONFields) throws {
        let text = try fields.string("kind")
        guard let kind = Kind.allCases.first(where: { ByteKey.areEqual($0.rawValue, text) }),
            fields.object.keys.allSatisfy({ ["kind", "name", "issuer"].contains($0) }),
            fields.object["issuer"] != .null
        else { throw PublishLogEntry.wrong("a publisher's `kind`, `name` and `issuer`", found: text) }
        self.init(kind, try fields.string("name"), issuer: try fields.optionalString("issuer"))
    }
}
