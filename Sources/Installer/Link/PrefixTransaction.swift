// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

import CondaFormats
import TrustCore

/// Linking packages into a prefix and removing them from it, all at once or not at all.
///
/// Where there is no prefix yet, it is built beside its place and renamed. Where there is one, new files are
/// staged in its `.kingsnake` folder, a journal is written, and the files are moved. A process that is killed
/// leaves the prefix as it was, or a journal that ``recover(prefix:)`` (and every later transaction) follows
/// to its end.
///
/// Nothing is verified here but what keeps the prefix whole: that the packages may be installed was decided
/// before, and that their files are the publisher's was checked when they were unpacked.
public struct PrefixTransaction: Sendable {
    /// The prefix's absolute path, without a slash at its end.
    public let prefix: String

    /// Takes a prefix, which need not be there yet.
    ///
    /// - Throws: a `Failure` if the path is not absolute, or has characters that scripts cannot carry.
    public init(prefix: String) throws {
        var path = prefix[...]
        while path.utf8.count > 1, path.utf8.last == UInt8(ascii: "/") { path = path.dropLast() }
        let isUsable = !path.utf8.contains {
            $0 == UInt8(ascii: "\"") || $0 == UInt8(ascii: "$") || $0 == UInt8(ascii: "`")
        }
        guard path.utf8.first == UInt8(ascii: "/"), PrefixPath(path.dropFirst()) != nil, isUsable else {
            throw Failure(
                .configuration,
                "the prefix must be an absolute path without `..`, quotes, `$` or control characters",
                at: prefix
            )
        }
        self.prefix = String(path)
    }

    /// What ``recover(prefix:)`` found.
    public enum Recovery: Sendable, Equatable {
        /// Nothing was left unfinished.
        case nothing
        /// A transaction had passed its commit point and is complete now.
        case completed
        /// A transaction had not passed its commit point; what it had staged is removed.
        case discarded
    }

    /// Ends what a killed process left unfinished in a prefix, or beside it.
    ///
    /// - Throws: a `Failure` if another process is at work there, `install.journal` for a damaged journal.
    @discardableResult
    public static func recover(prefix: String) throws -> Recovery {
        let transaction = try PrefixTransaction(prefix: prefix)
        let beside = try NewPrefix.discardLeftovers(of: transaction.prefix)
        guard let root = try PrefixFolder.open(transaction.prefix),
            try root.folder(PrefixLock.folderName) != nil
        else {
            return beside ? .discarded : .nothing
        }
        let lock = try PrefixLock.take(root)
        let inside = try lock.recover()
        try lock.dissolve()
        return inside == .nothing && beside ? .discarded : inside
    }

    /// Plans everything; the prefix is not changed, except for ending what was left unfinished in it.
    ///
    /// - Parameters:
    ///   - requests: the packages to link. One that is installed in another version or build is replaced.
    ///   - removing: names of installed packages to remove.
    /// - Throws: a `Refusal` with an ``InstallCode`` or `PackageCode`, or a `Failure`.
    public func prepare(
        _ requests: [LinkRequest],
        removing: [String] = [],
        options: LinkOptions
    ) throws -> PreparedTransaction {
        try NewPrefix.discardLeftovers(of: prefix)
        guard let root = try PrefixFolder.open(prefix), try !NewPrefix.canReplace(root) else {
            let plan = try LinkPlan.make(
                prefix: prefix,
                root: nil,
                installed: InstalledPackages(records: [], corrupt: []),
                requests: requests,
                removing: removing
            )
            return PreparedTransaction(plan, lock: nil, options: options)
        }
        let lock = try PrefixLock.take(root)
        do {
            _ = try lock.recover()
            let plan = try LinkPlan.make(
                prefix: prefix,
                root: root,
                installed: try InstalledPackages.read(root),
                requests: requests,
                removing: removing
            )
            return PreparedTransaction(plan, lock: lock, options: options)
        } catch {
            try? lock.dissolveUnlessJournalled()
            throw error
        }
    }

    /// Plans and commits in one step.
    public func install(
        _ requests: [LinkRequest],
        removing: [String] = [],
        options: LinkOptions
    ) throws -> InstallResult {
        try prepare(requests, removing: removing, options: options).commit()
    }
}

extension PrefixLock {
    /// Follows a journal that is there, and removes whatever else was left.
    func recover() throws -> PrefixTransaction.Recovery {
        let hasLeftovers = try work.list().count > 1
        let journal = try TransactionJournal.read(in: work)
        try journal?.apply(to: prefix, work: work) { _ in }
        try empty()
        return journal != nil ? .completed : hasLeftovers ? .discarded : .nothing
    }

    /// Removes the working folder, unless there is a journal in it that has to be followed first.
    func dissolveUnlessJournalled() throws {
        if try work.status(TransactionJournal.fileName) == nil { try dissolve() }
    }
}
