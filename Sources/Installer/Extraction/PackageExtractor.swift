// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

public import CondaFormats
import Dispatch
import DurableFiles
import Foundation
public import TrustCore

/// Unpacks packages, checking everything in the same pass: the archive's digest, every entry's name and kind,
/// and every file against the package's manifest.
///
/// One thread reads, hashes and decompresses; another inspects, hashes each file and writes. Everything is
/// written into a folder that nobody else knows; it gets its name only when all checks have passed, and is
/// removed if one fails. Files are not synced one by one: whoever commits them does.
public enum PackageExtractor {
    /// Unpacks a package into a folder that is not there yet.
    ///
    /// - Parameters:
    ///   - directory: the absolute path of the folder to make. Its parent must exist.
    ///   - expecting: what the archive's bytes must be, where that is known.
    ///   - md5: what the index says the archive's MD5 is, for the record of the installation; passed on
    /// unchecked.
    /// - Throws: a `Refusal` with an `archive.…`, `package.…`, `json.…` or `digest.mismatch` code, or a
    ///   `Failure`; then nothing is left, inside or outside.
    public static func extract(
        archivePath: String,
        fileName: ArchiveFileName,
        into directory: String,
        expecting: (sha256: Digest?, size: UInt64?) = (nil, nil),
        md5: Digest? = nil,
        limits: ArchiveLimits = ArchiveLimits()
    ) throws -> ExtractedPackage {
        let staging = DurableFile.temporaryName(beside: directory)
        let writer = try TreeWriter(creating: staging)
        do {
            let summary = try read(archivePath, fileName, expecting, limits, into: writer)
            try writer.finish(as: directory)
            return ExtractedPackage(
                directory: directory,
                sha256: summary.sha256,
                md5: md5,
                size: summary.size,
                manifest: summary.manifest
            )
        } catch {
            writer.close()
            try? Folder.removeTree(staging)
            throw error
        }
    }

    /// Checks a package in the same way without writing anything.
    public static func check(
        archivePath: String,
        fileName: ArchiveFileName,
        expecting: (sha256: Digest?, size: UInt64?) = (nil, nil),
        limits: ArchiveLimits = ArchiveLimits()
    ) throws -> CheckedPackage {
        let summary = try read(archivePath, fileName, expecting, limits, into: DiscardingVisitor())
        return CheckedPackage(
            sha256: summary.sha256,
            size: summary.size,
            manifest: summary.manifest,
            infoFiles: summary.infoFiles
        )
    }

    /// One core alone decompresses bzip2 best without cutting it up first.
    private static let parallel: ParallelRunner? = {
        guard ProcessInfo.processInfo.activeProcessorCount > 1 else { return nil }
        return { count, body in DispatchQueue.concurrentPerform(iterations: count, execute: body) }
    }()

    private static func read(
        _ archivePath: String,
        _ fileName: ArchiveFileName,
        _ expecting: (sha256: Digest?, size: UInt64?),
        _ limits: ArchiveLimits,
        into visitor: any ArchiveVisitor
    ) throws -> ArchiveSummary {
        let promise = PromisedBytes(sha256: expecting.sha256, size: expecting.size, subject: fileName.text)
        do {
            let source = try FileSource(archivePath)
            let inspector = PackageInspector(fileName: fileName, limits: limits, visitor: visitor)
            let digests = try InspectionPipeline(inspector).run { sink in
                try PackageUnpacker.unpack(
                    source,
                    fileName: fileName,
                    limits: limits,
                    withMD5: false,
                    parallel: Self.parallel,
                    into: sink
                )
            }
            try promise.check(digests.sha256, digests.size)
            return try inspector.finish(digests)
        } catch let refusal as Refusal {
            // Other bytes than promised are the first thing to say, whatever else is wrong with them.
            try promise.checkAll(of: FileSource(archivePath))
            throw refusal
        }
    }
}
