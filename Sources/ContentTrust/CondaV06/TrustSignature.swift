// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

import SigningKeys
import TrustCore

/// A signature under a key's name: raw Ed25519, or wrapped as OpenPGP wraps it. Unverified.
public struct TrustSignature: Sendable, Equatable {
    /// The name of the key that is said to have signed, as it was given.
    public let keyID: String
    /// The 64 bytes.
    public let value: [UInt8]
    /// What is hashed behind the message; nil for a raw signature.
    public let headers: OpenPGPHeaders?
    /// The fingerprint by which GnuPG knows the key, 40 digits; tells people, and decides nothing.
    public let seeAlso: String?

    /// Makes a signature.
    public init(keyID: String, value: [UInt8], headers: OpenPGPHeaders? = nil, seeAlso: String? = nil) {
        self.keyID = keyID
        self.value = value
        self.headers = headers
        self.seeAlso = seeAlso
    }

    /// Signs a message; wrapped if there are headers to hash behind it.
    ///
    /// - Throws: a `Refusal` with `content-trust.key-type`, a `Failure` if what the signer answers is not a signature by
    ///   its key, or what it throws.
    init(of message: [UInt8], by signer: any Signer, headers: OpenPGPHeaders?) async throws {
        let key = try TrustKey(signer.publicKey)
        let signed = headers?.digest(of: message) ?? message
        let value = try await signer.sign(signed)
        // A token that is broken, or a command that answers for another key, must not spoil the document.
        guard key.publicKey.isValid(signature: value, for: signed) else {
            throw Failure(
                .configuration,
                "the signer of key \(key) answered something that is no signature by it"
            )
        }
        self.init(keyID: key.hex, value: value, headers: headers)
    }

    /// Reads the value of one member of `signatures`: `signature`, and for the wrapped form `other_headers` and
    /// perhaps `see_also`; nothing else.
    ///
    /// - Throws: a `Refusal` with `json.shape`, `content-trust.signature-format` or
    ///   `content-trust.openpgp-headers`.
    init(_ fields: JSONFields, keyID: String) throws {
        if let other = fields.object.keys.first(where: { !Self.members.contains(ByteKey($0)) }) {
            throw Self.malformed(fields.subject, "`signature` and `other_headers` only", "`\(other)`")
        }
        let text = try fields.string("signature")
        guard let value = TrustKey.bytes(text, count: 64) else {
            throw Self.malformed(fields.subject, "128 lower-case hexadecimal digits", "`\(text)`")
        }
        let headers = try fields.optionalString("other_headers").map { text in
            guard text.utf8.count <= 2 * OpenPGPHeaders.maximumLength,
                let bytes = TrustKey.bytes(text, count: text.utf8.count / 2)
            else { throw Self.malformed(fields.subject, "lower-case hexadecimal digits", "`\(text)`") }
            return try OpenPGPHeaders(bytes, of: fields.subject)
        }
        let seeAlso = try fields.optionalString("see_also")
        guard seeAlso.map({ headers != nil && TrustKey.bytes($0, count: 20) != nil }) ?? true else {
            throw Self.malformed(
                fields.subject,
                "40 digits of a fingerprint beside `other_headers`",
                "others"
            )
        }
        self.init(keyID: keyID, value: value, headers: headers, seeAlso: seeAlso)
    }

    private static let members: Set<ByteKey> = [
        ByteKey("signature"), ByteKey("other_headers"), ByteKey("see_also"),
    ]

    var encoded: JSONValue {
        var object = JSONObject()
        object["other_headers"] = headers.map { .string(Hex.encode($0.bytes)) }
        object["see_also"] = seeAlso.map { .string($0) }
        object["signature"] = .string(Hex.encode(value))
        return .object(object)
    }

    /// The bytes that Ed25519 signed, if this is a signature of the message.
    public func signedBytes(of message: [UInt8]) -> [UInt8] { headers?.digest(of: message) ?? message }

    private static func malformed(_ subject: String, _ expected: String, _ found: String) -> Refusal {
        Refusal(ContentTrustCode.signatureFormat, subject, expected: expected, found: found)
    }
}

extension [TrustSignature] {
    /// The most signatures that are looked at under one document or record.
    static var maximumCount: Int { 1024 }

    /// Demands that enough keys of a delegation have signed metadata.
    ///
    /// - Parameter whom: whose keys they are, for messages.
    /// - Throws: a `Refusal` with `content-trust.signatures`.
    func demand(_ delegation: TrustDelegation, of whom: String, over message: [UInt8], subject: String) throws
        -> VerifiedThreshold
    {
        do {
            return try check(
                over: message,
                by: delegation.authorised(subject),
                threshold: delegation.threshold,
                subject: subject
            )
        } catch let refusal as Refusal {
            throw Refusal(
                ContentTrustCode.signatures,
                subject,
                expected: "\(refusal.expected ?? "enough signatures") of \(whom)",
                found: refusal.found,
                cause: refusal
            )
        }
    }

    /// Demands that enough keys have signed a message.
    ///
    /// - Throws: a `Refusal` with a `signature.…` code.
    func check(over message: [UInt8], by keys: AuthorisedKeys, threshold: Int, subject: String) throws
        -> VerifiedThreshold
    {
        try Threshold.check(tallied, keys: keys, threshold: threshold, subject: subject) {
            self[$0].signedBytes(of: message)
        }
    }

    /// Which keys have signed a message.
    ///
    /// - Throws: a `Refusal` with a `signature.…` code.
    func tally(over message: [UInt8], by keys: AuthorisedKeys, subject: String) throws -> SignatureTally {
        try Threshold.tally(tallied, keys: keys, subject: subject) { self[$0].signedBytes(of: message) }
    }

    private var tallied: [Signature] { map { Signature(keyID: $0.keyID, bytes: $0.value) } }

    /// Reads `{"<key>": {…}, …}`.
    ///
    /// - Parameter skip: Told which signature is not well-formed, and why; it may throw. What it lets pass is left out.
    init(_ fields: JSONFields, skip: (MalformedSignature) throws -> Void = { throw $0.reason }) throws {
        guard fields.object.count <= Self.maximumCount else {
            throw Refusal(
                CoreCode.tooLarge,
                fields.subject,
                expected: "at most \(Self.maximumCount) signatures",
                found: "\(fields.object.count)"
            )
        }
        self = []
        for key in fields.object.keys {
            do {
                append(try TrustSignature(fields.fields(key), keyID: key))
            } catch let refusal as Refusal {
                try skip(MalformedSignature(keyID: key, reason: refusal))
            }
        }
    }

    /// The signatures as an object, by key name.
    var encoded: JSONValue {
        var object = JSONObject()
        for signature in self { object[signature.keyID] = signature.encoded }
        return .object(object)
    }
}
