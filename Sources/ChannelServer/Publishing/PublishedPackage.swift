// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

internal import CondaFormats
internal import SigningKeys
internal import Sigstore
public import TrustCore

/// What a server says that it made of a package.
public struct PublishedPackage: Sendable {
    /// What became of it.
    public enum Outcome: String, Sendable {
        /// It was taken in.
        case accepted
        /// It was there already, the same bytes.
        case unchanged
        /// It was there already, and has attestations now that it had not.
        case attested
    }

    /// The file name.
    public let fileName: String
    /// SHA-256 of the bytes that were sent.
    public let sha256: Digest
    /// Their length.
    public let size: UInt64
    /// How many attestations came along.
    public let attestations: Int
    /// What became of it. Servers that do not say have accepted it.
    public let outcome: Outcome
    /// The subdir, if the server says it.
    public let subdir: String?
    /// The entry of the server's publish log, if the server says it.
    public let logIndex: Int64?

    /// Reads what a server answered.
    ///
    /// - Throws: `upload.digest` if it speaks of other bytes than were sent.
    init(_ package: IncomingPackage, _ answer: [UInt8]) throws {
        try self.init(
            package.fileName,
            package.sha256,
            package.size,
            attestations: package.attestationCount,
            answer
        )
    }

    /// Reads what a server answered about a file.
    init(
        _ fileName: ArchiveFileName,
        _ sha256: Digest,
        _ size: UInt64,
        attestations: Int,
        _ answer: [UInt8]
    ) throws {
        self.fileName = fileName.text
        self.sha256 = sha256
        self.size = size
        self.attestations = attestations
        // Servers of others answer with whatever they like.
        let file = (try? JSONReader.read(answer, of: "answer"))?.object?["files"]?.array?.first?.object
        if let found = file?["sha256"]?.string, !ByteKey.areEqual(found, sha256.hex) {
            throw Refusal(
                UploadCode.digest,
                fileName.text,
                expected: sha256.hex,
                found: Printable.text(found)
            )
        }
        outcome = file?["outcome"]?.string.flatMap(Outcome.init) ?? .accepted
        subdir = file?["subdir"]?.string.map { Printable.text($0) }
        logIndex = file?["log_index"]?.integer
    }

    /// One object for `--json`.
    public var json: JSONObject {
        var object = JSONObject()
        object["file"] = .string(fileName)
        object["outcome"] = .string(outcome.rawValue)
        object["subdir"] = subdir.map { .string($0) } ?? .null
        object["sha256"] = .string(sha256.hex)
        object["size"] = .number(JSONNumber(Int64(clamping: size)))
        object["attestations"] = .number(JSONNumber(Int64(attestations)))
        object["log_index"] = logIndex.map { .number(JSONNumber($0)) } ?? .null
        return object
    }
}
