// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

public import SigningKeys
internal import TrustCore

/// A key as metadata describes it.
///
/// Whether it can be used is found out only when a signature by it is checked: a root may hold a key of a
/// type that we do not know, which then counts for nothing, but does not make the file unreadable.
public struct KeyDefinition: Sendable, Equatable {
    /// `keytype`, such as `ed25519`.
    public let keyType: String
    /// `scheme`, such as `ecdsa-sha2-nistp256`: the only thing that decides the algorithm (CVE-2015-9258).
    public let scheme: String
    /// `keyval.public`: hexadecimal or PEM text, if the type has such a value.
    public let publicValue: String?
    /// The whole object, with the fields that the specification does not name.
    let object: JSONObject

    /// Describes a key of ours.
    public init(_ key: PublicKey) {
        keyType = key.tufKeyType
        scheme = key.scheme.rawValue
        publicValue = key.tufPublicValue
        object = key.tufKeyObject.object ?? JSONObject()
    }

    init(_ fields: JSONFields) throws {
        keyType = try fields.string("keytype")
        scheme = try fields.string("scheme")
        publicValue = try fields.fields("keyval").optionalString("public")
        object = fields.object
    }

    /// The key, ready to verify.
    ///
    /// - Parameter schemes: the schemes that are known here; drafts are not, unless somebody asks for them.
    /// - Throws: a `Refusal` of `SigningKeys` for an unknown type or scheme, or a malformed value.
    public func publicKey(
        accepting schemes: Set<SignatureScheme> = SignatureScheme.standard
    ) throws -> PublicKey {
        try PublicKey(
            tufKeyType: keyType,
            scheme: scheme,
            publicValue: publicValue ?? "",
            accepting: schemes
        )
    }

    /// The id that other implementations give such a key: SHA-256 of its canonical form. Used for keys that
    /// we add.
    public var computedID: KeyID {
        // A key's object holds strings only, unless somebody added a fraction to one of theirs.
        let bytes = (try? CanonicalJSON.encode(.object(object))) ?? JSONWriter.encode(.object(object))
        return KeyID(Digest.of(bytes).hex)
    }

    /// Reads a `keys` object.
    static func keys(_ fields: JSONFields) throws -> [KeyID: KeyDefinition] {
        var keys: [KeyID: KeyDefinition] = [:]
        for key in fields.object.keys { keys[KeyID(key)] = try KeyDefinition(try fields.fields(key)) }
        return keys
    }

    /// Writes a `keys` object, in the order of the ids.
    static func encoded(_ keys: [KeyID: KeyDefinition]) -> JSONValue {
        var object = JSONObject()
        for (id, key) in keys.sorted(by: { $0.key < $1.key }) { object[id.text] = .object(key.object) }
        return .object(object)
    }
}
