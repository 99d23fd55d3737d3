// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

import CondaFormats
import ContentTrust
import Gatekeeper
import TUF
import TrustCore
import TrustPolicy

/// What is known of a pinned channel, for people and for programs.
struct TrustReport {
    let channel: TrustedChannel
    /// The pinned TUF root; nil if the channel is not pinned to one.
    let root: RootMetadata?
    /// The pinned root of conda content trust; nil if the channel is not pinned to one.
    let records: VerifiedRoot?

    /// Reads the pinned roots.
    init(_ channel: TrustedChannel) throws {
        self.channel = channel
        root = try channel.pinnedRoot.map { try SignedMetadata<RootMetadata>(parsing: $0, as: .root).role }
        records = try channel.contentTrust.map { try TrustChain(pinned: $0.root).root }
    }

    var lines: [String] {
        var lines: [String] = []
        if let root, let digest = channel.rootDigest {
            let keys = root.authority(for: .root).role
            lines += [
                "root      version \(root.version), sha256 \(digest.hex)",
                "signers   \(keys.threshold) of \(keys.keyIDs.count) root keys must agree to change it",
                "expires   \(root.expires)", "pinned    \(channel.added), \(Self.words(for: channel.origin))",
            ]
        }
        if let records, let anchor = channel.contentTrust {
            let keys = records.rootKeys
            lines += [
                "records   content trust root version \(records.version), sha256 \(anchor.rootDigest.hex)",
                "signers   \(keys.threshold) of \(keys.keys.count) root keys must agree to change it",
                "expires   \(records.metadata.expiration); newer versions are looked for",
                "pinned    \(anchor.added), \(Self.words(for: .file))",
            ]
            if let url = anchor.metadataURL { lines.append("metadata  \(url)") }
        }
        if !channel.mirrors.isEmpty {
            lines.append("mirrors   " + channel.mirrors.map(\.description).joined(separator: ", "))
        }
        return lines + warnings
    }

    /// What the pin leaves open.
    var warnings: [String] {
        unprotected.map { "NOT PROTECTED  \($0.rawValue): \($0.description)" }
    }

    private var unprotected: [OpenAttack] { channel.pin == .records ? OpenAttack.allCases : [] }

    var json: JSONObject {
        var object = JSONObject()
        object["url"] = .string(channel.url.description)
        object["pinned_by"] = .array(
            (root == nil ? [] : [.string("tuf")]) + (records == nil ? [] : [.string("content-trust")])
        )
        if let root, let digest = channel.rootDigest {
            object["root_version"] = .number(JSONNumber(root.version))
            object["root_sha256"] = .string(digest.hex)
            object["root_expires"] = .string(root.expires.description)
            object["origin"] = .string(channel.origin.rawValue)
        }
        object["added"] = .string(channel.added.description)
        object["mirrors"] = .array(channel.mirrors.map { .string($0.description) })
        object["content_trust"] = recordsJSON
        object["not_protected"] = .array(unprotected.map { .string($0.rawValue) })
        return object
    }

    private var recordsJSON: JSONValue? {
        guard let records, let anchor = channel.contentTrust else { return nil }
        var object = JSONObject()
        object["root_version"] = .number(JSONNumber(records.version))
        object["root_sha256"] = .string(anchor.rootDigest.hex)
        object["root_expires"] = .string(records.metadata.expiration.description)
        object["metadata_url"] = anchor.metadataURL.map { .string($0.description) }
        object["added"] = .string(anchor.added.description)
        return .object(object)
    }

    private static func words(for origin: TrustedChannel.Origin) -> String {
        switch origin {
        case .file: "from a file you gave"
        case .digest: "by a digest you gave"
        case .firstUse: "on first use, without a check"
        }
    }
}
