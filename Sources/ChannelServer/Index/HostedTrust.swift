// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

internal import ContentTrust
internal import TrustCore

/// The conda content trust of a hosted channel, as its owner submitted it: roots and key manager's metadata that offline
/// keys signed elsewhere, verified from the first root down.
///
/// It is kept in the channel's settings. What is served follows with the index whose records are signed accordingly, in one
/// transaction, so that no client meets signatures by keys that the metadata do not name.
struct HostedTrust: Sendable {
    /// The member of a channel's settings.
    static let setting = "content_trust"
    /// How long a submission may be, and what is kept of all.
    static let maximumLength = 1 << 20

    let chain: TrustChain
    let keyManager: VerifiedKeyManager

    /// Reads what a channel's settings hold; nil where records are not signed. What has run out is read all the same.
    ///
    /// - Throws: `json.shape`, or a `content-trust.…` code.
    init?(_ settings: JSONObject) throws {
        guard let value = settings[Self.setting] else { return nil }
        let fields = try JSONFields(value, of: "the channel's content trust")
        let roots = try fields.strings("roots")
        guard let first = roots.first else {
            throw Refusal(ContentTrustCode.metadataMissing, TrustRole.root.fileName(version: 1))
        }
        var chain = try TrustChain(pinned: Array(first.utf8))
        for root in roots.dropFirst() { try chain.append(Array(root.utf8)) }
        self.chain = chain
        keyManager = try chain.keyManager(unsafelyIgnoringExpiry: Array(fields.string("key_mgr").utf8))
    }

    /// Goes on from what is in force to what an owner submits: newer roots, the metadata of the key manager, or both.
    ///
    /// Roots that are in force may be among those submitted, byte for byte. Without one in force the first must be version 1:
    /// whoever it is, users decide by pinning it.
    ///
    /// - Throws: a `content-trust.…` code, among them `root-version`, `signatures`, `expired`, `rollback`, `equivocation` and
    ///   `metadata-missing`; `json.shape`, or `limit.too-large`.
    init(submitted fields: JSONFields, after current: HostedTrust?, now: Timestamp) throws {
        var chain = current?.chain
        for text in try fields.optionalStrings("roots") ?? [] {
            let bytes = Array(text.utf8)
            guard let present = chain else {
                let first = try TrustChain(pinned: bytes)
                guard first.root.version == 1 else {
                    throw Refusal(
                        ContentTrustCode.rootVersion,
                        "root metadata",
                        expected: "version 1 first",
                        found: "version \(first.root.version)"
                    )
                }
                chain = first
                continue
            }
            if present.links.contains(where: { $0.bytes == bytes }) { continue }
            var longer = present
            try longer.append(bytes)
            chain = longer
        }
        guard let chain else {
            throw Refusal(ContentTrustCode.metadataMissing, TrustRole.root.fileName(version: 1))
        }
        let submitted = try fields.optionalString("key_mgr").map { Array($0.utf8) }
        let previous = try current.map { try chain.remembered(keyManager: $0.keyManager.bytes) }
        self.chain = chain
        keyManager = try chain.keyManager(submitted ?? current?.keyManager.bytes, after: previous, now: now)
        let length = files.reduce(0) { $0 + $1.bytes.count }
        guard length <= Self.maximumLength else {
            throw Refusal(
                CoreCode.tooLarge,
                "the metadata of content trust",
                expected: "at most \(Self.maximumLength) bytes in all",
                found: "\(length)"
            )
        }
    }

    /// The files at the top of the channel, with the names that conda and mamba ask for.
    var files: [(name: String, bytes: [UInt8])] {
        chain.links.map { (TrustRole.root.fileName(version: $0.version), $0.bytes) }
            + [(Self.keyManagerPath, keyManager.bytes)]
    }

    /// Where the key manager's metadata are.
    static let keyManagerPath = TrustRole.keyManager.fileName(version: 0)

    /// What the channel's settings keep.
    var settingsValue: JSONValue {
        [
            "roots": .array(chain.links.map { .string(String(decoding: $0.bytes, as: UTF8.self)) }),
            "key_mgr": .string(String(decoding: keyManager.bytes, as: UTF8.self)),
        ]
    }

    /// The keys that sign records, and how many of them must.
    var packageKeys: TrustDelegation { keyManager.packageKeys }

    /// The first moment at which clients refuse the channel.
    var expires: Timestamp { min(chain.root.metadata.expiration, keyManager.metadata.expiration) }

    /// How many days before its end a renewal by offline keys is due.
    static let dueDays = 30

    /// The roles that offline keys should sign soon, and until when what they signed is good.
    func due(now: Timestamp) -> [(role: String, expires: Timestamp)] {
        [chain.root.metadata, keyManager.metadata].compactMap { file in
            file.expiration <= now.advanced(byDays: Self.dueDays)
                ? (file.role.rawValue, file.expiration) : nil
        }
    }
}
