// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

public import SigningKeys
import TrustCore

/// Who may sign records: what a key manager's verified metadata says, and the one way to verify a record by it.
public struct RecordAuthority: Sendable {
    /// All keys that sign records, in whichever form, and how many of them must.
    public let delegation: TrustDelegation
    /// The form in which each key signs.
    public let forms: [TrustKey: RecordForm]

    /// Takes what a key manager says.
    public init(_ keyManager: VerifiedKeyManager) {
        delegation = keyManager.packageKeys
        forms = Dictionary(delegation.keys.map { ($0, keyManager.form(of: $0)) }) { first, _ in first }
        let full = delegation.keys.filter { keyManager.form(of: $0) == .full }
        counted = try? AuthorisedKeys(full.map { ($0.hex, $0.publicKey) }, subject: "records")
    }

    /// Nil could only be if two keys had one name, which is the key itself; then nothing would verify.
    private let counted: AuthorisedKeys?

    /// Demands that enough keys have signed a record in full.
    ///
    /// Keys that sign in mamba's form count for nothing: whatever that form leaves out, anybody can take away from a
    /// record or add to it.
    ///
    /// - Parameters:
    ///   - record: the record as Python writes it, see ``PythonJSON``.
    ///   - signatures: what the index gives for its file name. Wrapped signatures do not count here.
    ///   - name: the file name, for messages. That the record is of that file is not checked here.
    /// - Throws: a `Refusal` with `content-trust.record-unsigned`, `content-trust.record-form` or
    ///   `content-trust.record-signature`.
    public func verify(_ record: [UInt8], _ signatures: [TrustSignature], of name: String) throws
        -> VerifiedThreshold
    {
        guard let counted, counted.count > 0 else {
            throw Refusal(
                ContentTrustCode.recordForm,
                name,
                expected: "a key that signs records in full",
                found: "keys for mamba's form only"
            )
        }
        // What is wrapped is no record's signature.
        let signatures = signatures.filter { $0.headers == nil }
        guard !signatures.isEmpty else { throw Refusal(ContentTrustCode.recordUnsigned, name, found: "none") }
        do {
            return try signatures.check(
                over: record,
                by: counted,
                threshold: delegation.threshold,
                subject: name
            )
        } catch let refusal as Refusal {
            throw Refusal(
                ContentTrustCode.recordSignature,
                name,
                expected: refusal.expected,
                found: refusal.found,
                cause: refusal
            )
        }
    }
}
