// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

public import SigningKeys
public import TrustCore

/// A metadata file as it travels: the signed part and signatures of it, nothing verified, the role not yet
/// known.
public struct MetadataEnvelope: Sendable {
    /// What the signed part is read from when somebody asks for it.
    private enum Content: Sendable {
        case object(JSONObject)
        /// JSON text that was read before.
        case text([UInt8], Range<Int>)
    }

    private let content: Content
    /// The bytes that are signed: the canonical form of the signed part.
    public let signedBytes: [UInt8]
    /// The signatures, each key id once. One that is not hexadecimal text is kept as empty, and counts for
    /// nothing.
    public private(set) var signatures: [Signature]

    /// Takes a signed part that has no signatures yet.
    ///
    /// - Throws: a `Refusal` with `json.number` if it holds a number that is not a 64-bit integer.
    public init(signed: JSONObject) throws {
        content = .object(signed)
        signedBytes = try CanonicalJSON.encode(.object(signed))
        signatures = []
    }

    /// Takes metadata that has no signatures yet.
    ///
    /// - Throws: a `Refusal` with `json.number` if it holds a number that is not a 64-bit integer.
    init(signing role: some RoleMetadata, as name: RoleName) throws {
        if let tabled = role as? any TabledMetadata {
            signedBytes = try tabled.canonical(of: "\(name) metadata")
            // Canonical JSON is JSON too, unless a control character stands in it raw, as in a PEM key.
            let isText = signedBytes.allSatisfy { $0 >= 0x20 }
            content = isText ? .text(signedBytes, 0..<signedBytes.count) : .object(role.encoded())
        } else {
            let signed = role.encoded()
            content = .object(signed)
            signedBytes = try CanonicalJSON.encode(.object(signed))
        }
        signatures = []
    }

    /// Takes what was read from a file: the canonical form of the signed part, the text it was made from, and
    /// the list of signatures.
    init(
        signedBytes: [UInt8],
        text: [UInt8],
        at place: Range<Int>,
        signatures list: JSONValue,
        of subject: String
    ) throws {
        content = .text(text, place)
        self.signedBytes = signedBytes
        var object = JSONObject()
        object["signatures"] = list
        signatures = try Self.signatures(JSONFields(object, of: subject))
    }

    /// Reads a file.
    ///
    /// - Throws: a `Refusal` with `tuf.duplicate-signature` or a `json.…` code.
    public init(parsing bytes: [UInt8], of subject: String, limits: JSONLimits = JSONLimits()) throws {
        let fields = try JSONFields(try JSONReader.read(bytes, of: subject, limits: limits), of: subject)
        let signed = try fields.fields("signed").object
        content = .object(signed)
        // The canonical form is what was signed, so it must be made from what was read.
        signedBytes = try CanonicalJSON.encode(.object(signed), of: subject)
        signatures = try Self.signatures(fields)
    }

    /// The signed part.
    public var signed: JSONObject {
        switch content {
        case .object(let object): return object
        case .text(let bytes, let place):
            let read = try? JSONReader.read(
                prefixOf: bytes,
                from: place.lowerBound,
                of: "metadata",
                limits: .readBefore
            )
            guard let object = read?.value.object else { preconditionFailure("the text was read before") }
            return object
        }
    }

    /// The same with members in canonical order, the layout that is read quickly.
    private static func sorted(_ value: JSONValue) -> JSONValue {
        switch value {
        case .object(let object):
            var result = JSONObject()
            for key in object.keys.sorted(by: { ByteKey($0) < ByteKey($1) }) {
                result[key] = object[key].map(sorted)
            }
            return .object(result)
        case .array(let elements): return .array(elements.map(sorted))
        default: return value
        }
    }

    private static func signatures(_ fields: JSONFields) throws -> [Signature] {
        let subject = fields.subject
        var signatures: [Signature] = []
        var seen: Set<KeyID> = []
        for element in try fields.array("signatures") {
            let signature = try JSONFields(element, of: "\(subject) signature")
            let id = KeyID(try signature.string("keyid"))
            // 1.0.34, section 4.2: "no duplicate key ids"; counting them would forge a threshold (CVE-2020-6174).
            guard seen.insert(id).inserted else {
                throw Refusal(
                    TUFCode.duplicateSignature,
                    subject,
                    expected: "each key id once",
                    found: "`\(id)` twice"
                )
            }
            // Empty signatures are placeholders of signing tools, found in production.
            signatures.append(Signature(keyID: id.text, bytes: Hex.decode(try signature.string("sig")) ?? []))
        }
        return signatures
    }

    /// Adds a signature, in place of an earlier one with the same key id.
    public mutating func add(_ signature: Signature) {
        signatures.removeAll { KeyID($0.keyID) == KeyID(signature.keyID) }
        signatures.append(signature)
    }

    /// The file.
    public func encoded() -> [UInt8] {
        var out: [UInt8] = []
        out.reserveCapacity(signedBytes.count + 1024 * (signatures.count + 1))
        out += #"{"signatures":"#.utf8
        out += JSONWriter.encode(
            .array(
                signatures.map { ["keyid": .string($0.keyID), "sig": .string(Hex.encode($0.bytes))] }
            )
        )
        out += #","signed":"#.utf8
        switch content {
        case .text(let bytes, let place): out += bytes[place]
        // Canonical JSON is JSON too, unless a control character stands in it raw, as in a PEM key.
        case .object(let object):
            let isText = signedBytes.allSatisfy { $0 >= 0x20 }
            out += isText ? signedBytes : JSONWriter.encode(Self.sorted(.object(object)))
        }
        out += "}".utf8
        return out
    }
}
