// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

import TrustCore

/// An attestation of a Python distribution, as package indexes serve them (PEP 740): a bundle in another
/// form.
public struct PEP740Attestation: Sendable {
    /// The same as a bundle of version 0.3.
    public let bundle: Bundle

    private typealias Fields = ProtobufFields<BundleCode>

    /// Reads an attestation object, version 1.
    ///
    /// - Throws: `attestation.pep740-version`, or as ``Bundle``.
    public init(parsing bytes: [UInt8], of subject: String = "the attestation") throws {
        let value = try JSONReader.read(bytes, of: subject, limits: BundleLimits.json)
        try self.init(Fields(value, of: subject))
    }

    /// Reads all attestations of a provenance object, version 1: what an index's Integrity API answers. Whom
    /// the index takes for the publisher is its own word, and not read.
    public static func all(
        inProvenance bytes: [UInt8],
        of subject: String = "the provenance"
    ) throws -> [PEP740Attestation] {
        let value = try JSONReader.read(bytes, of: subject, limits: BundleLimits.json)
        let fields = try Fields(value, of: subject)
        try checkVersion(fields)
        let all = try fields.fieldsList("attestation_bundles", atMost: BundleLimits.logEntries)
            .flatMap { try $0.fieldsList("attestations", atMost: BundleLimits.logEntries) }
        return try all.map(PEP740Attestation.init)
    }

    private init(_ fields: Fields) throws {
        try Self.checkVersion(fields)
        try fields.check(["version", "verification_material", "envelope"])
        let material = try fields.requiredFields("verification_material")
        try material.check(["certificate", "transparency_entries"])
        let envelope = try fields.requiredFields("envelope")
        try envelope.check(["statement", "signature"])
        bundle = Bundle(
            version: .v03,
            material: .certificate(
                try material.requiredBytes("certificate", atMost: BundleLimits.certificate),
                others: []
            ),
            content: .envelope(
                Bundle.Envelope(
                    payload: try envelope.requiredBytes("statement"),
                    payloadType: Statement.payloadType,
                    signature: try envelope.requiredBytes("signature")
                )
            ),
            logEntries: try LogEntry.list(material, "transparency_entries", in: .v03),
            timestamps: []
        )
    }

    private static func checkVersion(_ fields: Fields) throws {
        let version = try fields.integer("version")
        guard version == 1 else {
            throw fields.refusal(
                AttestationCode.pep740Version,
                "version",
                expected: "1",
                found: "\(version)"
            )
        }
    }
}
