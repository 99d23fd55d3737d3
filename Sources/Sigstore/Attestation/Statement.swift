// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

import SigningKeys
public import TrustCore

/// What an attestation says, in the form of in-toto, version 1: something of a named type about files.
///
/// It is well-formed. Whoever reads it from an envelope has verified that envelope, or knows nothing.
public struct Statement: Sendable {
    /// The type of payload that statements are signed as.
    public static let payloadType = "application/vnd.in-toto+json"
    /// What `_type` must be.
    public static let type = "https://in-toto.io/Statement/v1"

    /// A file that the statement is about.
    public struct Subject: Sendable {
        /// A digest, as it was written: of any algorithm, in any form.
        public struct Digest: Sendable {
            /// The name of the algorithm.
            public let algorithm: String
            /// The digest.
            public let value: String
        }

        /// What the file is called, if that is said.
        public let name: String?
        /// Its digests, in the order they were written.
        public let digests: [Digest]

        /// The file's digest by an algorithm; nil if there is none, or it is not lower-case hexadecimal text
        /// of the right length.
        public func digest(_ algorithm: DigestAlgorithm) -> TrustCore.Digest? {
            guard let own = digests.first(where: { ByteKey.areEqual($0.algorithm, algorithm.rawValue) }),
                let digest = TrustCore.Digest(algorithm, hex: own.value),
                ByteKey.areEqual(digest.hex, own.value)
            else { return nil }
            return digest
        }
    }

    /// What it is about.
    public let subjects: [Subject]
    /// What is said.
    public let predicateType: String
    /// What is said in particular; nil if nothing, which null is too.
    public let predicate: JSONValue?

    /// Reads a statement. Fields that are not known are skipped, as in-toto demands.
    ///
    /// - Throws: `attestation.statement-type`, `attestation.limit`, or a `json.…` code.
    public init(parsing payload: [UInt8], of subject: String = "the statement") throws {
        let value = try JSONReader.read(payload, of: subject, limits: BundleLimits.statement)
        let fields = try JSONFields(value, of: subject)
        let type = try fields.string("_type")
        guard ByteKey.areEqual(type, Self.type) else {
            throw Refusal(
                AttestationCode.statementType,
                subject,
                at: "field `_type`",
                expected: "`\(Self.type)`",
                found: "`\(Printable.text(type))`"
            )
        }
        predicateType = try fields.string("predicateType")
        predicate = fields.optional("predicate")
        let list = try fields.array("subject")
        try Self.check(list.count, atMost: BundleLimits.subjects, "subjects", subject)
        subjects = try list.map { try Subject(JSONFields($0, of: subject)) }
    }

    /// Reads the statement in an envelope. The envelope's signature is not verified here.
    ///
    /// - Throws: `attestation.payload-type`, or as the other initialiser.
    public init(in envelope: Bundle.Envelope, of subject: String = "the statement") throws {
        guard ByteKey.areEqual(envelope.payloadType, Self.payloadType) else {
            throw Refusal(
                AttestationCode.payloadType,
                subject,
                expected: "`\(Self.payloadType)`",
                found: "`\(Printable.text(envelope.payloadType))`"
            )
        }
        try self.init(parsing: envelope.payload, of: subject)
    }

    static func check(_ count: Int, atMost limit: Int, _ what: String, _ subject: String) throws {
        guard count <= limit else {
            throw Refusal(
                AttestationCode.limit,
                subject,
                expected: "at most \(limit) \(what)",
                found: "\(count)"
            )
        }
    }
}

extension Statement.Subject {
    fileprivate init(_ fields: JSONFields) throws {
        name = try fields.optionalString("name")
        let members = try fields.optionalFields("digest")?.object.members ?? []
        try Statement.check(members.count, atMost: BundleLimits.digests, "digests", fields.subject)
        digests = try members.map { member in
            guard let text = member.value.string else {
                throw fields.wrong("digest", "strings only", found: member.value.typeName)
            }
            return Digest(algorithm: member.key, value: text)
        }
    }
}
