// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

public import CondaFormats
public import TrustCore

/// One package to link into a prefix.
///
/// That it may be installed was decided before: by whoever admitted it and unpacked it.
public struct LinkRequest: Sendable {
    /// The unpacked package.
    public var extracted: ExtractedPackage
    /// The index's record of it, as it was verified: what goes into `conda-meta`.
    public var record: JSONObject
    /// The archive's file name.
    public var fileName: String
    /// Where the archive came from. Credentials in it are not written down.
    public var url: String
    /// The channel, as a URL. Credentials in it are not written down.
    public var channel: String
    /// The specifications the user asked for that led to this package.
    public var requestedSpecs: [String]
    /// Where the archive is kept, if it is.
    public var archivePath: String?

    /// Makes a request.
    public init(
        extracted: ExtractedPackage,
        record: JSONObject,
        fileName: String,
        url: String,
        channel: String,
        requestedSpecs: [String] = [],
        archivePath: String? = nil
    ) {
        self.extracted = extracted
        self.record = record
        self.fileName = fileName
        self.url = url
        self.channel = channel
        self.requestedSpecs = requestedSpecs
        self.archivePath = archivePath
    }
}

/// How packages are linked.
public struct LinkOptions: Sendable {
    /// How a file that needs no change comes into the prefix.
    public enum Placement: Sendable {
        /// As one more name of the unpacked file, or a copy where that is impossible.
        case hardLink
        /// As a file of its own.
        case copy
    }

    /// What is done with the scripts that packages bring along.
    public enum Scripts: Sendable {
        /// They are listed in the result.
        case report
        /// They run, with all rights of the user: somebody chose to trust the packages that far.
        case run
    }

    /// What is done with Python sources of noarch packages.
    public enum Compilation: Sendable {
        /// Python compiles them when it first imports them.
        case none
        /// The prefix's Python compiles them once everything is in place.
        case bytecode
    }

    /// The time, for the history.
    public var now: Timestamp
    /// The command line, for the history.
    public var command: [String]
    /// How unchanged files come into the prefix.
    public var placement: Placement
    /// What is done with link scripts.
    public var scripts: Scripts
    /// What is done with Python sources.
    public var compilation: Compilation
    /// Is told each step before it is taken; to show progress. What it throws ends the work there.
    public var onStep: (@Sendable (LinkStep) throws -> Void)?

    /// Makes options.
    public init(
        now: Timestamp,
        command: [String] = [],
        placement: Placement = .hardLink,
        scripts: Scripts = .report,
        compilation: Compilation = .none,
        onStep: (@Sendable (LinkStep) throws -> Void)? = nil
    ) {
        self.now = now
        self.command = command
        self.placement = placement
        self.scripts = scripts
        self.compilation = compilation
        self.onStep = onStep
    }
}

/// A step of a transaction. Up to and with `writingJournal` or `publishing`, the prefix is as it was.
public enum LinkStep: Sendable, Equatable {
    /// A file is about to be staged.
    case staging(PrefixPath)
    /// Everything is staged and about to be flushed to the disk.
    case flushing
    /// The new prefix is about to get its name: the commit point where there was no prefix.
    case publishing
    /// The journal is about to be written: the commit point in a prefix that was there.
    case writingJournal
    /// An old file is about to be removed.
    case removing(PrefixPath)
    /// A new file is about to be moved to its place.
    case placing(PrefixPath)
    /// All is in place; the journal is about to be removed.
    case removingJournal
    /// Left-overs are about to be removed.
    case cleaning
}
