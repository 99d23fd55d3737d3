// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

public import CondaFormats
public import TrustCore

/// What a package says in files of its own that no record holds. It follows from the package's bytes, and
/// never changes.
public struct PackageFacts: Sendable, Hashable {
    /// `info/run_exports.json`, as compact JSON; nil if the package cannot be read. A package without that
    /// file exports nothing: an empty object.
    public let runExports: [UInt8]?
    /// `info/about.json`, as compact JSON; nil if there is none, or it cannot be read.
    public let about: [UInt8]?

    /// Makes them.
    public init(runExports: [UInt8]?, about: [UInt8]?) {
        self.runExports = runExports
        self.about = about
    }
}

/// Reads what is known of packages' own files.
public protocol PackageFactsReading {
    /// What is known of the package with this SHA-256; nil if it was not read yet.
    func facts(of sha256: Digest) throws -> PackageFacts?
    /// Files of a channel whose packages are still to be read.
    func filesWithoutFacts(of channel: Int64, limit: Int) throws -> [HostedFile]
    /// Elements of `channeldata.json`, of packages after one, by the bytes of their names.
    func channelDataPage(of channel: Int64, after name: String, limit: Int) throws -> IndexPage
}

/// Changes what is known of packages' own files. Only the indexer, and whoever takes packages in, write it.
public protocol PackageFactsWriting: PackageFactsReading {
    /// Keeps what a package says.
    func keep(_ facts: PackageFacts, of sha256: Digest) throws
    /// Notes that a file's package is to be read.
    func wantFacts(of file: HostedFile) throws
    /// Forgets that.
    func unwantFacts(of file: HostedFile) throws
    /// Puts a package's element of `channeldata.json` in place of the one it had; nil takes it away.
    func setChannelData(_ text: [UInt8]?, of package: PackageName, in channel: Int64) throws
}
