// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

internal import SigningKeys
public import TrustCore

/// A proposal for a new version of the offline roles of a repository: root, the top-level targets, or both.
///
/// It holds all that an authority needs in order to see what changes: the chain of roots up to the one in
/// force, and the targets metadata in force. Both are verified when it is read; what is proposed is looked at
/// by ``check(now:)``. Whether the chain begins with the right root, nobody can tell but who knows it: see
/// ``RootChain/check(_:leadsThrough:)``.
public struct CeremonyProposal: Sendable {
    /// The longest file.
    public static let maximumLength = 32 << 20
    static let format = "kingsnake-ceremony"
    static let subject = "proposal"

    /// The roots up to the one in force; nil if there is none yet.
    public let chain: RootChain?
    /// The targets metadata in force; nil if there is none yet.
    public let currentTargets: VerifiedMetadata<TargetsMetadata>?
    /// The next root, if a new one is proposed.
    public private(set) var root: ProposedMetadata<RootMetadata>?
    /// The next top-level targets metadata, if new ones are proposed.
    public private(set) var targets: ProposedMetadata<TargetsMetadata>?

    /// Files that the proposed targets metadata vouch for, so that whoever signs can read them. That they are
    /// these is for ``check(now:)`` to say.
    public let files: [TargetPath: [UInt8]]

    init(
        chain: RootChain?,
        currentTargets: VerifiedMetadata<TargetsMetadata>?,
        root: RootMetadata?,
        targets: TargetsMetadata?,
        files: [TargetPath: [UInt8]] = [:]
    ) throws {
        self.files = files
        self.chain = chain
        self.currentTargets = currentTargets
        self.root = try root.map { try ProposedMetadata($0) }
        self.targets = try targets.map { try ProposedMetadata($0) }
    }

    /// Reads a proposal, and verifies the chain and the metadata in force that it holds.
    ///
    /// - Throws: a `Refusal` with `ceremony.file-format`, or the code of whatever is wrong in it.
    public init(parsing bytes: [UInt8]) throws {
        let limits = JSONLimits(bytes: Self.maximumLength, depth: TUFLimits().jsonDepth)
        let value = try JSONReader.read(bytes, of: Self.subject, limits: limits)
        let fields = try CeremonyFile.fields(value, format: Self.format)
        let files = try fields.strings("chain").map { Array($0.utf8) }
        let chain = files.isEmpty ? nil : try RootChain(files: files)
        self.chain = chain
        currentTargets = try fields.optionalString("targets").map { text in
            guard let chain else {
                throw Refusal(
                    CeremonyCode.fileFormat,
                    Self.subject,
                    expected: "a chain of roots",
                    found: "none"
                )
            }
            let signed = try SignedMetadata<TargetsMetadata>(parsing: Array(text.utf8), as: .targets)
            return try chain.last.root.role.authority(for: .targets).verify(signed, of: .targets)
        }
        let proposed = try fields.fields("proposed")
        root = try proposed.optional("root").map { try ProposedMetadata($0, of: .root) }
        targets = try proposed.optional("targets").map { try ProposedMetadata($0, of: .targets) }
        self.files = try Self.files(fields)
    }

    private static func files(_ fields: JSONFields) throws -> [TargetPath: [UInt8]] {
        var files: [TargetPath: [UInt8]] = [:]
        for member in try fields.optionalFields("files")?.object.members ?? [] {
            guard let text = member.value.string else {
                throw Refusal(
                    CeremonyCode.fileFormat,
                    subject,
                    expected: "files as text",
                    found: member.value.typeName
                )
            }
            files[try TargetPath(checking: member.key, in: subject)] = Array(text.utf8)
        }
        return files
    }

