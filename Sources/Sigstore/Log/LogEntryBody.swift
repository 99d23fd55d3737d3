// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

import SigningKeys
public import TrustCore

/// What a log entry says, read from the very bytes that are in the log.
///
/// Each kind is read strictly by its own form: a member that is not known could change what the others mean.
public struct LogEntryBody: Sendable {
    /// The longest body, in bytes.
    public static let maximumLength = 1 << 20
    private static let limits = JSONLimits(bytes: maximumLength, depth: 16, values: 256)
    static let subject = "log entry's body"

    /// Who signed, by the entry's word.
    public enum Signer: Hashable, Sendable {
        case certificate([UInt8])
        /// A DER `SubjectPublicKeyInfo`.
        case key([UInt8])
    }

    /// What kind of entry it is.
    public let kind: LogEntryKind
    /// The signature.
    public let signature: [UInt8]
    /// Who signed.
    public let signer: Signer
    /// The algorithm's name in Sigstore's registry, where the kind has one.
    public let algorithmName: String?
    /// A digest: of the file or the envelope's encoding in `hashedrekord`, of the payload in the others.
    public let digest: Digest
    /// The payload's type, where the kind has it.
    public let payloadType: String?

    /// Reads a body.
    ///
    /// - Throws: a `Refusal` with `log.kind`, `log.kind-differs`, `log.body` or `log.body-form`.
    public init(_ entry: LogEntry) throws {
        guard let kind = LogEntryKind(kind: entry.kind, version: entry.version) else {
            throw Refusal(
                LogCode.kind,
                "log entry",
                expected: LogEntryKind.allCases.map(\.rawValue).joined(separator: ", "),
                found: "\(entry.kind)/\(entry.version)"
            )
        }
        self.kind = kind
        do {
            let value = try JSONReader.read(entry.canonicalizedBody, of: Self.subject, limits: Self.limits)
            let form = LogEntryForm(try JSONFields(value, of: Self.subject))
            try form.demand(["apiVersion", "kind", "spec"])
            let said = "\(try form.fields.string("kind"))/\(try form.fields.string("apiVersion"))"
            guard ByteKey.areEqual(said, kind.rawValue) else {
                throw Refusal(LogCode.kindDiffers, "log entry", expected: kind.rawValue, found: said)
            }
            let spec = try form.object("spec")
            let parts =
                switch kind {
                case .hashedRekordV001: try spec.hashedRekordV001()
                case .hashedRekordV002: try spec.hashedRekordV002()
                case .dsseV001: try spec.dsseV001()
                case .intotoV002: try spec.intotoV002()
                }
            (signature, signer, algorithmName) = (parts.signature, parts.signer, parts.algorithmName)
            (digest, payloadType) = (parts.digest, parts.payloadType)
            guard try JSONCanonicalization.encode(value) == entry.canonicalizedBody else {
                throw Refusal(LogCode.bodyForm, Self.subject, expected: "the form of RFC 8785")
            }
        } catch let refusal as Refusal where !(refusal.code is LogCode) {
            throw Refusal(
                LogCode.body,
                Self.subject,
                at: refusal.location,
                expected: refusal.expected,
                found: refusal.found,
                cause: refusal
            )
        }
    }
}

// MARK: - Binding

extension LogEntryBody {
    /// Refuses an entry that is not about this signature, by this signer, over this content: without
    /// exception, and on every path (CVE-2022-36056, CVE-2026-22703).
    ///
    /// - Throws: a `Refusal` with `log.content`, `log.digest`, `log.signer` or `log.signature`.
    public func check(isAbout signed: LoggedSignature) throws {
        try checkDigest(signed)
        try checkSigner(signed.signer)
        guard signature == signed.signature else {
            throw Refusal(
                LogCode.signature,
                "log entry",
                expected: Base64.text(signed.signature),
                found: Base64.text(signature)
            )
        }
    }

    private func checkDigest(_ signed: LoggedSignature) throws {
        let expected: Digest?
        switch (kind, signed.content) {
        case (.hashedRekordV001, .message(let digests)), (.hashedRekordV002, .message(let digests)):
            expected = digests.first { $0.algorithm == digest.algorithm }
        case (.hashedRekordV002, .envelope(let payload, let type)):
            let encoded = DSSE.preAuthenticationEncoding(payloadType: type, payload: payload)
            expected = Digest.of(encoded, by: digest.algorithm)
        case (.dsseV001, .envelope(let payload, _)):
            expected = Digest.of(payload, by: digest.algorithm)
        case (.intotoV002, .envelope(let payload, let type)):
            guard payloadType.map({ ByteKey.areEqual($0, type) }) ?? false else {
                throw Refusal(LogCode.content, "log entry", expected: "`\(type)`", found: payloadType)
            }
            expected = Digest.of(payload, by: digest.algorithm)
        case (.hashedRekordV001, .envelope), (.dsseV001, .message), (.intotoV002, .message):
            throw Refusal(
                LogCode.content,
                "log entry",
                expected: "an entry for what the bundle signs",
                found: kind.rawValue
            )
        }
        guard expected == digest else {
            throw Refusal(
                LogCode.digest,
                "log entry",
                expected: expected?.description ?? "a digest by the hash function of the signature",
                found: digest.description
            )
        }
        // What is logged must be what was signed: the same bytes by the same hash function.
        guard kind != .hashedRekordV002 || digest.algorithm == signed.signer.key.algorithm.digest else {
            throw Refusal(
                LogCode.digest,
                "log entry",
                expected: "a digest for `\(signed.signer.key.algorithm.rawValue)`",
                found: digest.description
            )
        }
    }

    private func checkSigner(_ signed: LoggedSignature.Signer) throws {
        let expected: Signer =
            switch signed {
            case .certificate(let certificate, _): .certificate(certificate)
            case .key(let key): .key(key.subjectPublicKeyInfo)
            }
        guard signer == expected else {
            throw Refusal(
                LogCode.signer,
                "log entry",
                expected: expected.description,
                found: signer.description
            )
        }
        if let algorithmName, !ByteKey.areEqual(algorithmName, signed.key.algorithm.rawValue) {
            throw Refusal(
                LogCode.signer,
                "log entry",
                expected: "`\(signed.key.algorithm.rawValue)`",
                found: "`\(algorithmName)`"
            )
        }
    }
}

extension LogEntryBody.Signer: CustomStringConvertible {
    /// What it is, and its SHA-256 digest.
    public var description: String {
        switch self {
        case .certificate(let bytes): "the certificate \(Digest.of(bytes))"
        case .key(let bytes): "the key \(Digest.of(bytes))"
        }
    }
}
