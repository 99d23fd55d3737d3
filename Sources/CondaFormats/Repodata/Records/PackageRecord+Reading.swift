// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

public import TrustCore

extension PackageRecord {
    /// Reads a record that was found under a file name.
    ///
    /// - Parameter subdir: the subdirectory of the index, which the record must not contradict.
    /// - Throws: a `Refusal` with `json.shape`, a `name.…` code or a `repodata.record-…` code.
    public init(_ value: JSONValue, fileName text: String, subdir indexSubdir: Subdir?) throws {
        let fields = try JSONFields(value, of: text)
        fileName = try ArchiveFileName(text)
        try Self.checkParts(fields, fileName)
        subdir = try Self.subdir(fields, indexSubdir)
        buildNumber = try Self.unsigned(fields, "build_number") ?? 0
        depends = try fields.optionalStrings("depends") ?? []
        constrains = try fields.optionalStrings("constrains") ?? []
        sha256 = try Self.digest(fields, "sha256", .sha256)
        md5 = try Self.digest(fields, "md5", .md5)
        attestationsSHA256 = try Self.attestations(fields)
        size = try Self.unsigned(fields, "size")
        timestamp = try Self.unsigned(fields, "timestamp")
        indexedTimestamp = try Self.unsigned(fields, "indexed_timestamp")
        license = try fields.optionalString("license")
        noarch = try Self.noarch(fields)
        trackFeatures = try Self.features(fields, "track_features")
        features = try Self.features(fields, "features")
        pythonSitePackagesPath = try Self.sitePackages(fields)
        raw = fields.object
    }

    private static func checkParts(_ fields: JSONFields, _ fileName: ArchiveFileName) throws {
        let name = try fields.string("name")
        guard ByteKey(name) == ByteKey(fileName.name.raw) else {
            throw differs(RepodataCode.recordName, fields, fileName.name.raw, name)
        }
        let version = try fields.string("version")
        guard ByteKey(version) == ByteKey(fileName.version) else {
            throw differs(RepodataCode.recordVersion, fields, fileName.version, version)
        }
        let build = try fields.string("build")
        guard ByteKey(build) == ByteKey(fileName.build) else {
            throw differs(RepodataCode.recordBuild, fields, fileName.build, build)
        }
    }

    private static func differs(
        _ code: RepodataCode,
        _ fields: JSONFields,
        _ expected: String,
        _ found: String
    ) -> Refusal {
        Refusal(code, fields.subject, expected: "`\(expected)`", found: "`\(QuotedText.short(found))`")
    }

    private static func subdir(_ fields: JSONFields, _ index: Subdir?) throws -> Subdir? {
        guard let text = try fields.optionalString("subdir") else { return index }
        let own = try Subdir(text)
        guard let index, own != index else { return own }
        throw differs(RepodataCode.recordSubdir, fields, index.text, own.text)
    }

    private static func unsigned(_ fields: JSONFields, _ key: String) throws -> UInt64? {
        guard let number = try fields.optionalInteger(key) else { return nil }
        guard let value = UInt64(exactly: number) else {
            throw Refusal(
                RepodataCode.recordNumber,
                fields.subject,
                at: "field `\(key)`",
                expected: "0 or more",
                found: String(number)
            )
        }
        return value
    }

    private static func digest(_ fields: JSONFields, _ key: String, _ algorithm: DigestAlgorithm) throws
        -> Digest?
    {
        guard let text = try fields.optionalString(key) else { return nil }
        guard let digest = Digest(algorithm, hex: text) else {
            throw Refusal(
                RepodataCode.recordDigest,
                fields.subject,
                at: "field `\(key)`",
                expected: "\(algorithm.byteCount * 2) hexadecimal digits",
                found: "`\(QuotedText.short(text))`"
            )
        }
        return digest
    }

    /// What the attestations' URL is made of, so that only one spelling is let through (CEP 50). Null is the
    /// same as nothing, as it is to other readers.
    private static func attestations(_ fields: JSONFields) throws -> Digest? {
        let key = "attestations_sha256"
        guard let value = fields.optional(key) else { return nil }
        guard let text = value.string, let digest = Digest(.sha256, hex: text),
            ByteKey.areEqual(digest.hex, text)
        else {
            throw Refusal(
                RepodataCode.recordAttestations,
                fields.subject,
                at: "field `\(key)`",
                expected: "64 lower-case hexadecimal digits",
                found: value.string.map { "`\(QuotedText.short($0))`" } ?? value.typeName
            )
        }
        return digest
    }

    private static func noarch(_ fields: JSONFields) throws -> NoarchKind? {
        switch fields.optional("noarch") {
        case nil, .bool(false), .string(""): return nil
        // The first form of the field, from before there was a kind for Python.
        case .bool(true): return .generic
        case .string(let text):
            guard let kind = NoarchKind(rawValue: text) else {
                throw Refusal(
                    RepodataCode.recordNoarch,
                    fields.subject,
                    expected: "`generic` or `python`",
                    found: "`\(QuotedText.short(text))`"
                )
            }
            return kind
        case let other?: throw fields.wrong("noarch", "a string", found: other.typeName)
        }
    }

    /// A list of strings, or the older form: one string with commas or spaces between.
    private static func features(_ fields: JSONFields, _ key: String) throws -> [String] {
        let texts: [String]
        if case .string(let text) = fields.optional(key) {
            texts = [text]
        } else {
            texts = try fields.optionalStrings(key) ?? []
        }
        return texts.flatMap { $0.split { $0 == "," || $0 == " " } }.map(String.init)
    }

    private static func sitePackages(_ fields: JSONFields) throws -> PrefixPath? {
        guard let text = try fields.optionalString("python_site_packages_path") else { return nil }
        guard let path = PrefixPath(text) else {
            throw Refusal(
                RepodataCode.sitePackages,
                fields.subject,
                expected: "a relative path inside the prefix",
                found: "`\(QuotedText.short(text))`"
            )
        }
        return path
    }
}