    /// The file.
    public func encoded() -> [UInt8] {
        var proposed = JSONObject()
        proposed["root"] = root?.encoded
        proposed["targets"] = targets?.encoded
        var object = CeremonyFile.header(Self.format)
        object["chain"] = .array(
            (chain?.links ?? []).map { .string(String(decoding: $0.root.bytes, as: UTF8.self)) }
        )
        object["targets"] = currentTargets.map { .string(String(decoding: $0.bytes, as: UTF8.self)) }
        object["proposed"] = .object(proposed)
        if !files.isEmpty {
            var texts = JSONObject()
            for (path, bytes) in files.sorted(by: { $0.key < $1.key }) {
                texts[path.text] = .string(String(decoding: bytes, as: UTF8.self))
            }
            object["files"] = .object(texts)
        }
        return JSONWriter.encode(.object(object), .indented) + [0x0A]
    }

    /// What is proposed, as one digest that authorities compare: SHA-256 of each role's name, version and
    /// digest in canonical JSON. Signatures do not change it.
    public var digest: Digest {
        var object = JSONObject()
        if let root { object["root"] = .string(root.digest.hex) }
        if let targets { object["targets"] = .string(targets.digest.hex) }
        return Digest.of(JSONWriter.encode(.object(object)))
    }

    /// The root that will be in force: the proposed one, or the one that is.
    var nextRoot: RootMetadata? { root?.role ?? chain?.last.root.role }

    /// Whose signatures the proposed root needs: the version before and its own (specification 1.0.34,
    /// section 6.1).
    var rootAuthorities: [RoleAuthority] {
        guard let root else { return [] }
        return [chain?.last.root.role, root.role].compactMap { $0?.authority(for: .root) }
    }

    /// Whose signatures the proposed targets need: what the root that will be in force says.
    var targetsAuthorities: [RoleAuthority] {
        guard targets != nil, let nextRoot else { return [] }
        return [nextRoot.authority(for: .targets)]
    }

    /// The digest, version and authorities of each proposed role.
    var documents: [CeremonyDocument] {
        [
            root.map {
                CeremonyDocument(
                    role: .root,
                    version: $0.role.version,
                    envelope: $0.envelope,
                    authorities: rootAuthorities
                )
            },
            targets.map {
                CeremonyDocument(
                    role: .targets,
                    version: $0.role.version,
                    envelope: $0.envelope,
                    authorities: targetsAuthorities
                )
            },
        ].compactMap { $0 }
    }

    mutating func add(_ signature: Signature, to role: RoleName) {
        if role == .root { root?.add(signature) } else { targets?.add(signature) }
    }
}

/// One thing to be signed, whatever its type.
struct CeremonyDocument {
    let role: RoleName
    let version: Int64
    let envelope: MetadataEnvelope
    let authorities: [RoleAuthority]

    var digest: Digest { Digest.of(envelope.signedBytes) }

    /// The ids under which the authorities list a key.
    func keyIDs(of key: PublicKey) -> [KeyID] { Set(authorities.compactMap { $0.keyID(of: key) }).sorted() }

    /// The keys that the authorities list under an id: none, one, or one of the old root and one of the new.
    func keys(under id: KeyID) -> [PublicKey] {
        authorities.flatMap { $0.usableKeys().filter { KeyID($0.keyID) == id }.map(\.key) }
    }
}

/// What the files of a ceremony have in common: a format and its version.
enum CeremonyFile {
    static let version: Int64 = 1

    static func header(_ format: String) -> JSONObject {
        var object = JSONObject()
        object["format"] = .string(format)
        object["version"] = .number(JSONNumber(version))
        return object
    }

    /// The object of a file of that format (`ceremony.file-format`).
    static func fields(_ value: JSONValue, format: String) throws -> JSONFields {
        let fields = JSONFields(value.object ?? JSONObject(), of: format)
        let found = fields.object["format"]?.string ?? "another"
        guard ByteKey(found) == ByteKey(format), fields.object["version"]?.integer == version else {
            throw Refusal(
                CeremonyCode.fileFormat,
                CeremonyProposal.subject,
                expected: "format `\(format)`, version \(version)",
                found: "format `\(found)`"
            )
        }
        return fields
    }
}
