// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

public import SigningKeys
public import TrustCore

/// What one authority sends back: its signatures of what was proposed, and of nothing else.
///
/// Small enough for any way of sending. Nothing in it is verified until ``CeremonyProposal/merge(_:)``.
public struct CeremonySignatures: Sendable {
    /// The longest file.
    public static let maximumLength = 4 << 20
    static let format = "kingsnake-ceremony-signatures"
    static let maximumCount = 4096

    /// One signature.
    public struct Entry: Sendable {
        /// The role whose metadata is signed: root or targets.
        public let role: RoleName
        /// The version of the metadata.
        public let version: Int64
        /// SHA-256 of the bytes that are signed.
        public let digest: Digest
        /// The signature.
        public let signature: Signature
    }

    /// The signatures.
    public let entries: [Entry]

    init(_ entries: [Entry]) { self.entries = entries }

    /// The signatures that somebody's copy of a proposal holds. Empty ones, which tools leave as place
    /// holders, are none.
    public init(of proposal: CeremonyProposal) {
        entries = proposal.documents.flatMap { document in
            document.envelope.signatures.filter { !$0.bytes.isEmpty }.map {
                Entry(
                    role: document.role,
                    version: document.version,
                    digest: document.digest,
                    signature: $0
                )
            }
        }
    }

    /// Reads a file of signatures, or somebody's copy of a proposal.
    ///
    /// - Throws: a `Refusal` with `ceremony.file-format`, `tuf.duplicate-signature` or the code of what is
    ///   wrong in the file.
    public init(parsing bytes: [UInt8]) throws {
        let limits = JSONLimits(bytes: CeremonyProposal.maximumLength, depth: TUFLimits().jsonDepth)
        let value = try JSONReader.read(bytes, of: "signatures", limits: limits)
        if ByteKey(value.object?["format"]?.string ?? "") == ByteKey(CeremonyProposal.format) {
            self = CeremonySignatures(of: try CeremonyProposal(parsing: bytes))
            return
        }
        let elements = try CeremonyFile.fields(value, format: Self.format).array("signatures")
        guard elements.count <= Self.maximumCount else {
            throw Refusal(
                CoreCode.tooLarge,
                "signatures",
                expected: "at most \(Self.maximumCount)",
                found: "\(elements.count)"
            )
        }
        let entries = try elements.map { try Self.entry(JSONFields($0, of: "signature")) }
        var seen: Set<[ByteKey]> = []
        for entry in entries
        where !seen.insert([ByteKey(entry.role.text), ByteKey(entry.signature.keyID)]).inserted {
            throw Refusal(
                TUFCode.duplicateSignature,
                "signatures",
                expected: "each key id once for \(entry.role)",
                found: "`\(entry.signature.keyID)` twice"
            )
        }
        self.init(entries)
    }

    private static func entry(_ fields: JSONFields) throws -> Entry {
        let role = try fields.string("role")
        guard let name = RoleName(role), name == .root || name == .targets else {
            throw fields.wrong("role", "`root` or `targets`", found: role)
        }
        guard let digest = Digest(.sha256, hex: try fields.string("sha256")) else {
            throw fields.wrong("sha256", "64 hexadecimal digits")
        }
        guard let bytes = Hex.decode(try fields.string("sig")) else {
            throw fields.wrong("sig", "hexadecimal digits")
        }
        return Entry(
            role: name,
            version: try fields.integer("version"),
            digest: digest,
            signature: Signature(keyID: try fields.string("keyid"), bytes: bytes)
        )
    }

    /// The file.
    public func encoded() -> [UInt8] {
        var object = CeremonyFile.header(Self.format)
        object["signatures"] = .array(
            entries.map { entry in
                [
                    "role": .string(entry.role.text),
                    "version": .number(JSONNumber(entry.version)),
                    "sha256": .string(entry.digest.hex),
                    "keyid": .string(entry.signature.keyID),
                    "sig": .string(Hex.encode(entry.signature.bytes)),
                ]
            }
        )
        return JSONWriter.encode(.object(object), .indented) + [0x0A]
    }
}
