// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

import SigningKeys
public import TrustCore

/// A proposal for a new root, for new metadata of the key manager, or for both.
///
/// It holds all that an authority needs in order to see what changes: the chain of roots up to the one in
/// force, and the key manager's metadata in force. Both are verified when it is read; what is proposed is
/// looked at by ``check(now:)``. Whether the chain begins with the right root, nobody can tell but who knows
/// it: see ``check(leadsThrough:)``.
public struct TrustProposal: Sendable {
    /// The longest file.
    public static let maximumLength = 32 << 20
    /// What the file calls itself.
    public static let format = "kingsnake-content-trust-ceremony"
    static let subject = "proposal"

    /// The roots up to the one in force; nil if there is none yet.
    public let chain: TrustChain?
    /// The key manager's metadata in force; nil if there is none yet.
    public let keyManagerInForce: VerifiedKeyManager?
    /// The next root, if a new one is proposed, with the signatures so far.
    public private(set) var root: TrustEnvelope?
    /// The key manager's next metadata, if new one is proposed, with the signatures so far.
    public private(set) var keyManager: TrustEnvelope?

    init(
        chain: TrustChain?,
        keyManagerInForce: VerifiedKeyManager?,
        root: TrustMetadata?,
        keyManager: TrustMetadata?
    ) throws {
        self.chain = chain
        self.keyManagerInForce = keyManagerInForce
        self.root = try root.map { try TrustEnvelope($0) }
        self.keyManager = try keyManager.map { try TrustEnvelope($0) }
    }

    /// Reads a proposal, and verifies the chain and the metadata in force that it holds.
    ///
    /// - Throws: a `Refusal` with `trust-ceremony.file-format`, or the code of whatever is wrong in it.
    public init(parsing bytes: [UInt8]) throws {
        let limits = JSONLimits(bytes: Self.maximumLength, depth: 24)
        let value = try JSONReader.read(bytes, of: Self.subject, limits: limits)
        let fields = try TrustCeremonyFile.fields(value, format: Self.format)
        let chain = try Self.chain(fields.strings("chain"))
        let inForce = try fields.optionalString("key_mgr")
        guard (chain == nil) == (inForce == nil) else {
            throw Refusal(
                TrustCeremonyCode.fileFormat,
                Self.subject,
                expected: "a chain of roots and a key manager's metadata, or neither"
            )
        }
        self.chain = chain
        keyManagerInForce = try inForce.flatMap { text in
            try chain?.keyManager(unsafelyIgnoringExpiry: Array(text.utf8))
        }
        let proposed = try fields.fields("proposed")
        root = try proposed.optional("root").map { try TrustEnvelope($0, as: .root) }
        keyManager = try proposed.optional("key_mgr").map { try TrustEnvelope($0, as: .keyManager) }
    }

    private static func chain(_ files: [String]) throws -> TrustChain? {
        guard let first = files.first else { return nil }
        guard files.count <= TrustChain.maximumRotations else {
            throw Refusal(
                CoreCode.tooLarge,
                subject,
                expected: "at most \(TrustChain.maximumRotations) roots",
                found: "\(files.count)"
            )
        }
        var chain = try TrustChain(pinned: Array(first.utf8))
        for file in files.dropFirst() { try chain.append(Array(file.utf8)) }
        return chain
    }

    /// The file.
    public func encoded() -> [UInt8] {
        var proposed = JSONObject()
        proposed["root"] = root?.json
        proposed["key_mgr"] = keyManager?.json
        var object = TrustCeremonyFile.header(Self.format)
        object["chain"] = .array(
            (chain?.links ?? []).map { .string(String(decoding: $0.bytes, as: UTF8.self)) }
        )
        object["key_mgr"] = keyManagerInForce.map { .string(String(decoding: $0.bytes, as: UTF8.self)) }
        object["proposed"] = .object(proposed)
        return JSONWriter.encode(.object(object), .indented) + [0x0A]
    }

    /// What is proposed, as one digest that authorities compare: SHA-256 of each role's name and digest in
    /// JSON. Signatures do not change it.
    public var digest: Digest {
        var object = JSONObject()
        for document in documents { object[document.role.rawValue] = .string(document.digest.hex) }
        return Digest.of(JSONWriter.encode(.object(object)))
    }

