// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

public import TrustCore

/// What every role's metadata says about itself.
public struct MetadataHeader: Hashable, Sendable {
    /// The specification version that we write.
    public static let currentSpecification = "1.0.34"

    /// The specification the metadata was written for: any 1.x.
    public let specification: String
    /// The version number, from 1 on.
    public let version: Int64
    /// When the metadata stops being trusted.
    public let expires: Timestamp

    /// Makes a header for metadata that we write.
    ///
    /// - Precondition: the version is at least 1.
    public init(version: Int64, expires: Timestamp) {
        precondition(version >= 1, "metadata versions start at 1")
        specification = Self.currentSpecification
        self.version = version
        self.expires = expires
    }

    /// Reads `_type`, `spec_version`, `version` and `expires` (specification 1.0.34, section 4.2.1).
    init(_ fields: JSONFields, of kind: MetadataKind) throws {
        // The type is signed along with everything else: a validly signed snapshot is not a timestamp.
        let type = try fields.string("_type")
        guard ByteKey(type) == ByteKey(kind.rawValue) else {
            throw Refusal(
                TUFCode.wrongType,
                fields.subject,
                expected: "`\(kind.rawValue)`",
                found: "`\(type)`"
            )
        }
        specification = try fields.string("spec_version")
        guard Self.isSupported(specification) else {
            throw Refusal(TUFCode.specVersion, fields.subject, expected: "1.x", found: "`\(specification)`")
        }
        version = try fields.integer("version")
        guard version >= 1 else {
            throw Refusal(TUFCode.versionNumber, fields.subject, expected: "1 or more", found: "\(version)")
        }
        let text = try fields.string("expires")
        guard let moment = Timestamp(text) else {
            throw Refusal(
                TUFCode.expiresFormat,
                fields.subject,
                expected: "`YYYY-MM-DDTHH:MM:SSZ`",
                found: "`\(text)`"
            )
        }
        expires = moment
    }

    static let fieldNames = ["_type", "spec_version", "version", "expires"]

    func encoded(_ kind: MetadataKind) -> JSONObject {
        var object = JSONObject()
        object["_type"] = .string(kind.rawValue)
        object["expires"] = .string(expires.description)
        object["spec_version"] = .string(specification)
        object["version"] = .number(JSONNumber(version))
        return object
    }

    private static func isSupported(_ specification: String) -> Bool {
        let parts = specification.utf8.split(separator: UInt8(ascii: "."), omittingEmptySubsequences: false)
        return (2...3).contains(parts.count) && parts[0].elementsEqual("1".utf8)
            && parts.allSatisfy { !$0.isEmpty && $0.allSatisfy { (0x30...0x39).contains($0) } }
    }
}
