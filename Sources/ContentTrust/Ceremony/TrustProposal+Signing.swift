// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

public import SigningKeys
public import TrustCore

extension TrustProposal {
    /// Which of the proposed roles a key has a say in: by the root in force, or by the proposed one.
    public func roles(signedBy key: PublicKey) -> [TrustRole] {
        guard let key = try? TrustKey(key) else { return [] }
        return documents.filter { $0.key(key.hex) != nil }.map(\.role)
    }

    /// Signs everything in which the signer's key has a say, in the form that conda demands of each role.
    ///
    /// - Throws: a `Refusal` with `trust-ceremony.stranger` if that is nothing,
    ///   `trust-ceremony.signature-invalid` if the signer made no signature that verifies, or whatever the
    ///   signer throws.
    public func signatures(by signer: any Signer, now: Timestamp) async throws -> TrustCeremonySignatures {
        var entries: [TrustCeremonySignatures.Entry] = []
        let roles = roles(signedBy: signer.publicKey)
        for document in documents where roles.contains(document.role) {
            var envelope = document.envelope.keeping { _ in false }
            try await envelope.sign(with: signer, now: now)
            for signature in envelope.signatures { entries.append(try document.entry(signature)) }
        }
        guard !entries.isEmpty else { throw Self.stranger("\(signer.publicKey)") }
        return TrustCeremonySignatures(entries)
    }

    /// What GnuPG has signed of the proposed root: ``root``'s signed bytes.
    ///
    /// - Parameters:
    ///   - packet: the detached signature.
    ///   - fingerprint: by which GnuPG knows the key, 20 bytes; goes into `see_also`, for people.
    /// - Throws: a `Refusal` with `trust-ceremony.stranger`, `trust-ceremony.signature-invalid`, or what is
    ///   wrong with the packet.
    public func signatures(
        openPGP packet: [UInt8],
        by key: PublicKey,
        fingerprint: [UInt8]
    ) throws -> TrustCeremonySignatures {
        guard roles(signedBy: key).contains(.root),
            let document = documents.first(where: { $0.role == .root })
        else { throw Self.stranger("\(key)") }
        let signature = try OpenPGPSignaturePacket(packet)
        let entry = try document.entry(
            TrustSignature(
                keyID: TrustKey(key).hex,
                value: signature.value,
                headers: signature.headers,
                seeAlso: Hex.encode(fingerprint)
            )
        )
        return TrustCeremonySignatures([entry])
    }

    /// Takes signatures in: all of them, or none if one is refused. Those that are there already change
    /// nothing.
    ///
    /// - Returns: how many are new.
    /// - Throws: a `Refusal` with `trust-ceremony.other-bytes`, `trust-ceremony.stranger`,
    ///   `trust-ceremony.signature-form` or `trust-ceremony.signature-invalid`.
    @discardableResult
    public mutating func merge(_ signatures: TrustCeremonySignatures) throws -> Int {
        var merged = self
        var count = 0
        for entry in signatures.entries where try merged.merge(entry) { count += 1 }
        self = merged
        return count
    }

    private mutating func merge(_ entry: TrustCeremonySignatures.Entry) throws -> Bool {
        let document = documents.first { $0.role == entry.role }
        guard let document, document.digest == entry.digest else {
            throw Refusal(
                TrustCeremonyCode.otherBytes,
                "signature of \(entry.role.rawValue) version \(entry.version)",
                expected: document?.digest.description ?? "what is proposed",
                found: document == nil ? "another role" : entry.digest.description
            )
        }
        _ = try document.entry(entry.signature)
        let name = entry.signature.keyID
        // One that is there and valid stays: a wrapped signature has a date, and would never come to rest.
        let present = document.envelope.signatures.first { ByteKey.areEqual($0.keyID, name) }
        if let present, document.counts(present) { return false }
        add(entry.signature, to: entry.role)
        return true
    }

    static func stranger(_ key: String) -> Refusal {
        Refusal(
            TrustCeremonyCode.stranger,
            key,
            expected: "a key of `root` or `key_mgr`, old or new"
        )
    }
}

extension TrustDocument {
    /// A signature as it travels, verified.
    ///
    /// - Throws: a `Refusal` with `trust-ceremony.stranger`, `trust-ceremony.signature-form` or
    ///   `trust-ceremony.signature-invalid`.
    func entry(_ signature: TrustSignature) throws -> TrustCeremonySignatures.Entry {
        let subject = "signature of \(role.rawValue) version \(version)"
        guard key(signature.keyID) != nil else {
            throw Refusal(
                TrustCeremonyCode.stranger,
                subject,
                expected: "a key of the old or the new `\(role.rawValue)`",
                found: "`\(signature.keyID)`"
            )
        }
        guard isInForm(signature) else {
            throw Refusal(
                TrustCeremonyCode.signatureForm,
                subject,
                expected: role == .root ? "one with OpenPGP headers" : "a bare one",
                found: role == .root ? "a bare one" : "one with OpenPGP headers"
            )
        }
        guard counts(signature) else {
            throw Refusal(
                TrustCeremonyCode.signatureInvalid,
                subject,
                found: "one that `\(signature.keyID)` did not make"
            )
        }
        return TrustCeremonySignatures.Entry(
            role: role,
            version: version,
            digest: digest,
            signature: signature
        )
    }
}
