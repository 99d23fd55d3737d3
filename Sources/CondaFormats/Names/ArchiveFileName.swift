// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

import TrustCore

/// The file name of a package's archive: `name-version-build.conda` or `name-version-build.tar.bz2` (CEP 26).
///
/// What the parts may hold excludes separators of folders, so that the name is always a file in the folder it
/// is put in. That the version can be ordered is not checked: see ``CondaVersion``. Compared as bytes.
public struct ArchiveFileName: Hashable, Comparable, Sendable {
    /// The longest file name, in bytes.
    public static let maximumLength = 211
    /// The longest version or build, in bytes.
    public static let maximumPartLength = 64

    /// The whole name.
    public let text: String
    /// The package's name.
    public let name: PackageName
    /// The version, as it was written.
    public let version: String
    /// The build.
    public let build: String
    /// The archive's form, from the end of the name.
    public let format: ArchiveFormat

    /// Takes a file name without any folder before it.
    ///
    /// - Throws: a `Refusal` with `name.file-format`, `name.file-name`, `name.invalid`, `name.virtual`,
    ///   `name.version-text` or `name.build-text`.
    public init(_ text: some StringProtocol) throws {
        let text = String(text)
        // Only where it is refused: indexes have half a million names.
        var subject: String { QuotedText.short(text) }
        guard let format = ArchiveFormat.allCases.first(where: { text.utf8.hasSuffix($0.suffix.utf8) }) else {
            throw Refusal(
                NameCode.fileFormat,
                subject,
                expected: "a name that ends in `.conda` or `.tar.bz2`"
            )
        }
        guard text.utf8.count <= Self.maximumLength else {
            throw Refusal(NameCode.fileName, subject, expected: "at most \(Self.maximumLength) bytes")
        }
        // The name may hold hyphens, version and build may not: the last two hyphens divide.
        let parts = text.utf8.dropLast(format.suffix.utf8.count)
            .split(separator: UInt8(ascii: "-"), omittingEmptySubsequences: false)
        guard parts.count >= 3 else {
            throw Refusal(NameCode.fileName, subject, expected: "`name-version-build\(format.suffix)`")
        }
        let name = text[..<parts[parts.count - 3].endIndex]
        let version = Substring(parts[parts.count - 2])
        let build = Substring(parts[parts.count - 1])
        guard !name.utf8.isEmpty, !version.utf8.isEmpty, !build.utf8.isEmpty else {
            throw Refusal(NameCode.fileName, subject, expected: "no empty part")
        }
        try Self.check(version, "._+!", NameCode.versionText, of: text)
        try Self.check(build, "._+", NameCode.buildText, of: text)
        try self.init(text, try PackageName(name), String(version), String(build), format)
    }

    /// Makes a file name of its parts, under the same rules.
    public init(name: PackageName, version: String, build: String, format: ArchiveFormat) throws {
        let parsed = try ArchiveFileName("\(name.raw)-\(version)-\(build)\(format.suffix)")
        // A hyphen inside a part would be read as another division.
        guard parsed.name == name, parsed.version.utf8.elementsEqual(version.utf8) else {
            throw Refusal(
                NameCode.fileName,
                QuotedText.short(parsed.text),
                expected: "no hyphen in version or build"
            )
        }
        self = parsed
    }

    private init(
        _ text: String,
        _ name: PackageName,
        _ version: String,
        _ build: String,
        _ format: ArchiveFormat
    ) throws {
        guard !name.isVirtual else { throw Refusal(NameCode.virtualPackage, text) }
        self.text = text
        self.name = name
        self.version = version
        self.build = build
        self.format = format
    }

    /// The name without its format: `name-version-build`, as package caches call their folders.
    public var distribution: String { "\(name.raw)-\(version)-\(build)" }

    /// The name of the same package in another form.
    public func with(_ format: ArchiveFormat) -> String { distribution + format.suffix }

    /// Equal exactly if the bytes are.
    public static func == (a: ArchiveFileName, b: ArchiveFileName) -> Bool {
        a.text.utf8.elementsEqual(b.text.utf8)
    }

    /// Byte order.
    public static func < (a: ArchiveFileName, b: ArchiveFileName) -> Bool {
        a.text.utf8.lexicographicallyPrecedes(b.text.utf8)
    }

    /// Hashes the bytes.
    public func hash(into hasher: inout Hasher) { ByteKey(text).hash(into: &hasher) }

    private static func check(
        _ part: Substring,
        _ marks: StaticString,
        _ code: NameCode,
        of fileName: String
    ) throws {
        let isValid = marks.withUTF8Buffer { marks in
            part.utf8.allSatisfy { ASCIIClass.isAlphanumeric($0) || marks.contains($0) }
        }
        guard isValid, part.utf8.count <= maximumPartLength else {
            throw Refusal(
                code,
                QuotedText.short(fileName),
                expected: "at most \(maximumPartLength) ASCII letters, digits and `\(marks)`",
                found: "`\(QuotedText.short(part))`"
            )
        }
    }
}

extension ArchiveFileName: CustomStringConvertible {
    /// The whole name.
    public var description: String { text }
}

extension Collection<UInt8> {
    /// Whether the bytes end in these.
    func hasSuffix(_ suffix: some Collection<UInt8>) -> Bool {
        count >= suffix.count && self.dropFirst(count - suffix.count).elementsEqual(suffix)
    }
}
