// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

public import CondaFormats
public import TrustCore

/// A list in one of the files of a subdir's index, whose elements are kept as the text that is put there.
public enum IndexPart: String, Sendable, CaseIterable {
    /// `packages` of `repodata.json`.
    case tarBz2 = "packages"
    /// `packages.conda` of `repodata.json`.
    case conda = "packages.conda"
    /// `packages` of `current_repodata.json`: of each package the newest version only.
    case currentTarBz2 = "current packages"
    /// `packages.conda` of `current_repodata.json`.
    case currentConda = "current packages.conda"
    /// `removed`: names that were listed once.
    case removed
    /// `packages` of `run_exports.json` (CEP 12).
    case runExportsTarBz2 = "run-exports packages"
    /// `packages.conda` of `run_exports.json`.
    case runExportsConda = "run-exports packages.conda"
    /// `signatures` of `repodata.json`, for conda content trust.
    case signatures
    /// `signatures` of `current_repodata.json`.
    case currentSignatures = "current signatures"
}

/// One element of a list.
public struct IndexElement: Sendable, Hashable {
    /// The list.
    public let part: IndexPart
    /// The file it is about: elements are ordered by its bytes.
    public let fileName: ArchiveFileName
    /// The element, such as `"a-1-0.conda":{…}`, without a comma.
    public let text: [UInt8]

    /// Makes one.
    public init(_ part: IndexPart, _ fileName: ArchiveFileName, _ text: [UInt8]) {
        self.part = part
        self.fileName = fileName
        self.text = text
    }
}

/// Some elements of a list, in order.
public struct IndexPage: Sendable, Equatable {
    /// The elements, with commas between them.
    public let text: [UInt8]
    /// How many they are.
    public let count: Int
    /// The name of the last one: the next page comes after it. Nil if this page was not full: there is no
    /// next one.
    public let last: String?

    /// Makes one.
    public init(text: [UInt8], count: Int, last: String?) {
        self.text = text
        self.count = count
        self.last = last
    }
}

/// What a list will be, before it is read.
public struct IndexExtent: Sendable, Equatable {
    /// How many elements it has.
    public let count: Int
    /// How long they are together, without commas.
    public let length: Int

    /// Makes one.
    public init(count: Int, length: Int) {
        self.count = count
        self.length = length
    }
}

/// Reads what the indexes are put together from.
///
/// All of this follows from files, patches and packages' contents: it is kept so that a publication costs
/// what changed, not what is there. Only the indexer writes it.
public protocol IndexReading {
    /// Grows with every change of a subdir's elements: whoever reads page by page compares it before and
    /// after.
    func indexRevision(of subdir: Subdir, in channel: Int64) throws -> Int64
    /// How much there is of a list.
    func indexExtent(_ part: IndexPart, of subdir: Subdir, in channel: Int64) throws -> IndexExtent
    /// The elements of a list whose names come after one, by the bytes of the names.
    func indexPage(_ part: IndexPart, of subdir: Subdir, in channel: Int64, after name: String, limit: Int)
        throws -> IndexPage
    /// The elements of one package, of all lists.
    func indexElements(of package: PackageName, in subdir: Subdir, of channel: Int64) throws -> [IndexElement]
    /// The shard of each package of a subdir.
    func shards(of subdir: Subdir, in channel: Int64) throws -> [PackageName: Digest]
    /// Paths of documents that nothing leads to any more, and that were to be kept until before a moment.
    func supersededDocuments(of channel: Int64, keptUntilBefore moment: Timestamp, limit: Int) throws
        -> [String]
}

/// Changes what the indexes are put together from.
public protocol IndexWriting: IndexReading {
    /// Puts a package's elements and shard in place of those it had; answers the shard that it had.
    ///
    /// - Parameter shard: nil for a package without any file, in whatever state.
    func setElements(
        _ elements: [IndexElement],
        shard: Digest?,
        of package: PackageName,
        in subdir: Subdir,
        of channel: Int64
    ) throws -> Digest?
    /// Notes that nothing leads to some documents any more, and until when they are kept; those noted already
    /// keep their moment.
    func noteSuperseded(_ paths: [String], of channel: Int64, keptUntil moment: Timestamp) throws
    /// Forgets that of some documents: something leads to them again, or they are gone.
    func forgetSuperseded(_ paths: [String], of channel: Int64) throws
}
