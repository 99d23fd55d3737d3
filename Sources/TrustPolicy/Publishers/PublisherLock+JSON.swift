// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

import CondaFormats
public import TrustCore

extension PublisherLock {
    /// The longest file that is read.
    public static let maximumLength = 64 << 20

    /// Which form of the file is written. In the first one `publishers` had those of the first file and those that
    /// were accepted, each enough alone, and it is read with that meaning.
    private static let schema: Int64 = 2

    /// Reads a lock file, also of the form that earlier versions wrote.
    ///
    /// - Throws: a `Refusal` with a `json.…`, `name.…` or `policy-file.…` code. A lock that cannot be read is
    ///   no empty lock: everything would be believed on first use again.
    public init(json bytes: [UInt8], _ subject: String = "publisher lock") throws {
        self.init()
        let value = try JSONReader.read(bytes, of: subject, limits: JSONLimits(bytes: Self.maximumLength))
        let fields = try JSONFields(value, of: subject)
        let schema = try fields.integer("schema")
        guard (1...Self.schema).contains(schema) else {
            throw fields.wrong("schema", "at most \(Self.schema), or a newer Kingsnake")
        }
        var count = 0
        for channel in try fields.array("channels") {
            let fields = try JSONFields(channel, of: subject)
            let url = try ChannelURL(try fields.string("channel"))
            guard !channels.contains(where: { $0.url == url }) else {
                throw fields.wrong("channel", "each channel once", found: "`\(url)` twice")
            }
            let packages = try fields.array("packages")
            count += packages.count
            guard count <= Self.maximumSightings else {
                throw Refusal(
                    PolicyFileCode.tooLarge,
                    subject,
                    expected: "at most \(Self.maximumSightings) packages"
                )
            }
            var names: Set<PackageName> = []
            let sightings = try packages.map { package in
                let sighting = try Self.sighting(try JSONFields(package, of: subject), schema)
                guard names.insert(sighting.package).inserted else {
                    throw fields.wrong("packages", "each name once", found: "`\(sighting.package)` twice")
                }
                return sighting
            }
            channels.append(Channel(url: url, sightings: sightings))
        }
    }

    private static func sighting(_ fields: JSONFields, _ schema: Int64) throws -> Sighting {
        guard let firstSeen = Timestamp(try fields.string("first_seen")) else {
            throw fields.wrong("first_seen", "a date")
        }
        func digest(_ text: String, _ key: String) throws -> Digest {
            guard let digest = Digest(.sha256, hex: text) else {
                throw fields.wrong(key, "64 hexadecimal digits")
            }
            return digest
        }
        func identities(_ values: [JSONValue], _ key: String, _ least: Int) throws -> [PublisherIdentity] {
            guard (least...maximumPublishers).contains(values.count) else {
                throw fields.wrong(key, "\(least) to \(maximumPublishers)", found: "\(values.count)")
            }
            return try values.map { try identity(JSONFields($0, of: fields.subject)) }
        }
        let publishers = try identities(try fields.array("publishers"), "publishers", 1)
        let accepted =
            fields.optional("accepted_publishers") == nil ? [] : try fields.array("accepted_publishers")
        return Sighting(
            package: try PackageName(try fields.string("name")),
            publishers: schema == 1 ? Array(publishers.prefix(1)) : publishers,
            accepted: schema == 1
                ? Array(publishers.dropFirst()) : try identities(accepted, "accepted_publishers", 0),
            firstSeen: firstSeen,
            file: try ArchiveFileName(try fields.string("file")).text,
            digest: try digest(try fields.string("sha256"), "sha256"),
            acceptedWithout: try (fields.optionalStrings("accepted_without_attestation") ?? [])
                .map { try digest($0, "accepted_without_attestation") }
        )
    }

    private static func identity(_ fields: JSONFields) throws -> PublisherIdentity {
        guard let kind = Signer.Kind(rawValue: try fields.string("kind")) else {
            throw fields.wrong("kind", "a known kind of identity")
        }
        return PublisherIdentity(
            kind,
            try fields.string("identity"),
            issuer: try fields.optionalString("issuer"),
            repositoryID: try fields.optionalString("repository_id"),
            ownerID: try fields.optionalString("owner_id")
        )
    }

    /// The lock as it is written.
    public var json: JSONValue {
        var document = JSONObject()
        document["schema"] = .number(JSONNumber(Self.schema))
        document["channels"] = .array(
            channels.map { channel in
                var object = JSONObject()
                object["channel"] = .string(channel.url.identity)
                object["packages"] = .array(channel.sightings.map(Self.json))
                return .object(object)
            }
        )
        return .object(document)
    }

    private static func json(_ sighting: Sighting) -> JSONValue {
        var object = JSONObject()
        object["name"] = .string(sighting.package.normalized)
        object["publishers"] = .array(sighting.publishers.map { .object($0.json) })
        if !sighting.accepted.isEmpty {
            object["accepted_publishers"] = .array(sighting.accepted.map { .object($0.json) })
        }
        object["first_seen"] = .string(sighting.firstSeen.description)
        object["file"] = .string(sighting.file)
        object["sha256"] = .string(sighting.digest.hex)
        if !sighting.acceptedWithout.isEmpty {
            object["accepted_without_attestation"] = .array(
                sighting.acceptedWithout.map { .string($0.hex) }
            )
        }
        return .object(object)
    }
}

extension PublisherIdentity {
    /// The identity as lock files and `--json` have it.
    public var json: JSONObject {
        var object = JSONObject()
        object["kind"] = .string(kind.rawValue)
        object["identity"] = .string(value)
        object["issuer"] = issuer.map { .string($0) }
        object["repository_id"] = repositoryID.map { .string($0) }
        object["owner_id"] = ownerID.map { .string($0) }
        return object
    }
}
