// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

public import TrustCore

/// How a package without machine code is laid out.
public enum NoarchKind: String, Sendable {
    /// Paths are relative to the prefix.
    case generic
    /// `site-packages/` and `python-scripts/` are mapped to the prefix's own Python.
    case python

    /// Reads the `noarch` member of an index or a record: a kind, or the `true` of very old packages.
    ///
    /// - Throws: `package.noarch` for another text, `json.shape` for another type.
    static func read(_ fields: JSONFields) throws -> NoarchKind? {
        switch fields.optional("noarch") {
        case nil, .bool(false): return nil
        case .bool(true): return .generic
        case .string(let text) where text.isEmpty: return nil
        case .string(let text):
            guard let kind = NoarchKind(rawValue: text) else {
                throw Refusal(
                    PackageCode.noarchKind,
                    fields.subject,
                    expected: "`generic` or `python`",
                    found: text
                )
            }
            return kind
        default: throw fields.wrong("noarch", "a string or a boolean")
        }
    }
}

/// `info/index.json`: what a package says it is.
///
/// Channels copy it into their index and may patch it there; the index's record is what solvers see and what
/// installing goes by. Dependencies are kept as text here.
public struct PackageIndex: Sendable {
    /// The package's name, as it was written.
    public let name: String
    /// The version, as it was written.
    public let version: String
    /// The build string.
    public let build: String
    /// The build number, 0 or more.
    public let buildNumber: UInt64
    /// The platform's folder in a channel, such as `linux-64`. Very old packages lack it.
    public let subdir: String?
    /// The processor, where the package says one.
    public let architecture: String?
    /// The operating system, where the package says one.
    public let platform: String?
    /// Whether it is noarch, and how.
    public let noarch: NoarchKind?
    /// What it needs, as match specifications.
    public let depends: [String]
    /// What it limits without needing it, as match specifications.
    public let constrains: [String]
    /// When it was built, in the unit the builder chose (milliseconds by now, seconds long ago).
    public let timestamp: Int64?
    /// For Python itself: where its site-packages are (CEP 17).
    public let pythonSitePackagesPath: PrefixPath?
    /// Everything the file says.
    public let object: JSONObject

    /// Reads `info/index.json`.
    ///
    /// - Throws: a `Refusal` with a ``PackageCode`` or a `json.…` code.
    public static func read(_ bytes: [UInt8]) throws -> PackageIndex {
        let subject = "info/index.json"
        let limits = JSONLimits(bytes: 4 << 20, depth: 16)
        return try PackageIndex(
            JSONFields(try JSONReader.read(bytes, of: subject, limits: limits), of: subject)
        )
    }

    private init(_ fields: JSONFields) throws {
        let identity = try RecordIdentity(fields)
        name = identity.name
        version = identity.version
        build = identity.build
        buildNumber = identity.buildNumber
        subdir = try fields.optionalString("subdir")
        architecture = try fields.optionalString("arch")
        platform = try fields.optionalString("platform")
        noarch = try NoarchKind.read(fields)
        depends = try fields.optionalStrings("depends") ?? []
        constrains = try fields.optionalStrings("constrains") ?? []
        timestamp = try fields.optionalInteger("timestamp")
        pythonSitePackagesPath = try fields.optionalString("python_site_packages_path").map {
            try PathsJSON.safePath($0, fields.subject)
        }
        object = fields.object
    }
}

/// Name, version, build and build number: what names a package's record in `conda-meta`.
struct RecordIdentity {
    let name: String
    let version: String
    let build: String
    let buildNumber: UInt64

    init(_ fields: JSONFields) throws {
        name = try Self.part(fields, "name")
        version = try Self.part(fields, "version")
        build = try Self.part(fields, fields.optional("build") == nil ? "build_string" : "build")
        buildNumber = try PathsJSON.size(fields, "build_number") ?? 0
    }

    /// Text that is safe in a file name: not empty, of printable ASCII, without separators, not starting with
    /// a dot.
    private static func part(_ fields: JSONFields, _ key: String) throws -> String {
        let text = try fields.string(key)
        let isSafe = text.utf8.allSatisfy {
            (0x21...0x7E).contains($0) && $0 != UInt8(ascii: "/") && $0 != UInt8(ascii: "\\")
                && $0 != UInt8(ascii: ":")
        }
        guard !text.isEmpty, text.utf8.count <= 128, isSafe, text.utf8.first != UInt8(ascii: ".") else {
            throw Refusal(
                PackageCode.identity,
                fields.subject,
                at: "field `\(key)`",
                expected: "1 to 128 printable characters without separators",
                found: text
            )
        }
        return text
    }
}