    /// Demands that one version of the chain is the root that somebody knows by another way, for a chain that
    /// is consistent in itself can be made up by anybody.
    ///
    /// - Throws: a `Refusal` with `trust-ceremony.other-root`, also if there is no chain.
    public func check(leadsThrough known: Digest) throws {
        guard let chain else {
            throw Refusal(
                TrustCeremonyCode.otherRoot,
                Self.subject,
                expected: "a chain through \(known)",
                found: "no chain"
            )
        }
        try chain.check(leadsThrough: known)
    }

    /// The root that will be in force: the proposed one, or the one that is.
    var nextRoot: TrustMetadata? { root?.metadata ?? chain?.root.metadata }

    /// What is to be signed, and whose signatures each needs: a root those of the version before and its own,
    /// a key manager's metadata those of the root that will be in force.
    var documents: [TrustDocument] {
        let rootAuthorities = [chain?.root.metadata, root?.metadata].compactMap { $0?.authority(for: .root) }
        let managerAuthorities = [nextRoot?.authority(for: .keyManager)].compactMap { $0 }
        return [
            root.map { TrustDocument(envelope: $0, authorities: rootAuthorities) },
            keyManager.map { TrustDocument(envelope: $0, authorities: managerAuthorities) },
        ].compactMap { $0 }
    }

    mutating func add(_ signature: TrustSignature, to role: TrustRole) {
        if role == .root { root?.add(signature) } else { keyManager?.add(signature) }
    }
}

extension TrustChain {
    /// Demands that one of its roots is the one that somebody knows by another way.
    ///
    /// - Throws: a `Refusal` with `trust-ceremony.other-root`.
    public func check(leadsThrough known: Digest) throws {
        guard !links.contains(where: { $0.digest == known }) else { return }
        throw Refusal(
            TrustCeremonyCode.otherRoot,
            "root metadata",
            expected: "a chain through \(known)",
            found: "one that begins with \(links[0].digest)"
        )
    }
}

/// One thing to be signed, and who must.
struct TrustDocument {
    /// The keys and the threshold that a root names for a role.
    struct Authority {
        let rootVersion: Int64
        let delegation: TrustDelegation
    }

    let envelope: TrustEnvelope
    let authorities: [Authority]

    var role: TrustRole { envelope.metadata.role }
    var version: Int64 { envelope.metadata.version ?? 0 }
    var digest: Digest { Digest.of(envelope.signedBytes) }

    /// Whether a signature is in the form that conda demands: wrapped for a root, raw for all else.
    func isInForm(_ signature: TrustSignature) -> Bool { (signature.headers != nil) == (role == .root) }

    /// The key of that name, if one of the authorities has it.
    func key(_ name: String) -> TrustKey? {
        authorities.lazy.flatMap(\.delegation.keys).first { ByteKey.areEqual($0.hex, name) }
    }

    /// Whether a signature is good, in the right form, and by a key that has a say.
    func counts(_ signature: TrustSignature) -> Bool {
        guard isInForm(signature), let key = key(signature.keyID) else { return false }
        return key.publicKey.isValid(
            signature: signature.value,
            for: signature.signedBytes(of: envelope.signedBytes)
        )
    }

    /// The document with those signatures only that count.
    var counted: TrustEnvelope { envelope.keeping(counts) }
}

extension TrustMetadata {
    /// Whom a root names for a role.
    func authority(for role: TrustRole) -> TrustDocument.Authority? {
        delegations[role].map { TrustDocument.Authority(rootVersion: version ?? 0, delegation: $0) }
    }
}

/// What the files of a ceremony have in common: a format and its version.
enum TrustCeremonyFile {
    static let version: Int64 = 1

    static func header(_ format: String) -> JSONObject {
        var object = JSONObject()
        object["format"] = .string(format)
        object["version"] = .number(JSONNumber(version))
        return object
    }

    /// The object of a file of that format (`trust-ceremony.file-format`).
    static func fields(_ value: JSONValue, format: String) throws -> JSONFields {
        let fields = JSONFields(value.object ?? JSONObject(), of: format)
        let found = fields.object["format"]?.string ?? "another"
        guard ByteKey.areEqual(found, format), fields.object["version"]?.integer == version else {
            throw Refusal(
                TrustCeremonyCode.fileFormat,
                TrustProposal.subject,
                expected: "format `\(format)`, version \(version)",
                found: "format `\(found)`"
            )
        }
        return fields
    }
}
