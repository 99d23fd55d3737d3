// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

import SigningKeys
public import TrustCore

/// A publisher's word that a file is their package, for a channel (CEP 27).
///
/// It keeps every rule of CEP 27 that needs nothing but the statement. Who said it, and whether they may, is
/// not known here.
public struct PublishAttestation: Sendable {
    /// What `predicateType` must be.
    public static let predicateType = "https://schemas.conda.org/attestations-publish-1.schema.json"

    /// The package's full file name.
    public let fileName: String
    /// SHA-256 of the package.
    public let sha256: Digest
    /// The channel that it is for; nil if that is not said.
    public let targetChannel: TargetChannel?

    /// What an attestation is about to say of a package.
    ///
    /// - Parameter sha256: a SHA-256 digest.
    /// - Throws: `attestation.subject-name`, `attestation.digest-form`, or a code of ``TargetChannel``.
    public init(fileName: String, sha256: Digest, targetChannel: String?) throws {
        let subject = "the statement"
        try Self.checkName(fileName, subject)
        guard sha256.algorithm == .sha256 else { throw Self.badDigest(subject, sha256.description) }
        self.fileName = fileName
        self.sha256 = sha256
        self.targetChannel = try targetChannel.map { try TargetChannel($0, of: subject) }
    }

    /// Reads what a statement says of publishing.
    ///
    /// - Throws: a `Refusal` with `attestation.predicate-type`, `attestation.subject-count`,
    ///   `attestation.subject-name`, `attestation.digest-set`, `attestation.digest-form`,
    ///   `attestation.predicate`, `attestation.target-channel-missing`, or a code of ``TargetChannel``.
    public init(_ statement: Statement, of subject: String = "the statement") throws {
        guard ByteKey.areEqual(statement.predicateType, Self.predicateType) else {
            throw Refusal(
                AttestationCode.predicateType,
                subject,
                expected: "`\(Self.predicateType)`",
                found: "`\(Printable.text(statement.predicateType))`"
            )
        }
        guard statement.subjects.count == 1, let package = statement.subjects.first else {
            throw Refusal(
                AttestationCode.subjectCount,
                subject,
                expected: "exactly one",
                found: "\(statement.subjects.count)"
            )
        }
        fileName = package.name ?? ""
        try Self.checkName(fileName, subject)
        sha256 = try Self.digest(package, subject)
        targetChannel = try statement.predicate.map { try Self.targetChannel($0, subject) }
    }

    /// Refuses another package than the one that it is about (`attestation.file-name`, `attestation.digest`).
    ///
    /// - Parameter fileName: the name that the package was asked for by, never one from the package itself.
    public func check(fileName found: String, sha256 foundDigest: Digest) throws {
        guard ByteKey.areEqual(found, fileName) else {
            throw Refusal(
                AttestationCode.fileName,
                Printable.text(found, limit: 220),
                expected: "`\(fileName)`",
                found: "`\(Printable.text(found, limit: 220))`"
            )
        }
        guard foundDigest == sha256 else {
            throw Refusal(
                AttestationCode.digest,
                fileName,
                expected: sha256.description,
                found: foundDigest.description
            )
        }
    }

    /// Refuses another channel than the one that the package is for (`attestation.channel`).
    ///
    /// A question of its own, because CEP 27 leaves the answer to the user: in a mirror, it is rightly
    /// another one. An attestation that names no channel is for every channel.
    ///
    /// - Parameter channel: the channel's URL, without credentials.
    public func check(channel: String) throws {
        guard let targetChannel, !targetChannel.isSame(as: channel) else { return }
        throw Refusal(
            AttestationCode.channel,
            fileName,
            expected: "`\(Printable.text(channel, limit: 220))`",
            found: "`\(Printable.text(targetChannel.text, limit: 220))`"
        )
    }

    /// The statement, as it is signed.
    public func encoded() -> [UInt8] {
        var statement = JSONObject()
        statement["_type"] = .string(Statement.type)
        statement["subject"] = [
            ["name": .string(fileName), "digest": ["sha256": .string(sha256.hex)]]
        ]
        statement["predicateType"] = .string(Self.predicateType)
        if let targetChannel {
            statement["predicate"] = ["targetChannel": .string(targetChannel.text)]
        }
        return JSONWriter.encode(.object(statement))
    }
}

extension PublishAttestation {
    private static func checkName(_ name: String, _ subject: String) throws {
        let bytes = name.utf8
        let formats = [".conda", ".tar.bz2"].filter { suffix in
            bytes.count > suffix.utf8.count && bytes.suffix(suffix.utf8.count).elementsEqual(suffix.utf8)
        }
        let parts = formats.first.map {
            bytes.dropLast($0.utf8.count)
                .split(separator: UInt8(ascii: "-"), omittingEmptySubsequences: false)
        }
        let isPlain =
            bytes.count <= 255 && bytes.allSatisfy { (0x21..<0x7F).contains($0) && $0 != 0x2F && $0 != 0x5C }
        guard isPlain, let parts, parts.count >= 3, parts.allSatisfy({ !$0.isEmpty }) else {
            throw Refusal(
                AttestationCode.subjectName,
                subject,
                expected: "`name-version-build.conda` or `name-version-build.tar.bz2`",
                found: "`\(Printable.text(name, limit: 220))`"
            )
        }
    }

    private static func digest(_ package: Statement.Subject, _ subject: String) throws -> Digest {
        guard package.digests.count == 1, let only = package.digests.first,
            ByteKey.areEqual(only.algorithm, "sha256")
        else {
            let names = package.digests.map { "`\(Printable.text($0.algorithm))`" }.joined(separator: ", ")
            throw Refusal(
                AttestationCode.digestSet,
                subject,
                expected: "`sha256` alone",
                found: names.isEmpty ? "none" : names
            )
        }
        guard let digest = package.digest(.sha256) else {
            throw badDigest(subject, "`\(Printable.text(only.value))`")
        }
        return digest
    }

    private static func badDigest(_ subject: String, _ found: String) -> Refusal {
        Refusal(
            AttestationCode.digestForm,
            subject,
            expected: "64 lower-case hexadecimal digits of SHA-256",
            found: found
        )
    }

    private static func targetChannel(_ predicate: JSONValue, _ subject: String) throws -> TargetChannel {
        guard let object = predicate.object else {
            throw Refusal(
                AttestationCode.predicate,
                subject,
                expected: "an object",
                found: predicate.typeName
            )
        }
        switch object["targetChannel"] {
        case nil:
            throw Refusal(AttestationCode.targetChannelMissing, subject, at: "field `predicate`")
        case .string(let text)?: return try TargetChannel(text, of: subject)
        case let other?:
            throw Refusal(
                AttestationCode.targetChannel,
                subject,
                at: "field `targetChannel`",
                expected: "a string",
                found: other.typeName
            )
        }
    }
}
