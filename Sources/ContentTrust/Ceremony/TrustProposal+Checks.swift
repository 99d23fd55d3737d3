// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

import SigningKeys
public import TrustCore

extension TrustProposal {
    /// Refuses what no authority should sign, whoever proposed it; also what clients would refuse once it is signed, so
    /// that no ceremony is held for nothing.
    ///
    /// Whether the change is wanted is for people to say, see ``TrustWords``.
    /// - Throws: a `Refusal` with `trust-ceremony.no-change`, `trust-ceremony.file-format`,
    ///   `trust-ceremony.version`, `trust-ceremony.timestamp`, `trust-ceremony.expiry-past`,
    ///   `trust-ceremony.root-expired`, `trust-ceremony.threshold`, `trust-ceremony.key-unknown`,
    ///   `trust-ceremony.form-widened`, `trust-ceremony.key-manager-unsigned`, `content-trust.future`,
    ///   `content-trust.shared-key` or `limit.too-large`.
    public func check(now: Timestamp) throws {
        guard root != nil || keyManager != nil else {
            throw Refusal(TrustCeremonyCode.noChange, Self.subject)
        }
        guard chain != nil || (root != nil && keyManager != nil) else {
            throw Refusal(
                TrustCeremonyCode.fileFormat,
                Self.subject,
                expected: "a first root, and a key manager's first metadata"
            )
        }
        if let root { try Self.check(root.metadata, follows: chain?.root.metadata, now) }
        if let keyManager {
            try Self.check(keyManager.metadata, follows: keyManagerInForce?.metadata, now)
            try checkForms(keyManager.metadata)
            try checkRootStaysGood(now: now)
        }
        for document in documents { try document.checkSize() }
        if let nextRoot {
            try (keyManager?.metadata ?? keyManagerInForce?.metadata)?.checkApart(from: nextRoot)
        }
        try checkKeyManagerStaysGood(now: now)
    }

    private static func check(_ new: TrustMetadata, follows old: TrustMetadata?, _ now: Timestamp) throws {
        let subject = TrustMetadata.subject(new.role)
        let next = (old?.version ?? 0) + 1
        guard new.version == next else {
            throw Refusal(
                TrustCeremonyCode.version,
                subject,
                expected: "version \(next)",
                found: new.version.map { "version \($0)" } ?? "none"
            )
        }
        if let before = old?.timestamp, (new.timestamp ?? before) <= before {
            throw Refusal(
                TrustCeremonyCode.timestamp,
                subject,
                expected: "a date after \(before)",
                found: new.timestamp?.description ?? "none"
            )
        }
        // The next version must be dated later still: one from the future would be the last.
        try new.checkMade(by: now)
        guard new.expiration > now else {
            throw Refusal(
                TrustCeremonyCode.expiryPast,
                subject,
                expected: "an expiry after \(now)",
                found: "\(new.expiration)"
            )
        }
    }

    private static func check(_ keys: [TrustKey], _ delegation: TrustDelegation, of role: String) throws {
        guard delegation.threshold <= keys.count else {
            throw Refusal(
                TrustCeremonyCode.threshold,
                "role `\(role)`",
                expected: "a threshold of at most \(keys.count)",
                found: "\(delegation.threshold)"
            )
        }
    }

    /// Keys of one form alone must be able to meet the threshold, for clients look at one form each. A key that signs
    /// mamba's form must not become one that signs in full.
    ///
    /// That is compared with the version in force only: nobody here knows those before. A key that was taken away after
    /// it had signed mamba's form must never come back as one for whole records, and no program can see that it does.
    private func checkForms(_ new: TrustMetadata) throws {
        guard let delegation = new.delegations[.packageManager] else { return }
        for form in RecordForm.allCases {
            let keys = delegation.keys.filter { new.form(of: $0) == form }
            guard !keys.isEmpty else { continue }
            try Self.check(keys, delegation, of: "pkg_mgr, form \(form.rawValue)")
        }
        guard let old = keyManagerInForce?.metadata else { return }
        let wider = delegation.keys.first { old.form(of: $0) == .mamba && new.form(of: $0) == .full }
        if let wider { throw Refusal(TrustCeremonyCode.formWidened, "role `pkg_mgr`", found: "\(wider)") }
    }

    /// The key manager's metadata cannot come alone where the root has expired.
    private func checkRootStaysGood(now: Timestamp) throws {
        guard root == nil, let inForce = chain?.root.metadata, inForce.expiration <= now else { return }
        throw Refusal(
            TrustCeremonyCode.rootExpired,
            TrustMetadata.subject(.root),
            expected: "a new root too",
            found: "version \(inForce.version ?? 0), which expired on \(inForce.expiration)"
        )
    }

    /// A root that takes the key managers' power away must come with metadata that the new ones sign; and
    /// none can come alone where the key manager's metadata has expired.
    private func checkKeyManagerStaysGood(now: Timestamp) throws {
        guard let root, keyManager == nil, let inForce = keyManagerInForce,
            let delegation = root.metadata.delegations[.keyManager]
        else { return }
        guard inForce.metadata.expiration > now else {
            throw Refusal(
                TrustCeremonyCode.expiryPast,
                TrustMetadata.subject(.keyManager),
                expected: "new metadata of the key manager too",
                found: "\(inForce.metadata.expiration)"
            )
        }
        do {
            let envelope = try TrustEnvelope(parsing: inForce.bytes, as: .keyManager)
            _ = try envelope.verify(by: delegation, of: "the proposed root")
        } catch let cause as Refusal {
            throw Refusal(
                TrustCeremonyCode.keyManagerUnsigned,
                "root version \(root.metadata.version ?? 0)",
                expected: cause.expected,
                found: cause.found,
                cause: cause
            )
        }
    }
}

extension TrustDocument {
    /// The longest signature that signers are known to write, with its key and what stands around it: GnuPG's.
    private static let signatureLength = 512

    /// Refuses a document that nobody would read once enough keys have signed it.
    ///
    /// - Throws: a `Refusal` with `limit.too-large`.
    fileprivate func checkSize() throws {
        let bytes = try envelope.encoded()
        let length = bytes.count + Self.signatureLength * authorities.map(\.delegation.threshold).reduce(0, +)
        guard length <= TrustEnvelope.maximumLength else {
            throw Refusal(
                CoreCode.tooLarge,
                TrustMetadata.subject(role),
                expected: "at most \(TrustEnvelope.maximumLength) bytes, signatures included",
                found: "\(length)"
            )
        }
        // A proposal is read by wider limits, of depth for one.
        _ = try TrustEnvelope(parsing: bytes, as: role)
    }
}

extension TrustMetadata {
    /// What a package manager's key signs of a record.
    func form(of key: TrustKey) -> RecordForm { recordForms[key] ?? .full }
}
