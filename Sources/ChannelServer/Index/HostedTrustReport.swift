// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

internal import CondaFormats
internal import ContentTrust
internal import SigningKeys
internal import TrustCore

/// How a hosted channel stands with conda content trust, for its owner and for pages.
struct HostedTrustReport: Sendable {
    /// How it stands.
    enum State: String, Sendable {
        /// Records are not signed.
        case off
        /// They are, and the metadata that say by whom are served.
        case on
        /// The index that says what the owner decided is being made.
        case pending
        /// Root or key manager's metadata have run out: clients refuse the channel.
        case expired
    }

    let state: State
    private let trust: HostedTrust?
    private let keys: [TrustKey]
    private let now: Timestamp

    /// Looks at a channel.
    init(of indexer: ChannelIndexer) async throws {
        let found = try await indexer.state()
        let scope = HostedDocument.Scope.channel(indexer.channel.id)
        let served = try await indexer.parts.database.read {
            try HostedTrustPublication.served(in: scope, $0)
        }
        trust = found.trust
        now = indexer.parts.now()
        keys = try await indexer.keys.packageSigners(of: indexer.channel.name).map {
            try TrustKey($0.publicKey)
        }
        let wanted = Set(found.trust?.files.map { Digest.of($0.bytes) } ?? [])
        if let trust, trust.expires <= now {
            state = .expired
        } else if Set(served.map(\.blob)) != wanted {
            state = .pending
        } else {
            state = trust == nil ? .off : .on
        }
    }

    /// One object.
    var json: JSONObject {
        let named = Set(trust?.packageKeys.keys ?? [])
        var object = JSONObject()
        object["state"] = .string(state.rawValue)
        object["package_keys"] = .array(
            keys.map {
                [
                    "key": .string($0.hex), "named": .bool(named.contains($0)),
                    "pem": .string($0.publicKey.pem),
                ]
            }
        )
        guard let trust else { return object }
        object["threshold"] = .number(JSONNumber(Int64(trust.packageKeys.threshold)))
        object["root_sha256"] = .string(Digest.of(trust.chain.links[0].bytes).hex)
        object["root"] = .object(Self.file(trust.chain.root.version, trust.chain.root.metadata.expiration))
        let keyManager = trust.keyManager.metadata
        object["key_mgr"] = .object(Self.file(keyManager.version, keyManager.expiration))
        object["due"] = .array(trust.due(now: now).map { .string($0.role) })
        return object
    }

    private static func file(_ version: Int64?, _ expires: Timestamp) -> JSONObject {
        var object = JSONObject()
        object["version"] = version.map { .number(JSONNumber($0)) }
        object["expires"] = .string(expires.description)
        return object
    }
}
