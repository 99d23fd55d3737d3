// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

import DurableFiles
import TrustCore

/// What is remembered of an index between two runs: which text it was, who gave it, and when it was last confirmed.
///
/// The text is in the cache under its digest. Nothing here is evidence but the time, and that only delays.
struct ObservedState: Sendable, Equatable {
    static let maximumLength = 1 << 16
    /// More texts than that are not remembered to be taken away later.
    static let maximumSuperseded = 200

    /// SHA-256 of the text.
    var digest: Digest
    /// The mirror's address, without credentials.
    var mirror: String
    /// The form in which it was fetched, such as `repodata.json.zst`.
    var form: String
    /// What the mirror calls this version.
    var version: ResourceVersionText?
    /// When it was last confirmed.
    var checked: Timestamp
    /// Which index of the other form was remembered before this one was asked for; nil for none.
    var beside: Digest?
    /// Texts whose place was taken, and when.
    var superseded: [Superseded] = []

    /// A version as a server names it.
    struct ResourceVersionText: Sendable, Equatable {
        var entityTag: String?
        var lastModified: String?
    }

    /// A text whose place was taken by another one.
    struct Superseded: Sendable, Equatable {
        var digest: Digest
        var at: Timestamp
    }

    init(
        digest: Digest,
        mirror: String,
        form: String,
        version: ResourceVersionText? = nil,
        checked: Timestamp
    ) {
        self.digest = digest
        self.mirror = mirror
        self.form = form
        self.version = version
        self.checked = checked
    }

    /// Reads what was kept in a file; nil if that is nothing, or damaged.
    init?(kept path: String) {
        let bytes = try? DurableFile.read(path, maximumLength: Self.maximumLength)
        guard let bytes = bytes.flatMap({ $0 }) else { return nil }
        self.init(bytes)
    }

    /// Reads what was kept; nil for anything that is not in its form, and then the index is fetched anew.
    init?(_ bytes: [UInt8]) {
        guard let value = try? JSONReader.read(bytes, of: "what is known of an index"),
            let fields = try? JSONFields(value, of: "what is known of an index"),
            let digest = Digest(.sha256, hex: (try? fields.string("sha256")) ?? ""),
            let mirror = try? fields.string("mirror"), let form = try? fields.string("form"),
            let checked = (try? fields.string("checked")).flatMap({ Timestamp($0) })
        else { return nil }
        self.init(digest: digest, mirror: mirror, form: form, checked: checked)
        let tag = (try? fields.optionalString("etag")) ?? nil
        let date = (try? fields.optionalString("last_modified")) ?? nil
        if tag != nil || date != nil { version = ResourceVersionText(entityTag: tag, lastModified: date) }
        beside = ((try? fields.optionalString("beside")) ?? nil).flatMap { Digest(.sha256, hex: $0) }
        for member in (try? fields.array("superseded")) ?? [] {
            guard let old = try? JSONFields(member, of: "a superseded index"),
                let digest = Digest(.sha256, hex: (try? old.string("sha256")) ?? ""),
                let at = (try? old.string("at")).flatMap({ Timestamp($0) })
            else { continue }
            superseded.append(Superseded(digest: digest, at: at))
        }
    }

    /// The form in which it is kept.
    var bytes: [UInt8] {
        var object = JSONObject()
        object["sha256"] = .string(digest.hex)
        object["mirror"] = .string(mirror)
        object["form"] = .string(form)
        object["checked"] = .string(checked.description)
        if let tag = version?.entityTag { object["etag"] = .string(tag) }
        if let date = version?.lastModified { object["last_modified"] = .string(date) }
        if let beside { object["beside"] = .string(beside.hex) }
        object["superseded"] = .array(
            superseded.suffix(Self.maximumSuperseded).map { old in
                var member = JSONObject()
                member["sha256"] = .string(old.digest.hex)
                member["at"] = .string(old.at.description)
                return .object(member)
            }
        )
        return JSONWriter.encode(.object(object), .indented)
    }
}
