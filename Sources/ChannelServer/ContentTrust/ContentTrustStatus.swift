// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

public import CondaFormats
public import ContentTrust
import DurableFiles
public import TrustCore

/// How a channel's folder stands with conda content trust: who may sign what, until when, and which records are signed.
///
/// No key is needed. What has run out is shown, not refused: seeing it is what the status is for.
public struct ContentTrustStatus: Sendable {
    /// One file of metadata.
    public struct File: Sendable {
        /// The role.
        public let role: TrustRole
        /// The version that is in force; nil for one that only gives a date.
        public let version: Int64?
        /// When it runs out.
        public let expires: Timestamp
        /// How many keys of the role must sign what it signs.
        public let threshold: Int
        /// The keys that may.
        public let keys: [TrustKey]
        /// Entries among its own signatures that are none, and count for nothing.
        public let malformed: [MalformedSignature]
    }

    /// What the channel's folder says, verified.
    public let trust: ChannelTrust
    /// The metadata: root, key manager, and what mamba asks for if that is there and good.
    public let files: [File]
    /// The index files, by subdir.
    public let indexes: [IndexSignatures]
    /// Index files in other forms, which carry no signatures of ours.
    public let otherForms: [String]
    /// Whether TUF signs the channel as well.
    public let isSignedByTUF: Bool
    private let keys: String?
    private let now: Timestamp

    /// Reads a channel's status. Every signature is verified.
    ///
    /// - Parameters:
    ///   - keys: the folder of keys, for the owner's copy of the root, and to see which keys are there; it need not be.
    ///   - subdirs: which; all that have an index if nil.
    /// - Throws: `channel.trust-missing`, or the refusal of whatever is wrong with its metadata or indexes.
    public init(
        directory: String,
        keys: String?,
        subdirs: [Subdir]? = nil,
        mambaForm: @escaping MambaFormSource = MambaRecords.form,
        now: Timestamp
    ) throws {
        guard let trust = try ChannelTrust(directory: directory, keys: keys) else {
            throw Refusal(ChannelCode.trustMissing, directory, expected: "`key_mgr.json` in the folder")
        }
        self.trust = trust
        self.keys = keys
        self.now = now
        isSignedByTUF = PlainChannel.isSignedByTUF(directory)
        files = [trust.chain.root.document, trust.keyManager.document, trust.packageManager?.document]
            .compactMap { $0 }
            .map { Self.file($0.metadata, malformed: $0.malformed, trust) }
        let recordKeys = RecordKeys(trust.authority)
        let wanted = try subdirs ?? PlainChannel.subdirs(in: directory)
        indexes = try wanted.flatMap { subdir in
            try [ChannelLayout.plainIndex, ChannelLayout.currentIndex].compactMap { name in
                try IndexSignatures(
                    name,
                    of: subdir,
                    in: directory,
                    by: recordKeys,
                    mambaForm: mambaForm
                )
            }
        }
        let signed = [ChannelLayout.plainIndex, ChannelLayout.currentIndex].flatMap { [$0, $0 + ".zst"] }
        otherForms = try wanted.flatMap { subdir in
            try Folder.names(in: directory + "/" + subdir.text)
                .filter { name in
                    ChannelLayout.isIndex(name) && !signed.contains { ByteKey.areEqual($0, name) }
                }
                .map { ChannelLayout.file($0, in: subdir) }
        }
    }

    /// The keys that a role's metadata is signed by, and those of the role above it for one that delegates to nobody.
    private static func file(
        _ metadata: TrustMetadata,
        malformed: [MalformedSignature],
        _ trust: ChannelTrust
    ) -> File {
        let delegation =
            switch metadata.role {
            case .root: metadata.delegations[.root]
            case .keyManager: trust.chain.root.metadata.delegations[.keyManager]
            case .packageManager: trust.authority.delegation
            }
        return File(
            role: metadata.role,
            version: metadata.version,
            expires: metadata.expiration,
            threshold: delegation?.threshold ?? 0,
            keys: delegation?.keys ?? [],
            malformed: malformed
        )
    }

    /// Whether every record of every index is signed, nothing is stale, and no metadata has run out or is missing.
    public var isGood: Bool {
        indexes.allSatisfy(\.isComplete) && files.allSatisfy { now < $0.expires } && packageManagerNeed == nil
    }

