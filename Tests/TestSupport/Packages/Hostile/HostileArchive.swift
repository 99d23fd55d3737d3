// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

public import CondaFormats

/// A package that must be refused, and why: the smallest that breaks one rule.
///
/// Made in memory, so that nothing hostile lies about; the same list is run through the reader and through
/// the
/// extractor, which must leave nothing behind.
public struct HostileArchive: Sendable, CustomStringConvertible {
    /// What is wrong with it, in words.
    public let claim: String
    /// The code it must be refused with.
    public let code: ArchiveCode
    /// The name it comes under.
    public let fileName: String
    /// The limits under which it is hostile.
    public let limits: ArchiveLimits
    /// Makes it.
    public let bytes: @Sendable () throws -> [UInt8]

    /// The claim.
    public var description: String { claim }

    /// All of them.
    public static let all: [HostileArchive] = zip + compression + tar + names + links + content

    init(
        _ code: ArchiveCode,
        _ claim: String,
        fileName: String = "a-1-0.conda",
        limits: ArchiveLimits = ArchiveLimits(),
        _ bytes: @escaping @Sendable () throws -> [UInt8]
    ) {
        self.code = code
        self.claim = claim
        self.fileName = fileName
        self.limits = limits
        self.bytes = bytes
    }

    /// A `.conda` whose payload is written by a function.
    static func payload(
        _ code: ArchiveCode,
        _ claim: String,
        paths: String = "",
        limits: ArchiveLimits = ArchiveLimits(),
        _ write: @escaping @Sendable (inout TarWriter) -> Void
    ) -> HostileArchive {
        HostileArchive(code, claim, limits: limits) {
            try RawPackage(paths: paths, payload: write).conda()
        }
    }

    /// A `.tar.bz2` whose tar data, its end included, is written by a function.
    static func tarData(
        _ code: ArchiveCode,
        _ claim: String,
        _ data: @escaping @Sendable () -> [UInt8]
    ) -> HostileArchive {
        HostileArchive(code, claim, fileName: "a-1-0.tar.bz2") { try PackageBuilder.bzip2(data()) }
    }
}
