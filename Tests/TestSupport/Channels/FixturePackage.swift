// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

public import CondaFormats
public import TrustCore

/// A package of a ``ChannelFixture``: a name, any bytes, and a record of them. It is no archive unless it
/// is made as one.
public struct FixturePackage: Sendable {
    /// The file name.
    public let fileName: ArchiveFileName
    /// The subdir it is in.
    public let subdir: Subdir
    /// The bytes.
    public var bytes: [UInt8]
    /// Members of the record that are other than they should be; null leaves one out.
    public var recordChanges: [String: JSONValue] = [:]

    /// Makes a package. Different texts give different bytes of the same length if the texts have the same.
    public init(_ fileName: String, in subdir: String = "linux-64", holding text: String = "content") throws {
        self.fileName = try ArchiveFileName(fileName)
        self.subdir = try Subdir(subdir)
        bytes = Array("\(fileName) holds \(text); ".utf8) + (0..<5000).map { UInt8(truncatingIfNeeded: $0) }
    }

    /// Makes a package that is a real archive.
    public static func archive(
        _ fileName: String,
        in subdir: String = "linux-64",
        holding text: String = "content"
    ) throws -> FixturePackage {
        var package = try FixturePackage(fileName, in: subdir)
        let name = package.fileName
        var builder = PackageBuilder(
            name: name.name.raw,
            version: name.version,
            build: name.build,
            subdir: subdir
        )
        builder.add(file: "share/text", "\(fileName) holds \(text)")
        // Nothing to compress, so that every archive has four digits of bytes.
        builder.add(file: "share/bytes", bytes: (0..<160).flatMap { Digest.of([$0]).bytes })
        package.bytes = try builder.build(name.format)
        return package
    }

    /// SHA-256 of the bytes.
    public var sha256: Digest { Digest.of(bytes) }
    /// Where it is in the channel.
    public var path: String { "\(subdir.text)/\(fileName.text)" }

    /// Its record for an index.
    public func record() throws -> PackageRecord {
        var object = JSONObject()
        object["name"] = .string(fileName.name.raw)
        object["version"] = .string(fileName.version)
        object["build"] = .string(fileName.build)
        object["build_number"] = 0
        object["depends"] = .array([])
        object["subdir"] = .string(subdir.text)
        object["sha256"] = .string(sha256.hex)
        object["md5"] = .string(Digest.of(bytes, by: .md5).hex)
        object["size"] = .number(JSONNumber(Int64(bytes.count)))
        for (key, value) in recordChanges { object[key] = value == .null ? nil : value }
        return try PackageRecord(.object(object), fileName: fileName.text, subdir: subdir)
    }
}
