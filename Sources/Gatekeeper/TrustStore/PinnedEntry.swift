// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

import CondaFormats
import DurableFiles
import TrustCore

/// What the trust store's folder of one channel says, before its root was compared with the pin.
struct PinnedEntry {
    let url: ChannelURL
    let mirrors: [ChannelURL]
    let directory: String
    private let pin: String
    private let origin: TrustedChannel.Origin
    private let added: Timestamp

    /// The form of `channel.json` that is written and read.
    static let schema: Int64 = 1
    private static let settingsLimit = 1 << 20

    /// Reads a folder's settings; nil if it has none, and so is no pinned channel.
    init?(in folder: String) throws {
        let path = folder + "/channel.json"
        guard let bytes = try DurableFile.read(path, maximumLength: Self.settingsLimit) else { return nil }
        let fields = try JSONFields(try JSONReader.read(bytes, of: path), of: path)
        guard try fields.integer("schema") == Self.schema else {
            throw fields.wrong("schema", "\(Self.schema), or a newer Kingsnake")
        }
        guard let origin = TrustedChannel.Origin(rawValue: try fields.string("origin")),
            let added = Timestamp(try fields.string("added"))
        else { throw fields.wrong("origin", "a known origin and a date in `added`") }
        url = try ChannelURL(try fields.string("url"))
        mirrors = try fields.strings("mirrors").map { try ChannelURL($0) }
        pin = try fields.string("root_sha256")
        directory = folder
        self.origin = origin
        self.added = added
    }

    /// The channel with its root, which must be the very one that was pinned (`trust.pin-damaged`).
    func channel() throws -> TrustedChannel {
        guard let root = try DurableFile.read(directory + "/root.json", maximumLength: RootPin.sizeLimit)
        else {
            throw Refusal(GateCode.pinDamaged, url.description, at: directory, found: "no root.json")
        }
        // The pin is the digest: a root that was swapped on disk is not the one the user gave.
        guard let pinned = Digest(.sha256, hex: pin), pinned == Digest.of(root) else {
            throw Refusal(
                GateCode.pinDamaged,
                url.description,
                at: directory,
                expected: "sha256:\(pin)",
                found: "\(Digest.of(root))"
            )
        }
        return TrustedChannel(
            url: url,
            mirrors: mirrors,
            pinnedRoot: root,
            origin: origin,
            added: added,
            directory: directory
        )
    }
}
