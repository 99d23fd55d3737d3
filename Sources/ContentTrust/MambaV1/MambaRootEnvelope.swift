// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

public import SigningKeys
public import TrustCore

/// A root of mamba's version 1 as it arrived: `{"signatures": [{"keyid": …, "sig": …}], "signed": {…}}`. Unverified.
public struct MambaRootEnvelope: Sendable {
    /// What it says.
    public let metadata: MambaRootMetadata
    /// The signed part, members that are not known included.
    public let signed: JSONObject
    /// What is signed: the signed part without white space, its keys in byte order, nothing escaped but what must be.
    public let signedBytes: [UInt8]
    /// The signatures, raw or wrapped.
    public private(set) var signatures: [TrustSignature]

    /// Makes a root that nobody has signed.
    public init(_ metadata: MambaRootMetadata) {
        self.metadata = metadata
        signed = metadata.encoded()
        signedBytes = MambaJSON.encode(.object(signed), indented: false)
        signatures = []
    }

    /// Reads a root.
    ///
    /// - Throws: a `Refusal` with a `json.…` code, `limit.too-large`, `content-trust.envelope`, or one of the
    ///   `content-trust.…` codes about a single file. A root of metadata 0.6.0 is refused, also a newer one: the
    ///   format that was pinned is the one to follow.
    public init(parsing bytes: [UInt8]) throws {
        let subject = MambaRootMetadata.subject
        let limits = JSONLimits(bytes: TrustEnvelope.maximumLength, depth: 16, values: 100_000)
        let fields = try JSONFields(JSONReader.read(bytes, of: subject, limits: limits), of: subject)
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
        if signed["_type"] == nil, let version = signed["metadata_spec_version"]?.string {
            throw Refusal(
                ContentTrustCode.specVersion,
                subject,
                expected: "mamba's version 1, which was pinned",
                found: "metadata `\(version)`"
            )
        }
        try Self.checkNumbers(.object(signed))
        metadata = try MambaRootMetadata(signed)
        signedBytes = MambaJSON.encode(.object(signed), indented: false)
        let items = try fields.array("signatures")
        guard items.count <= [TrustSignature].maximumCount else {
            throw Refusal(
                CoreCode.tooLarge,
                subject,
                expected: "at most \([TrustSignature].maximumCount) signatures",
                found: "\(items.count)"
            )
        }
        signatures = try items.map { try Self.signature(JSONFields($0, of: subject)) }
    }

    /// Signs with a key, wrapped or raw; mamba takes either.
    ///
    /// - Throws: a `Refusal` with `content-trust.key-type`, or what the signer throws.
    public mutating func sign(with signer: any Signer, wrappedAt now: Timestamp? = nil) async throws {
        let headers = now.map { OpenPGPHeaders(createdAt: $0) }
        let signature = try await TrustSignature(of: signedBytes, by: signer, headers: headers)
        signatures.removeAll { ByteKey.areEqual($0.keyID, signature.keyID) }
        signatures.append(signature)
    }

    /// The file, without white space.
    public func encoded() -> [UInt8] {
        let items = signatures.map { signature -> JSONValue in
            var object = JSONObject()
            object["keyid"] = .string(signature.keyID)
            object["other_headers"] = signature.headers.map { .string(Hex.encode($0.bytes)) }
            object["sig"] = .string(Hex.encode(signature.value))
            return .object(object)
        }
        return MambaJSON.encode(["signatures": .array(items), "signed": .object(signed)], indented: false)
    }

    /// Demands that enough keys of a role have signed.
    ///
    /// - Throws: a `Refusal` with `content-trust.signatures`.
    func verify(by delegation: TrustDelegation, of whom: String) throws -> VerifiedThreshold {
        try signatures.demand(
            delegation,
            of: whom,
            over: signedBytes,
            subject: MambaRootMetadata.subject
        )
    }

    private static func signature(_ fields: JSONFields) throws -> TrustSignature {
        var object = JSONObject()
        for member in fields.object.members where !ByteKey.areEqual(member.key, "keyid") {
            object[ByteKey.areEqual(member.key, "sig") ? "signature" : member.key] = member.value
        }
        return try TrustSignature(JSONFields(object, of: fields.subject), keyID: fields.string("keyid"))
    }

    /// Only integers are written everywhere as they were read.
    private static func checkNumbers(_ value: JSONValue) throws {
        switch value {
        case .number(let number) where number.integer == nil:
            throw Refusal(
                ContentTrustCode.number,
                MambaRootMetadata.subject,
                expected: "integers of 64 bits only",
                found: number.token
            )
        case .array(let elements): try elements.forEach { try checkNumbers($0) }
        case .object(let object): try object.members.forEach { try checkNumbers($0.value) }
        default: break
        }
    }
}
