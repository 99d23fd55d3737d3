// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

import CondaFormats
import DurableFiles
public import Gatekeeper
import TrustCore

/// Installs admitted packages into a prefix: unpacks and checks each, then links all of them, or nothing.
///
/// Packages are unpacked into a folder beside the prefix, never into a shared one: a file that is linked from
/// a shared folder could be altered through any other prefix. The digest of each archive is checked once more
/// on the very bytes that are unpacked, so that nothing that happens to the cache after admission matters.
public struct Installation: Sendable {
    /// The prefix's absolute path.
    public let prefix: String
    private let options: LinkOptions
    private let progress: @Sendable (AdmittedPackage) -> Void

    /// Takes a prefix, which need not be there yet.
    ///
    /// - Parameter progress: is told of each package once it is unpacked; may be called from several threads.
    public init(
        prefix: String,
        options: LinkOptions,
        progress: @escaping @Sendable (AdmittedPackage) -> Void = { _ in }
    ) {
        self.prefix = prefix
        self.options = options
        self.progress = progress
    }

    /// Ends what a killed installation left unfinished in the prefix, and removes what it left beside it.
    ///
    /// - Throws: a `Failure` if another process is at work there, `install.journal` for a damaged journal.
    public func recover() throws {
        try PrefixTransaction.recover(prefix: prefix)
        try UnpackingFolder.removeLeftovers(beside: prefix)
    }

    /// Does it.
    ///
    /// Each package is recorded as asked for, as conda does with explicit lists: what nobody asked for, conda
    /// removes as an orphan when it next removes anything.
    ///
    /// - Parameters:
    ///   - packages: what to install; each name once.
    ///   - removing: names of installed packages to remove in the same step.
    ///   - isDryRun: whether to stop before the prefix is changed. Everything is checked all the same.
    /// - Returns: what was done; in a dry run, what would be.
    /// - Throws: a `Refusal` or a `Failure`; then the prefix is as it was.
    public func run(
        _ packages: [AdmittedPackage],
        removing: [String] = [],
        isDryRun: Bool = false
    ) throws -> InstallResult {
        let transaction = try PrefixTransaction(prefix: prefix)
        let workshop = try UnpackingFolder(beside: transaction.prefix)
        defer { workshop.remove() }
        let extracted = try unpack(packages, in: workshop)
        let requests = zip(packages, extracted).map { package, extracted in
            LinkRequest(
                extracted: extracted,
                record: package.record.raw,
                fileName: package.url.fileName.text,
                url: package.url.identity,
                channel: package.url.channel.identity,
                requestedSpecs: [package.url.fileName.name.raw],
                archivePath: package.archivePath
            )
        }
        let prepared = try transaction.prepare(requests, removing: removing, options: options)
        return isDryRun ? prepared.preview : try prepared.commit()
    }

    /// Unpacks on as many threads as help: each extraction uses two.
    private func unpack(_ packages: [AdmittedPackage], in workshop: UnpackingFolder) throws
        -> [ExtractedPackage]
    {
        try packages.enumerated().map { number, package in
            let extracted = try PackageExtractor.extract(
                archivePath: package.archivePath,
                fileName: package.url.fileName,
                into: workshop.path(number),
                expecting: (package.sha256, package.record.size),
                md5: package.record.md5
            )
            progress(package)
            return extracted
        }
    }
}
