// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

public import TrustCore

/// A record in `conda-meta`: a package as it was installed, in the form that conda, mamba, pixi and rattler
/// share.
///
/// It holds the index's whole record of the package, where it came from, and each installed file. Members
/// this version does not know are kept in ``object``. Nobody signs it: it is what an audit compares a prefix
/// with.
public struct PrefixRecord: Sendable {
    /// How most of the files came into the prefix.
    public enum LinkType: Int64, Sendable {
        /// One more name for the file in the package cache.
        case hardLink = 1
        /// A symbolic link into the package cache.
        case symbolicLink = 2
        /// A file of its own.
        case copy = 3
        /// A folder.
        case directory = 4
    }

    /// Where the files came from, and how.
    public struct Link: Hashable, Sendable {
        /// The folder of the unpacked package.
        public let source: String
        /// How most of the files came into the prefix; nil for a number or word we do not know.
        public let type: LinkType?

        /// Makes a link.
        public init(source: String, type: LinkType?) {
            self.source = source
            self.type = type
        }
    }

    /// How much of a record is kept.
    public enum Detail: Sendable {
        /// All of it.
        case everything
        /// All but the text of the long arrays `files` and `paths_data.paths`; ``entries`` has their content.
        /// Many times faster, and enough for whoever does not write the record again.
        case withoutArrays
    }

    /// The longest record that is read, in bytes.
    public static let maximumLength = 512 << 20

    /// The package's name, as it was written.
    public let name: String
    /// The version, as it was written.
    public let version: String
    /// The build string.
    public let build: String
    /// The build number.
    public let buildNumber: UInt64
    /// The platform's folder in its channel.
    public let subdir: String?
    /// The archive's file name.
    public let fileName: String?
    /// Where the archive was fetched.
    public let url: String?
    /// The channel, a URL or a short name.
    public let channel: String?
    /// The archive's SHA-256.
    public let sha256: Digest?
    /// The archive's MD5.
    public let md5: Digest?
    /// The archive's length in bytes.
    public let size: UInt64?
    /// Whether the package is noarch, and how.
    public let noarch: NoarchKind?
    /// For Python itself: where its site-packages are (CEP 17).
    public let pythonSitePackagesPath: PrefixPath?
    /// The specifications the user asked for that led to this package.
    public let requestedSpecs: [String]
    /// The folder of the unpacked package, at the time.
    public let extractedPackageDirectory: String?
    /// How the files came into the prefix.
    public let link: Link?
    /// The installed files, each path once, where they are in the prefix: for noarch Python packages conda's
    /// own records have that in `files` only.
    public let entries: [InstalledEntry]
    /// Everything the record says; without `files` and `paths_data.paths` where it was read without them.
    public let object: JSONObject

    /// The name the record has in `conda-meta`.
    public var recordFileName: String { "\(name)-\(version)-\(build).json" }

    /// Reads a record.
    ///
    /// - Parameters:
    ///   - recordFileName: the file's name in `conda-meta`, which must be the package's own.
    ///   - detail: how much of it ``object`` keeps.
    /// - Throws: a `Refusal` with a ``PackageCode`` or a `json.…` code.
    public static func read(
        _ bytes: [UInt8],
        named recordFileName: String,
        detail: Detail = .everything
    ) throws -> PrefixRecord {
        let limits = JSONLimits(bytes: maximumLength, depth: 32)
        var plain: (rest: [UInt8], entries: [InstalledEntry])?
        if detail == .withoutArrays, bytes.count <= limits.bytes, let arrays = PlainArrays.record(bytes) {
            plain = try InstalledEntry.plain(arrays.entries, recordFileName).map { (arrays.rest, $0) }
            // Where such entries went is in `files`.
            if plain?.entries.contains(where: \.isBelowPackageTree) == true { plain = nil }
        }
        let value = try JSONReader.read(plain?.rest ?? bytes, of: recordFileName, limits: limits)
        let record = try PrefixRecord(JSONFields(value, of: recordFileName), entries: plain?.entries)
        guard ByteKey(record.recordFileName) == ByteKey(recordFileName) else {
            throw Refusal(
                PackageCode.recordName,
                recordFileName,
                expected: record.recordFileName,
                found: recordFileName
            )
        }
        return record
    }

    /// Takes a record that was put together in memory, checking it like one that was read.
    public init(_ object: JSONObject) throws {
        try self.init(JSONFields(object, of: "prefix record"))
    }

    private init(_ fields: JSONFields, entries: [InstalledEntry]? = nil) throws {
        let identity = try RecordIdentity(fields)
        name = identity.name
        version = identity.version
        build = identity.build
        buildNumber = identity.buildNumber
        subdir = try fields.optionalString("subdir")
        fileName = try fields.optionalString("fn")
        url = try fields.optionalString("url")
        channel = try fields.optionalString("channel")
        sha256 = try PathsJSON.digest(fields, "sha256", .sha256)
        md5 = try PathsJSON.digest(fields, "md5", .md5)
        size = try PathsJSON.size(fields, "size")
        noarch = try NoarchKind.read(fields)
        pythonSitePackagesPath = try fields.optionalString("python_site_packages_path").map {
            try PathsJSON.safePath($0, fields.subject)
        }
        requestedSpecs = try Self.requestedSpecs(fields)
        extractedPackageDirectory = try fields.optionalString("extracted_package_dir")
        link = try fields.optionalFields("link").map { link in
            Link(
                source: try link.optionalString("source") ?? "",
                type: link.optional("type")?.integer.flatMap(LinkType.init)
            )
        }
        // Reading what is left checks the version, too.
        let rest = try InstalledEntry.readAll(fields)
        self.entries =
            noarch == .python ? try InstalledEntry.placed(entries ?? rest, by: fields) : entries ?? rest
        object = fields.object
    }

    private static func requestedSpecs(_ fields: JSONFields) throws -> [String] {
        if let specs = try fields.optionalStrings("requested_specs"), !specs.isEmpty { return specs }
        guard let spec = try fields.optionalString("requested_spec"), !spec.isEmpty, spec != "None" else {
            return []
        }
        return [spec]
    }

    /// The record as text, as conda writes it: two spaces a level, members sorted.
    public func encode() -> [UInt8] {
        JSONWriter.encode(Self.sorted(.object(object)), .indented)
    }

    private static func sorted(_ value: JSONValue) -> JSONValue {
        switch value {
        case .object(let object):
            var result = JSONObject()
            for member in object.members.sorted(by: { ByteKey($0.key) < ByteKey($1.key) }) {
                result.insert(member.key, sorted(member.value))
            }
            return .object(result)
        case .array(let elements): return .array(elements.map(sorted))
        default: return value
        }
    }
}
