// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

public import TrustCore

/// What an index says about one package: the record that solvers choose by and archives are checked against.
///
/// Every field was checked for its form, and name, version and build against the file name. That the record
/// is true, and that its version can be ordered, is not said here.
public struct PackageRecord: Sendable {
    /// The archive's file name.
    public let fileName: ArchiveFileName
    /// The subdirectory it is of. Nil if neither the record nor its index says.
    public let subdir: Subdir?
    /// The number that orders builds of one version.
    public let buildNumber: UInt64
    /// What must be installed with it, as match specifications in text.
    public let depends: [String]
    /// What may be installed with it, if it is at all, as match specifications in text.
    public let constrains: [String]
    /// SHA-256 of the archive. Nil in old indexes.
    public let sha256: Digest?
    /// MD5 of the archive: broken, and never enough.
    public let md5: Digest?
    /// SHA-256 of the archive's attestations, if it has any.
    public let attestationsSHA256: Digest?
    /// The archive's length in bytes. Nil in very old indexes.
    public let size: UInt64?
    /// When it was built, as it was written: milliseconds, or in old records seconds, since 1970.
    public let timestamp: UInt64?
    /// When the channel's server first listed it, as it was written: milliseconds since 1970 (CEP 47).
    public let indexedTimestamp: UInt64?
    /// The licence, as it was written.
    public let license: String?
    /// Whether it is installed in a way of its own.
    public let noarch: NoarchKind?
    /// Features it switches on: deprecated; the fewer, the better a solver likes it.
    public let trackFeatures: [String]
    /// Features it has: deprecated.
    public let features: [String]
    /// Where pure Python packages go if this package is the prefix's Python (CEP 17).
    public let pythonSitePackagesPath: PrefixPath?
    /// The whole record, unknown members included.
    public let raw: JSONObject

    /// The package's name.
    public var name: PackageName { fileName.name }
    /// The version, as it was written.
    public var version: String { fileName.version }
    /// The build.
    public var build: String { fileName.build }

    /// When it was built, in whole seconds.
    public var builtAt: Timestamp? { timestamp.map(Self.seconds) }

    /// When the channel's server first listed it, in whole seconds. It is as true as whoever signed the
    /// record or the index is.
    ///
    /// A number that is too small to be milliseconds of our time is read as seconds, and so as a later
    /// moment: what is written wrongly makes no package look old.
    public var indexedAt: Timestamp? { indexedTimestamp.map(Self.seconds) }

    /// conda's rule: a number beyond the year 9999 in seconds is meant in milliseconds.
    static func seconds(_ number: UInt64) -> Timestamp {
        Timestamp(seconds: Int64(clamping: number > 253_402_300_799 ? number / 1_000 : number))
    }
}

extension PackageRecord: CustomStringConvertible {
    /// The file name, with the subdirectory before it.
    public var description: String { subdir.map { "\($0)/\(fileName)" } ?? fileName.text }
}
