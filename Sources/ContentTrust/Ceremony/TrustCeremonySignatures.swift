// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

public import TrustCore

/// What one authority sends back: its signatures of what was proposed, and of nothing else.
///
/// Small enough for any way of sending. Nothing in it is verified until ``TrustProposal/merge(_:)``.
public struct TrustCeremonySignatures: Sendable {
    /// What the file calls itself.
    public static let format = "kingsnake-content-trust-ceremony-signatures"
    /// The most signatures that one file may hold.
    static let maximumCount = 4096

    /// One signature.
    public struct Entry: Sendable {
        /// The role whose metadata is signed: root or key manager.
        public let role: TrustRole
        /// The version of the metadata.
        public let version: Int64
        /// SHA-256 of the metadata as it is signed, without OpenPGP's headers.
        public let digest: Digest
        /// The signature.
        public let signature: TrustSignature
    }

    /// The signatures.
    public let entries: [Entry]

    init(_ entries: [Entry]) { self.entries = entries }

    /// Reads a file of signatures, or somebody's copy of a proposal.
    ///
    /// - Throws: a `Refusal` with `trust-ceremony.file-format` or the code of what is wrong in the file.
    public init(parsing bytes: [UInt8]) throws {
        let limits = JSONLimits(bytes: TrustProposal.maximumLength, depth: 24)
        let value = try JSONReader.read(bytes, of: "signatures", limits: limits)
        if ByteKey.areEqual(value.object?["format"]?.string ?? "", TrustProposal.format) {
            let proposal = try TrustProposal(parsing: bytes)
            self.init(
                proposal.documents.flatMap { document in
                    document.envelope.signatures.map {
                        Entry(
                            role: document.role,
                            version: document.version,
                            digest: document.digest,
                            signature: $0
                        )
                    }
                }
            )
            return
        }
        let elements = try TrustCeremonyFile.fields(value, format: Self.format).array("signatures")
        guard elements.count <= Self.maximumCount else {
            throw Refusal(
                CoreCode.tooLarge,
                "signatures",
                expected: "at most \(Self.maximumCount)",
                found: "\(elements.count)"
            )
        }
        self.init(try elements.map { try Self.entry(JSONFields($0, of: "signature")) })
    }

    private static func entry(_ fields: JSONFields) throws -> Entry {
        let text = try fields.string("role")
        let roles = [TrustRole.root, .keyManager]
        guard let role = roles.first(where: { ByteKey.areEqual($0.rawValue, text) }) else {
            throw fields.wrong("role", "`root` or `key_mgr`", found: text)
        }
        guard let digest = Digest(.sha256, hex: try fields.string("sha256")) else {
            throw fields.wrong("sha256", "64 hexadecimal digits")
        }
        return Entry(
            role: role,
            version: try fields.integer("version"),
            digest: digest,
            signature: try TrustSignature(fields.fields("sig"), keyID: fields.string("key"))
        )
    }

    /// The file.
    public func encoded() -> [UInt8] {
        var object = TrustCeremonyFile.header(Self.format)
        object["signatures"] = .array(
            entries.map { entry in
                [
                    "role": .string(entry.role.rawValue),
                    "version": .number(JSONNumber(entry.version)),
                    "sha256": .string(entry.digest.hex),
                    "key": .string(entry.signature.keyID),
                    "sig": entry.signature.encoded,
                ]
            }
        )
        return JSONWriter.encode(.object(object), .indented) + [0x0A]
    }
}
