// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

import SigningKeys
import TrustCore

extension TrustedRoot {
    private typealias Fields = ProtobufFields<TrustRootCode>

    /// The media types of trust roots. They all have the same fields, or fewer.
    private static let mediaTypes = [
        "application/vnd.dev.sigstore.trustedroot+json;version=0.1",
        "application/vnd.dev.sigstore.trustedroot.v0.1+json",
        "application/vnd.dev.sigstore.trustedroot.v0.2+json",
    ]

    /// Reads a trust root in JSON (`trusted_root.json`).
    ///
    /// Fields that are not known are skipped: the file is trusted already, and its format has grown within a
    /// version. A log whose key is of an algorithm, or whose tree is of a hash function, that is not known is
    /// set aside (``TrustedRoot/setAside``) and the rest is used: what only that log could show is then not
    /// shown. A key that is damaged makes the whole file bad. Certificates are not read here.
    ///
    /// - Throws: a `Refusal` with a `trust-root.…` or `json.…` code, or `limit.too-large`.
    public init(parsing bytes: [UInt8], of subject: String = "the trust root") throws {
        let fields = try Fields(
            JSONReader.read(bytes, of: subject, limits: BundleLimits.json),
            of: subject
        )
        try fields.checkMediaType(Self.mediaTypes)
        let logs = try Self.logs(fields, "tlogs")
        let certificateLogs = try Self.logs(fields, "ctlogs")
        guard !logs.used.isEmpty else {
            throw fields.refusal(
                TrustRootCode.noLogs,
                "tlogs",
                found: logs.setAside.isEmpty ? "none" : "none that is understood"
            )
        }
        self.init(
            transparencyLogs: logs.used,
            certificateAuthorities: try Self.authorities(fields, "certificateAuthorities"),
            certificateLogs: certificateLogs.used,
            timestampAuthorities: try Self.authorities(fields, "timestampAuthorities"),
            setAside: logs.setAside + certificateLogs.setAside
        )
    }

    private static func logs(_ fields: Fields, _ key: String) throws -> (used: [Log], setAside: [SetAside]) {
        var used: [Log] = []
        var setAside: [SetAside] = []
        for fields in try fields.fieldsList(key, atMost: BundleLimits.instances) {
            let key = try fields.requiredFields("publicKey")
            let validFor = try key.validity("validFor")
            let baseURL = try fields.string("baseUrl") ?? ""
            let details = try key.string("keyDetails") ?? ""
            let hash = try fields.string("hashAlgorithm") ?? ""
            guard let algorithm = algorithm(details), ByteKey.areEqual(hash, "SHA2_256") else {
                let reason =
                    ByteKey.areEqual(hash, "SHA2_256")
                    ? "key of algorithm `\(Printable.text(details))`"
                    : "tree of hash function `\(Printable.text(hash))`"
                setAside.append(SetAside(baseURL: baseURL, reason: reason))
                continue
            }
            used.append(
                Log(
                    baseURL: baseURL,
                    key: try verificationKey(key, algorithm),
                    validFor: validFor,
                    logID: try logID(fields, "logId")
                        ?? { throw fields.refusal(TrustRootCode.logID, "logId") }(),
                    checkpointKeyID: try logID(fields, "checkpointKeyId"),
                    operatorName: try fields.string("operator")
                )
            )
        }
        return (used, setAside)
    }

    private static func algorithm(_ name: String) -> SignatureAlgorithm? {
        SignatureAlgorithm.allCases.first { ByteKey.areEqual($0.rawValue, name) }
    }

    private static func verificationKey(_ fields: Fields, _ algorithm: SignatureAlgorithm) throws
        -> VerificationKey
    {
        let bytes = try fields.requiredBytes("rawBytes", atMost: BundleLimits.certificate)
        do {
            return try VerificationKey(subjectPublicKeyInfo: bytes, algorithm: algorithm)
        } catch let refusal as Refusal {
            throw Refusal(
                TrustRootCode.key,
                fields.subject,
                at: "field `\(fields.path).rawBytes`",
                expected: refusal.expected ?? "a key for `\(algorithm.rawValue)`",
                found: refusal.found,
                cause: refusal
            )
        }
    }

    private static func logID(_ fields: Fields, _ key: String) throws -> [UInt8]? {
        guard let id = try fields.fields(key)?.bytes("keyId") else { return nil }
        guard (4...32).contains(id.count) else {
            throw fields.refusal(
                TrustRootCode.logID,
                key,
                expected: "4 to 32 bytes",
                found: "\(id.count) bytes"
            )
        }
        return id
    }

    private static func authorities(_ fields: Fields, _ key: String) throws -> [Authority] {
        try fields.fieldsList(key, atMost: BundleLimits.instances).map { fields in
            let certificates = try fields.fields("certChain")?
                .fieldsList("certificates", atMost: BundleLimits.chain)
                .map { try $0.requiredBytes("rawBytes", atMost: BundleLimits.certificate) }
            guard let certificates, !certificates.isEmpty else {
                throw fields.refusal(TrustRootCode.noCertificates, "certChain", found: "nothing")
            }
            return Authority(
                uri: try fields.string("uri") ?? "",
                certificates: certificates,
                validFor: try fields.validity("validFor"),
                operatorName: try fields.string("operator")
            )
        }
    }
}

extension ProtobufFields<TrustRootCode> {
    /// Demands one of these media types.
    func checkMediaType(_ known: [String]) throws {
        let text = try requiredString("mediaType")
        guard known.contains(where: { ByteKey.areEqual($0, text) }) else {
            throw refusal(
                TrustRootCode.mediaType,
                "mediaType",
                expected: known.map { "`\($0)`" }.joined(separator: " or "),
                found: "`\(Printable.text(text))`"
            )
        }
    }

    /// A period whose start must be there.
    func validity(_ key: String) throws -> ValidityPeriod {
        let period = try fields(key)
        guard let period, let start = try period.moment("start") else {
            throw refusal(TrustRootCode.validityStart, "\(key).start", found: "nothing")
        }
        return ValidityPeriod(start: start, end: try period.moment("end"))
    }

    private func moment(_ key: String) throws -> Moment? {
        guard let text = try string(key) else { return nil }
        guard let moment = Moment(text) else {
            throw refusal(
                TrustRootCode.time,
                key,
                expected: "YYYY-MM-DDTHH:MM:SSZ",
                found: "`\(Printable.text(text))`"
            )
        }
        return moment
    }
}
