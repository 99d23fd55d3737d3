// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

public import SigningKeys
internal import TrustCore

extension CeremonyProposal {
    /// Which of the proposed roles a key has a say in: by the version in force, or by the proposed one.
    public func roles(signedBy key: PublicKey) -> [RoleName] {
        documents.filter { !$0.keyIDs(of: key).isEmpty }.map(\.role)
    }

    /// Signs everything in which the signer's key has a say.
    ///
    /// - Throws: a `Refusal` with `ceremony.stranger` if that is nothing, `ceremony.signature-invalid` if
    ///   the signer made no signature that verifies, or whatever the signer throws.
    public func signatures(by signer: any Signer) async throws -> CeremonySignatures {
        var entries: [CeremonySignatures.Entry] = []
        for document in documents {
            let ids = document.keyIDs(of: signer.publicKey)
            guard !ids.isEmpty else { continue }
            let bytes = try await signer.sign(document.envelope.signedBytes)
            // A token that is broken, or another one than it says, must not be found out at the other end.
            guard signer.publicKey.isValid(signature: bytes, for: document.envelope.signedBytes) else {
                throw Refusal(
                    CeremonyCode.signatureInvalid,
                    "\(document.role) version \(document.version)",
                    expected: "a signature by \(signer.publicKey)"
                )
            }
            entries += ids.map { id in
                CeremonySignatures.Entry(
                    role: document.role,
                    version: document.version,
                    digest: document.digest,
                    signature: Signature(keyID: id.text, bytes: bytes)
                )
            }
        }
        guard !entries.isEmpty else {
            throw Refusal(
                CeremonyCode.stranger,
                "\(signer.publicKey)",
                expected: "a key of root or targets, old or new"
            )
        }
        return CeremonySignatures(entries)
    }

    /// Takes signatures in: all of them, or none if one is refused. Those that are there already change
    /// nothing.
    ///
    /// - Returns: how many are new.
    /// - Throws: a `Refusal` with `ceremony.other-bytes`, `ceremony.stranger` or
    ///   `ceremony.signature-invalid`.
    @discardableResult
    public mutating func merge(_ signatures: CeremonySignatures) throws -> Int {
        var merged = self
        var count = 0
        for entry in signatures.entries where try merged.merge(entry) { count += 1 }
        self = merged
        return count
    }

    private mutating func merge(_ entry: CeremonySignatures.Entry) throws -> Bool {
        let subject = "signature of \(entry.role) version \(entry.version)"
        guard let document = documents.first(where: { $0.role == entry.role }) else {
            throw Refusal(
                CeremonyCode.otherBytes,
                subject,
                expected: "what is proposed",
                found: "another role"
            )
        }
        guard document.digest == entry.digest else {
            throw Refusal(
                CeremonyCode.otherBytes,
                subject,
                expected: document.digest.description,
                found: entry.digest.description
            )
        }
        let id = KeyID(entry.signature.keyID)
        let keys = document.keys(under: id)
        guard !keys.isEmpty else {
            throw Refusal(
                CeremonyCode.stranger,
                subject,
                expected: "a key of the old or the new `\(entry.role)`",
                found: "key id `\(id)`"
            )
        }
        guard keys.contains(where: { isValid(entry.signature, by: $0, over: document) }) else {
            throw Refusal(
                CeremonyCode.signatureInvalid,
                subject,
                found: "one that key id `\(id)` did not make"
            )
        }
        // One that is there and valid stays: schemes with random signatures would otherwise never come to rest.
        let present = document.envelope.signatures.first { KeyID($0.keyID) == id }
        if let present, keys.contains(where: { isValid(present, by: $0, over: document) }) { return false }
        add(entry.signature, to: entry.role)
        return true
    }

    private func isValid(_ signature: Signature, by key: PublicKey, over document: CeremonyDocument) -> Bool {
        key.isValid(signature: signature.bytes, for: document.envelope.signedBytes)
    }
}
