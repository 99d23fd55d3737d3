// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

import CondaFormats
import Gatekeeper
import TUF
import TrustCore

/// What is known of a pinned channel, for people and for programs.
struct TrustReport {
    let channel: TrustedChannel
    let root: RootMetadata

    init(_ channel: TrustedChannel, root: RootMetadata) {
        self.channel = channel
        self.root = root
    }

    var lines: [String] {
        let keys = root.authority(for: .root).role
        var lines = [
            "root      version \(root.version), sha256 \(channel.rootDigest.hex)",
            "signers   \(keys.threshold) of \(keys.keyIDs.count) root keys must agree to change it",
            "expires   \(root.expires)", "pinned    \(channel.added), \(Self.words(for: channel.origin))",
        ]
        if !channel.mirrors.isEmpty {
            lines.append("mirrors   " + channel.mirrors.map(\.description).joined(separator: ", "))
        }
        return lines
    }

    var json: JSONObject {
        var object = JSONObject()
        object["url"] = .string(channel.url.description)
        object["root_version"] = .number(JSONNumber(root.version))
        object["root_sha256"] = .string(channel.rootDigest.hex)
        object["root_expires"] = .string(root.expires.description)
        object["origin"] = .string(channel.origin.rawValue)
        object["added"] = .string(channel.added.description)
        object["mirrors"] = .array(channel.mirrors.map { .string($0.description) })
        return object
    }

    private static func words(for origin: TrustedChannel.Origin) -> String {
        switch origin {
        case .file: "from a file you gave"
        case .digest: "by a digest you gave"
        case .firstUse: "on first use, without a check"
        }
    }
}
