// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

import CondaFormats
import DurableFiles
import TUF
import TrustCore

/// The last view of a channel that was whole, in one file beside the channel's pin.
///
/// The trust store keeps the newest role of each kind as soon as it is verified, so that a refresh which was cut off,
/// or which a mirror led halfway, leaves a timestamp there without its snapshot. This file changes in one step and
/// only when everything is at hand. Nothing in it is believed: it is verified again whenever it is used.
struct SignedViewFile: Equatable {
    /// When mirrors last confirmed it.
    var checked: Timestamp
    /// The bytes of timestamp, snapshot, targets and the roles of subdirs.
    var roles: [RoleName: [UInt8]]
    /// The indexes that were asked for.
    var indexes: [ProxiedIndexKey]

    /// The longest file that is read.
    private static let maximumLength = 256 << 20

    /// Where it is in a channel's folder.
    static func path(in directory: String) -> String { directory + "/proxied-view.json" }

    init(checked: Timestamp, roles: [RoleName: [UInt8]], indexes: [ProxiedIndexKey]) {
        self.checked = checked
        self.roles = roles
        self.indexes = indexes
    }

    /// Reads it; nil if there is none, or none that can be read: it is a copy, and no more than lost.
    init?(in directory: String) throws {
        guard
            let bytes = try? DurableFile.read(
                Self.path(in: directory),
                maximumLength: Self.maximumLength,
                followingLinks: false
            )
        else { return nil }
        do {
            let subject = "the last view"
            let limits = JSONLimits(bytes: Self.maximumLength)
            let fields = try JSONFields(try JSONReader.read(bytes, of: subject, limits: limits), of: subject)
            guard let moment = Timestamp(try fields.string("checked")) else { return nil }
            checked = moment
            indexes = try fields.strings("subdirs").map { ProxiedIndexKey(try Subdir($0), .text) }
            if fields.optional("sharded") != nil {
                indexes += try fields.strings("sharded").map { ProxiedIndexKey(try Subdir($0), .shards) }
            }
            roles = [:]
            for member in try fields.fields("roles").object.members {
                guard let name = RoleName(member.key), let text = member.value.string else { return nil }
                roles[name] = Array(text.utf8)
            }
        } catch is Refusal {
            return nil
        }
    }

    /// Writes it, in place of an older one.
    ///
    /// - Parameter known: what is there; if nothing but the moment differs, the disk is not waited for.
    func write(in directory: String, after known: SignedViewFile?) throws {
        var texts = JSONObject()
        for (name, bytes) in roles.sorted(by: { $0.key < $1.key }) {
            texts[name.text] = .string(String(decoding: bytes, as: UTF8.self))
        }
        var object = JSONObject()
        object["checked"] = .string(checked.description)
        for (key, form) in [("subdirs", ProxiedForm.text), ("sharded", .shards)] {
            let subdirs = indexes.filter { $0.form == form }.map(\.subdir).sorted()
            object[key] = .array(subdirs.map { .string($0.text) })
        }
        object["roles"] = .object(texts)
        let bytes = JSONWriter.encode(.object(object))
        let path = Self.path(in: directory)
        if let known, known.roles == roles, known.indexes == indexes {
            try DurableFile.writeWithoutSync(bytes, to: path, mode: 0o600)
        } else {
            try DurableFile.write(bytes, to: path, mode: 0o600)
        }
    }
}
