// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

internal import CondaFormats
internal import Gatekeeper
internal import SigningKeys
internal import TUF
internal import TrustCore

/// What there is to say about the signatures of a channel's index: for its owner, and for pages.
struct SigningReport: Sendable {
    /// What a channel's signatures are worth.
    enum Verdict: String, Sendable {
        /// There is no root yet: the index is served, and nobody vouches for it.
        case unsigned
        /// The index in force is signed, in full.
        case signed
        /// Something is to be signed by offline keys or by maintainers, or by online keys that the server does not have.
        case incomplete
        /// A signature that clients need has expired.
        case expired
    }

    let verdict: Verdict
    /// The public halves of the server's online keys for the channel, and whether metadata in force name them.
    let onlineKeys: [(key: PublicKey, isInForce: Bool)]
    /// The subdirs with an index, whether a role signs it, and whether it has changes that are not in it yet.
    let subdirs: [(subdir: Subdir, isSigned: Bool, isLagging: Bool)]
    /// The roles of the metadata in force.
    let roles: [RoleStatus]
    /// The roles that offline keys should sign soon.
    let due: [RoleStatus]
    /// How many roots there are, and SHA-256 of the first one: what users pin.
    let firstRoot: Digest?
    /// How many subdirs have changes that are not in the index yet.
    var lagging: Int { subdirs.count { $0.isLagging } }
    /// The packages that their maintainers sign.
    let maintained: [MaintainedPackage]
    /// What of conda content trust offline keys should sign soon, and until when what they signed is good.
    let trustDue: [(role: String, expires: Timestamp)]
    private let now: Timestamp

    /// Looks at a channel.
    init(of indexer: ChannelIndexer) async throws {
        let state = try await indexer.state()
        let (channel, now) = (indexer.channel.id, indexer.parts.now())
        let repository = state.repository
        let (all, stale) = try await indexer.parts.database.read { transaction in
            (
                try transaction.subdirs(of: channel),
                try transaction.staleSubdirs().filter { $0.channel == channel }
            )
        }
        let delegated = Set(repository?.subdirs ?? [])
        let lagging = Set(stale.map(\.subdir))
        subdirs = lagging.union(all + state.settings.subdirs + delegated).sorted().map {
            ($0, delegated.contains($0), lagging.contains($0))
        }
        let inForce = repository?.onlineKeys ?? []
        onlineKeys = try await indexer.keys.signers(of: indexer.channel.name).map {
            ($0.publicKey, inForce.contains(KeyDefinition($0.publicKey).computedID))
        }
        maintained =
            repository?.editor.maintained.compactMap { role in
                repository.flatMap { MaintainedPackage(role, $0.editor) }
            } ?? []
        self.now = now
        trustDue = state.trust?.due(now: now) ?? []
        roles = repository?.editor.status ?? []
        firstRoot = repository?.roots.first.map { Digest.of($0) }
        due = roles.filter { Self.isDue($0, repository, now) }
        if repository == nil {
            verdict = .unsigned
        } else if roles.contains(where: { $0.expires.map { $0 <= now } ?? false && !Self.isOfMaintainers($0) }
        ) {
            verdict = .expired
        } else if subdirs.contains(where: { !$0.isSigned })
            || maintained.contains(where: { $0.expires.map { $0 <= now } ?? true }) || !due.isEmpty
        {
            verdict = .incomplete
        } else {
            verdict = .signed
        }
    }

    private static func isOfMaintainers(_ role: RoleStatus) -> Bool { MaintainersRole(role.role) != nil }

    /// Whether an offline role has less than a third of its life left.
    private static func isDue(_ role: RoleStatus, _ repository: HostedRepository?, _ now: Timestamp) -> Bool {
        guard role.role == .root || role.role == .targets, let expires = role.expires,
            let life = repository?.editor.lifetimes.seconds(for: role.role)
        else { return false }
        return expires <= now.advanced(bySeconds: life / 3)
    }

    /// One object.
    var json: JSONObject {
        var object = JSONObject()
        object["schema"] = 1
        object["state"] = .string(verdict.rawValue)
        object["root_sha256"] = firstRoot.map { .string($0.hex) }
        object["online_keys"] = .array(
            onlineKeys.map { key, isInForce in
                [
                    "scheme": .string(key.scheme.rawValue), "fingerprint": .string(key.fingerprint.hex),
                    "pem": .string(key.pem), "in_force": .bool(isInForce),
                ]
            }
        )
        object["subdirs"] = .array(
            subdirs.map {
                [
                    "subdir": .string($0.subdir.text), "signed": .bool($0.isSigned),
                    "lagging": .bool($0.isLagging),
                ]
            }
        )
        object["roles"] = .array(
            roles.map { role in
                var entry = JSONObject()
                entry["role"] = .string(role.role.text)
                entry["version"] = .number(JSONNumber(role.version))
                entry["expires"] = role.expires.map { .string($0.description) }
                return .object(entry)
            }
        )
        object["maintainers"] = .array(maintained.map { .object($0.json(at: now)) })
        object["lagging_subdirs"] = .number(JSONNumber(Int64(lagging)))
        return object
    }
}