    /// Why mamba could not use the channel, if it is meant to.
    public var packageManagerNeed: String? { trust.packageManagerNeed(now: now) }

    /// What the owner should do next, in the order of urgency; empty if nothing is to do.
    public var nextSteps: [String] {
        var steps = trust.renewalSteps(keys: keys.map { KeyRing(directory: $0) }, now: now)
        if indexes.contains(where: { $0.unsignedCount + $0.staleCount > 0 || $0.isCompressedFormDifferent }) {
            steps.append("records are unsigned or stale: run `kingsnake content-trust sign`")
        }
        if indexes.contains(where: { $0.unsignableCount > 0 }) {
            steps.append("records must not be signed as they are: correct them in the index")
        }
        return steps
    }

    /// What the profile means for clients, in words.
    public var profileWords: String {
        switch trust.profile {
        case .conda: "conda verifies records in full; mamba cannot verify this channel"
        case .mamba:
            "mamba verifies a dozen fields of each record; conda calls every package untrusted, and we refuse them"
        case .joint: "conda verifies records in full, mamba a dozen fields of them"
        }
    }

    /// What the signatures protect, and what they do not, in words.
    public var protection: (protected: [String], unprotected: [String]) {
        var protected = ["what a record says of its package, its SHA-256 and dependencies among it"]
        if trust.profile == .mamba { protected = ["the fields that mamba verifies, the SHA-256 among them"] }
        var unprotected = [
            "freshness: an old index with old signatures is as good as the new one",
            "completeness: records can be hidden, and those of different days mixed",
            "rollback: a package that was removed or corrected can be brought back",
        ]
        if isSignedByTUF {
            unprotected = unprotected.map {
                $0 + " (TUF, which signs this channel too, protects our own clients)"
            }
        }
        if otherForms.contains(where: {
            $0.utf8.reversed().starts(with: "repodata_shards.msgpack.zst".utf8.reversed())
        }) {
            unprotected.append("shards carry no signatures: clients that read them verify nothing, or refuse")
        }
        switch trust.profile {
        case .conda: break
        case .mamba: unprotected.append("the fields of a record that mamba does not look at")
        case .joint:
            unprotected.append(
                "conda also accepts a record that was cut down to mamba's fields: a key that it trusts signed that"
            )
        }
        return (protected, unprotected)
    }

    /// What is left of a file's life, in words such as `3 days left` or `EXPIRED`.
    public func remaining(_ file: File) -> String { ChannelStatus.remaining(until: file.expires, at: now) }

    /// One object for `--json`.
    public var json: JSONObject {
        var object = JSONObject()
        object["schema"] = 1
        object["status"] = .string(isGood ? "ok" : "incomplete")
        object["profile"] = .string(trust.profile.rawValue)
        object["anchored"] = .bool(trust.isAnchored)
        object["tuf"] = .bool(isSignedByTUF)
        object["metadata"] = .array(
            files.map { file in
                var entry = JSONObject()
                entry["role"] = .string(file.role.rawValue)
                entry["version"] = file.version.map { .number(JSONNumber($0)) }
                entry["expires"] = .string(file.expires.description)
                entry["expired"] = .bool(file.expires <= now)
                entry["threshold"] = .number(JSONNumber(Int64(file.threshold)))
                entry["keys"] = .array(file.keys.map { .string($0.hex) })
                entry["malformed"] = .array(
                    file.malformed.map {
                        ["keyid": .string($0.keyID), "code": .string($0.reason.codeName)]
                    }
                )
                return .object(entry)
            }
        )
        object["record_keys"] = .array(
            RecordKeys(trust.authority).members.map {
                ["key": .string($0.key.hex), "form": .string($0.form.rawValue)]
            }
        )
        object["record_threshold"] = .number(JSONNumber(Int64(trust.authority.delegation.threshold)))
        object["indexes"] = .array(indexes.map { .object($0.json) })
        object["other_forms"] = .array(otherForms.map { .string($0) })
        object["unprotected"] = .array(protection.unprotected.map { .string($0) })
        object["next_steps"] = .array(nextSteps.map { .string($0) })
        return object
    }
}
