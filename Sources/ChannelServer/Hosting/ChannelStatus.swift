// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

import CondaFormats
import DurableFiles
import Gatekeeper
import TUF
public import TrustCore

/// Who signs what in a channel, and until when: read from its folder and verified from the root down.
///
/// No key is needed. Expired metadata is shown, not refused: seeing it is what the status is for.
public struct ChannelStatus: Sendable {
    /// One role.
    public struct Role: Sendable {
        /// Its name: root, timestamp, snapshot, targets or a subdir.
        public let name: String
        /// The version that is in force.
        public let version: Int64
        /// When that version expires.
        public let expires: Timestamp
        /// How many keys must sign.
        public let threshold: Int
        /// The ids of the keys that may.
        public let keyIDs: [String]
        /// How many packages its index lists; nil for a role without an index.
        public let packageCount: Int?

        /// What is left of its life, in words such as `3 days left` or `EXPIRED`.
        public func remaining(at now: Timestamp) -> String {
            ChannelStatus.remaining(until: expires, at: now)
        }
    }

    /// SHA-256 of the first root's bytes: what users pin.
    public let rootDigest: Digest
    /// The roles, top-level ones first.
    public let roles: [Role]
    /// The packages that their maintainers sign; all others are vouched for by the online key, through the index.
    public let maintained: [MaintainedPackage]
    /// Whether a publication was interrupted after its commit.
    public let isPending: Bool
    /// What conda content trust needs, in words; empty if nothing, nil if the channel is not signed that way.
    public let trustSteps: [String]?
    private let now: Timestamp

    /// Reads a channel's status.
    ///
    /// - Parameter keys: the folder of keys, to see which of them are there; none of them is opened.
    /// - Throws: `channel.not-a-channel`, or the refusal of whatever is wrong with its metadata. That of conda content
    ///   trust is only told: see ``ContentTrustStatus``.
    public init(directory: String, keys: KeyRing? = nil, now: Timestamp) throws {
        let root = try RepositoryEditor.firstRoot(in: directory)
        let editor = try RepositoryEditor(channel: directory, root: root)
        rootDigest = Digest.of(root)
        isPending = Publication.isPending(directory)
        maintained = editor.maintained.compactMap { MaintainedPackage($0, editor) }
        trustSteps = Self.trustSteps(directory, keys, now)
        self.now = now
        roles = try editor.status.compactMap { status in
            guard let expires = status.expires, MaintainersRole(status.role) == nil else { return nil }
            let keys = editor.keys(of: status.role)
            return Role(
                name: status.role.text,
                version: status.version,
                expires: expires,
                threshold: keys?.threshold ?? 0,
                keyIDs: keys?.keyIDs.map(\.text) ?? [],
                packageCount: try Self.packageCount(of: status.role, editor, directory)
            )
        }
    }

    /// How long something is good for, in words: `3 days left`, `EXPIRED`.
    public static func remaining(until expires: Timestamp, at now: Timestamp) -> String {
        let (seconds, overflow) = expires.seconds.subtractingReportingOverflow(now.seconds)
        guard seconds > 0 else { return overflow ? "much time left" : "EXPIRED" }
        let units: [(Int64, String)] = [(86_400, "days"), (3_600, "hours"), (60, "minutes")]
        for (size, unit) in units where seconds >= 2 * size { return "\(seconds / size) \(unit) left" }
        return "\(seconds) seconds left"
    }

    private static func trustSteps(_ directory: String, _ keys: KeyRing?, _ now: Timestamp) -> [String]? {
        do {
            return try ChannelTrust(directory: directory, keys: keys?.directory)?
                .renewalSteps(keys: keys, now: now)
        } catch {
            return ["the metadata of conda content trust is not good: run `kingsnake content-trust status`"]
        }
    }

    private static func packageCount(
        of role: RoleName,
        _ editor: RepositoryEditor,
        _ directory: String
    ) throws -> Int? {
        guard (try? Subdir(role.text)) != nil, let metadata = editor.roles[role] else { return nil }
        return try SignedFiles(directory: directory).contents(of: role, metadata)?.records.count
    }

    /// One object for `--json`.
    public var json: JSONObject {
        var object = JSONObject()
        object["schema"] = 1
        object["status"] = "ok"
        object["root_sha256"] = .string(rootDigest.hex)
        object["pending_publication"] = .bool(isPending)
        object["roles"] = .array(
            roles.map { role in
                var entry = JSONObject()
                entry["name"] = .string(role.name)
                entry["version"] = .number(JSONNumber(role.version))
                entry["expires"] = .string(role.expires.description)
                entry["expired"] = .bool(role.expires <= now)
                entry["threshold"] = .number(JSONNumber(Int64(role.threshold)))
                entry["keyids"] = .array(role.keyIDs.map { .string($0) })
                entry["packages"] = role.packageCount.map { .number(JSONNumber(Int64($0))) }
                return .object(entry)
            }
        )
        object["content_trust"] = trustSteps.map { steps in
            ["next_steps": .array(steps.map { .string($0) })]
        }
        object["maintainers"] = .array(maintained.map { .object($0.json(at: now)) })
        return object
    }
}

extension RepositoryEditor {
    /// The bytes of a channel's first root; `channel.not-a-channel` if there is none.
    static func firstRoot(in directory: String) throws -> [UInt8] {
        let path = directory + "/" + ChannelLayout.metadataFile("1.root.json")
        guard let root = try DurableFile.read(path, maximumLength: SignedChannel.metadataLimit) else {
            throw Refusal(ChannelCode.notAChannel, directory)
        }
        return root
    }

    /// Who may sign a role.
    func keys(of name: RoleName) -> RoleKeys? {
        if let kind = name.topLevelKind { return root.authority(for: kind).role }
        return roles.keys.sorted().lazy.compactMap { roles[$0]?.delegations?.authority(for: name)?.role }
            .first
    }
}
