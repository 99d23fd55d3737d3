// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

import CondaFormats
import DurableFiles
import TrustCore
import TrustPolicy

/// What the trust store's folder of one channel says, before its roots were compared with the pins.
struct PinnedEntry {
    /// The digest of a TUF root, and how it came to be trusted.
    struct TUFPin {
        let digest: String
        let origin: TrustedChannel.Origin
    }

    /// The digest of a root of conda content trust.
    struct RecordPin {
        let digest: String
        let metadataURL: ChannelURL?
        let added: Timestamp
    }

    let url: ChannelURL
    let mirrors: [ChannelURL]
    let directory: String
    let tuf: TUFPin?
    let contentTrust: RecordPin?
    let added: Timestamp

    /// The forms of `channel.json`: 1 pins a TUF root. 2 pins a root of conda content trust, alone or beside one:
    /// whoever read it as 1 would demand less than the user did.
    static let schemas: ClosedRange<Int64> = 1...2
    private static let settingsLimit = 1 << 20

    /// Reads a folder's settings; nil if it has none, and so is no pinned channel.
    init?(in folder: String) throws {
        let path = folder + "/channel.json"
        guard let bytes = try DurableFile.read(path, maximumLength: Self.settingsLimit) else { return nil }
        let fields = try JSONFields(try JSONReader.read(bytes, of: path), of: path)
        let schema = try fields.integer("schema")
        guard Self.schemas.contains(schema) else {
            throw fields.wrong("schema", "\(Self.schemas.upperBound) or less, or a newer Kingsnake")
        }
        guard let added = Timestamp(try fields.string("added")) else {
            throw fields.wrong("added", "a date")
        }
        let records = try fields.optionalFields("content_trust")
        guard (schema == 2) == (records != nil) else {
            throw fields.wrong("content_trust", "a member of schema 2, and of no other")
        }
        contentTrust = try records.map { records in
            guard let added = Timestamp(try records.string("added")) else {
                throw records.wrong("added", "a date")
            }
            return RecordPin(
                digest: try records.string("root_sha256"),
                metadataURL: try records.optionalString("metadata_url").map { try ChannelURL($0) },
                added: added
            )
        }
        if schema == 2, fields.optional("root_sha256") == nil {
            tuf = nil
        } else {
            guard let origin = TrustedChannel.Origin(rawValue: try fields.string("origin")) else {
                throw fields.wrong("origin", "a known origin")
            }
            tuf = TUFPin(digest: try fields.string("root_sha256"), origin: origin)
        }
        url = try ChannelURL(try fields.string("url"))
        mirrors = try fields.strings("mirrors").map { try ChannelURL($0) }
        directory = folder
        self.added = added
    }

    /// The settings as they are written.
    static func settings(
        url: ChannelURL,
        mirrors: [ChannelURL],
        tuf: TUFPin?,
        contentTrust: RecordPin?,
        added: Timestamp
    ) -> JSONValue {
        var object = JSONObject()
        object["schema"] = contentTrust == nil ? 1 : 2
        object["url"] = .string(url.textWithCredentials)
        object["mirrors"] = .array(mirrors.map { .string($0.textWithCredentials) })
        if let tuf {
            object["root_sha256"] = .string(tuf.digest)
            object["origin"] = .string(tuf.origin.rawValue)
        }
        object["added"] = .string(added.description)
        if let contentTrust {
            var records = JSONObject()
            records["root_sha256"] = .string(contentTrust.digest)
            records["metadata_url"] = contentTrust.metadataURL.map { .string($0.textWithCredentials) }
            records["added"] = .string(contentTrust.added.description)
            object["content_trust"] = .object(records)
        }
        return .object(object)
    }

    /// The channel with its roots, which must be the very ones that were pinned (`trust.pin-damaged`).
    func channel() throws -> TrustedChannel {
        let root = try tuf.map { try bytes(of: "root.json", $0.digest, RootPin.sizeLimit) }
        let anchor = try contentTrust.map { pin in
            ContentTrustAnchor(
                root: try bytes(of: Self.contentTrustRoot, pin.digest, ContentTrustPin.sizeLimit),
                metadataURL: pin.metadataURL,
                added: pin.added
            )
        }
        guard let pin = Self.pin(root != nil, anchor != nil) else {
            throw Refusal(GateCode.pinDamaged, url.description, at: directory, found: "no root at all")
        }
        return TrustedChannel(
            url: url,
            mirrors: mirrors,
            pin: pin,
            pinnedRoot: root,
            contentTrust: anchor,
            origin: tuf?.origin ?? .file,
            added: added,
            directory: directory
        )
    }

    static let contentTrustRoot = "content-trust-root.json"

    private static func pin(_ index: Bool, _ records: Bool) -> TrustedChannel.Pin? {
        switch (index, records) {
        case (true, false): .index
        case (false, true): .records
        case (true, true): .indexAndRecords
        case (false, false): nil
        }
    }

    /// The pin is the digest: a root that was swapped on disk is not the one the user gave.
    private func bytes(of file: String, _ pin: String, _ limit: Int) throws -> [UInt8] {
        guard let root = try DurableFile.read(directory + "/" + file, maximumLength: limit) else {
            throw Refusal(GateCode.pinDamaged, url.description, at: directory, found: "no \(file)")
        }
        guard let pinned = Digest(.sha256, hex: pin), pinned == Digest.of(root) else {
            throw Refusal(
                GateCode.pinDamaged,
                url.description,
                at: directory,
                expected: "sha256:\(pin)",
                found: "\(Digest.of(root))"
            )
        }
        return root
    }
}
