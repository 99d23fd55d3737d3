// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

import TrustCore

/// The one place where signatures are counted: for every role, format and log.
///
/// - Each key counts once, whatever number of ids it is listed under and however it is spelled.
/// - Two signatures under one key id are refused, even where enough others are valid.
/// - Signatures by unknown keys, wrong ones and empty ones are skipped: a ceremony that is not finished, or a
///   key that was rotated away, must not make good metadata bad.
/// - A threshold below one is refused.
///
/// (TUF specification 1.0.34, sections 2.1, 4.2 and 5; TAP 12; GHSA-pwqf-9h7j-7mv8, CVE-2020-15093,
/// GHSA-r7vq-6425-j94w, GHSA-3633-5h82-39pq, CVE-2026-6966, CVE-2026-23992.)
public enum Threshold {
    /// Demands that enough of the authorised keys have signed the message.
    ///
    /// - Parameters:
    ///   - signatures: What came with the message.
    ///   - message: The signed bytes.
    ///   - keys: The keys that are authorised, under the ids by which signatures name them. The same id may
    ///     be listed again with the same key.
    ///   - threshold: How many different keys must have signed.
    ///   - subject: What was signed, for messages, such as `root metadata`.
    /// - Throws: a refusal with `signature.threshold-invalid`, `signature.missing`,
    ///   `signature.duplicate-key-id`, `signature.ambiguous-key-id` or `signature.threshold-not-met`.
    @discardableResult
    public static func check(
        _ signatures: [Signature],
        over message: [UInt8],
        keys: [(keyID: String, key: PublicKey)],
        threshold: Int,
        subject: String
    ) throws -> VerifiedThreshold {
        // A threshold that cannot be is refused before keys are looked at.
        try refuseBelowOne(threshold, subject: subject)
        return try check(
            signatures,
            keys: AuthorisedKeys(keys, subject: subject),
            threshold: threshold,
            subject: subject
        ) { _ in message }
    }

    /// The same with keys that were made ready before, and for formats in which a signature is over bytes of its own,
    /// such as OpenPGP's, which end in what the signer's program says of itself.
    ///
    /// - Parameter message: The bytes that the signature at a position must be over: all of one message. Asked only for
    ///   signatures under the id of an authorised key, since making them may cost something.
    /// - Throws: as ``check(_:over:keys:threshold:subject:)``, except `signature.ambiguous-key-id`.
    @discardableResult
    package static func check(
        _ signatures: [Signature],
        keys: AuthorisedKeys,
        threshold: Int,
        subject: String,
        message: (Int) -> [UInt8]
    ) throws -> VerifiedThreshold {
        try refuseBelowOne(threshold, subject: subject)
        let tally = try tally(signatures, keys: keys, subject: subject, message: message)
        guard !signatures.isEmpty else {
            throw Refusal(KeyCode.signatureMissing, subject, expected: tally.demand(threshold), found: "none")
        }
        let keyIDs = tally.keyIDs
        guard keyIDs.count >= threshold else {
            throw Refusal(
                KeyCode.thresholdNotMet,
                subject,
                expected: tally.demand(threshold),
                found: tally.description
            )
        }
        return VerifiedThreshold(keyIDs: keyIDs, threshold: threshold)
    }

    /// Counts without demanding a number: what has been signed so far, and by whom.
    ///
    /// - Throws: a refusal with `signature.duplicate-key-id` or `signature.ambiguous-key-id`.
    public static func tally(
        _ signatures: [Signature],
        over message: [UInt8],
        keys: [(keyID: String, key: PublicKey)],
        subject: String
    ) throws -> SignatureTally {
        try tally(signatures, keys: AuthorisedKeys(keys, subject: subject), subject: subject) { _ in message }
    }

    /// The same for formats in which a signature is over bytes of its own.
    ///
    /// - Throws: a refusal with `signature.duplicate-key-id`.
    package static func tally(
        _ signatures: [Signature],
        keys authorised: AuthorisedKeys,
        subject: String,
        message: (Int) -> [UInt8]
    ) throws -> SignatureTally {
        try refuseDuplicates(signatures, subject: subject)
        var counted: [PublicKey: String] = [:]
        let entries = signatures.enumerated().map { at, signature -> SignatureTally.Entry in
            let outcome: SignatureTally.Outcome
            if let key = authorised[signature.keyID] {
                if signature.bytes.isEmpty {
                    outcome = .empty
                } else if !key.isValid(signature: signature.bytes, for: message(at)) {
                    outcome = .wrong
                } else if let other = counted[key] {
                    outcome = .sameKey(as: other)
                } else {
                    counted[key] = signature.keyID
                    outcome = .counted
                }
            } else {
                outcome = .unknownKey
            }
            return SignatureTally.Entry(keyID: signature.keyID, outcome: outcome)
        }
        return SignatureTally(entries: entries, authorisedKeyCount: authorised.count)
    }

    private static func refuseBelowOne(_ threshold: Int, subject: String) throws {
        guard threshold >= 1 else {
            throw Refusal(
                KeyCode.thresholdInvalid,
                subject,
                expected: "a threshold of at least 1",
                found: "\(threshold)"
            )
        }
    }

    private static func refuseDuplicates(_ signatures: [Signature], subject: String) throws {
        guard signatures.count > 1 else { return }
        var seen: Set<ByteKey> = []
        for signature in signatures where !seen.insert(ByteKey(signature.keyID)).inserted {
            throw Refusal(
                KeyCode.duplicateKeyID,
                subject,
                expected: "one signature for each key id",
                found: "two for `\(Printable.text(signature.keyID))`"
            )
        }
    }
}

/// Evidence that enough of the authorised keys have signed; only ``Threshold`` makes it.
public struct VerifiedThreshold: Sendable {
    /// The ids of the keys that counted, in the order of the signatures: `threshold` of them or more.
    public let keyIDs: [String]
    /// How many were demanded.
    public let threshold: Int

    init(keyIDs: [String], threshold: Int) {
        self.keyIDs = keyIDs
        self.threshold = threshold
    }
}
