// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

public import SigningKeys
public import TrustCore

/// A signed document of conda content trust as it arrived: `{"signatures": {…}, "signed": {…}}`. Unverified.
///
/// A signature that is not well-formed counts for nothing, as with other clients: a root with one that GnuPG wrote a
/// digit short must not end the chain. It is told in ``malformed``, and as the cause of the refusal where signatures
/// are missing.
public struct TrustEnvelope: Sendable {
    /// What it says.
    public let metadata: TrustMetadata
    /// The signed part, members that are not known included.
    public let signed: JSONObject
    /// What is signed: the signed part as Python writes it.
    public let signedBytes: [UInt8]
    /// The signatures.
    public private(set) var signatures: [TrustSignature]
    /// Those that could not be read.
    public private(set) var malformed: [MalformedSignature] = []

    /// The longest document.
    public static let maximumLength = 512_000

    /// Makes a document that nobody has signed.
    public init(_ metadata: TrustMetadata) throws {
        self.metadata = metadata
        signed = metadata.encoded()
        signedBytes = try PythonJSON.encode(.object(signed), of: TrustMetadata.subject(metadata.role))
        signatures = []
    }

    /// Reads a document.
    ///
    /// - Throws: a `Refusal` with a `json.…` code, `limit.too-large`, `content-trust.envelope`, or one of the
    ///   `content-trust.…` codes about a single file.
    public init(parsing bytes: [UInt8], as role: TrustRole) throws {
        let subject = TrustMetadata.subject(role)
        let limits = JSONLimits(bytes: Self.maximumLength, depth: 8, values: 20_000)
        try self.init(JSONReader.read(bytes, of: subject, limits: limits), as: role)
    }

    /// Reads a document out of a JSON value.
    init(_ value: JSONValue, as role: TrustRole) throws {
        let subject = TrustMetadata.subject(role)
        let fields = try JSONFields(value, of: subject)
        guard fields.object.count == 2, fields.optional("signatures") != nil, fields.optional("signed") != nil
        else {
            throw Refusal(
                ContentTrustCode.envelope,
                subject,
                expected: "`signatures` and `signed` only",
                found: fields.object.keys.joined(separator: ", ")
            )
        }
        signed = try fields.fields("signed").object
        metadata = try TrustMetadata(signed, as: role)
        signedBytes = try PythonJSON.encode(.object(signed), of: subject)
        var malformed: [MalformedSignature] = []
        signatures = try [TrustSignature](fields.fields("signatures")) { malformed.append($0) }
        self.malformed = malformed
    }

    /// Puts a signature in, in place of one by the same key.
    public mutating func add(_ signature: TrustSignature) {
        signatures.removeAll { ByteKey.areEqual($0.keyID, signature.keyID) }
        signatures.append(signature)
    }

    /// Signs with a key, in the form that conda demands: wrapped for a root, raw for all else.
    ///
    /// - Throws: a `Refusal` with `content-trust.key-type`, or what the signer throws.
    public mutating func sign(with signer: any Signer, now: Timestamp) async throws {
        let headers = metadata.role == .root ? OpenPGPHeaders(createdAt: now) : nil
        add(try await TrustSignature(of: signedBytes, by: signer, headers: headers))
    }

    /// The file, as other tools write it: the whole document in the form that is signed, no newline at the end.
    public func encoded() throws -> [UInt8] {
        try PythonJSON.encode(json, of: TrustMetadata.subject(metadata.role))
    }

    /// The whole document.
    var json: JSONValue { ["signatures": signatures.encoded, "signed": .object(signed)] }

    /// The same document with some of the signatures only.
    func keeping(_ isWanted: (TrustSignature) -> Bool) -> TrustEnvelope {
        var kept = self
        kept.signatures = signatures.filter(isWanted)
        return kept
    }

    /// Which keys of a delegation have signed so far.
    ///
    /// - Throws: a `Refusal` with a `signature.…` code.
    public func tally(by delegation: TrustDelegation) throws -> SignatureTally {
        let subject = TrustMetadata.subject(metadata.role)
        return try signatures.tally(over: signedBytes, by: delegation.authorised(subject), subject: subject)
    }

    /// Demands that enough keys of a delegation have signed.
    ///
    /// - Throws: a `Refusal` with `content-trust.signatures`; its cause is what is wrong with the signature of one of
    ///   these keys, if that could not be read.
    func verify(by delegation: TrustDelegation, of whom: String) throws -> VerifiedThreshold {
        do {
            return try signatures.demand(
                delegation,
                of: whom,
                over: signedBytes,
                subject: TrustMetadata.subject(metadata.role)
            )
        } catch let refusal as Refusal {
            // What stands under other names, anybody can have put there.
            let own = malformed.first { entry in
                delegation.keys.contains { ByteKey.areEqual($0.hex, entry.keyID) }
            }
            guard let own else { throw refusal }
            throw Refusal(
                ContentTrustCode.signatures,
                refusal.subject,
                expected: refusal.expected,
                found: refusal.found,
                cause: own.reason
            )
        }
    }
}
