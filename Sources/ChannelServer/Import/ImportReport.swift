// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

/// A package that was not imported, and why.
public struct ImportProblem: Sendable {
    /// `SUBDIR/FILE`.
    public let file: String
    /// A `Refusal`, or a `Failure` where nobody could find out.
    public let error: any Error

    init(_ file: String, _ error: any Error) {
        self.file = file
        self.error = error
    }
}

/// What an import has done, or would do.
public struct ImportReport: Sendable {
    /// Packages that were taken in; in a dry run those that would be fetched.
    public internal(set) var imported = 0
    /// Of these, those that stay out of the index, as they were in the old channel.
    public internal(set) var yanked = 0
    /// Packages that the channel had, the same bytes.
    public internal(set) var unchanged = 0
    /// Packages that the channel had, and that have attestations now that they had not.
    public internal(set) var attested = 0
    /// Packages that came without their attestations, because these do not hold here.
    public internal(set) var withoutAttestations = 0
    /// Names that the old index says were removed, and whose bytes are not there.
    public internal(set) var gone = 0
    /// Files of packages in the folder that its index does not list, and that were left.
    public internal(set) var unlisted = 0
    /// The bytes of what was taken in.
    public internal(set) var bytes: UInt64 = 0
    /// How many packages were not imported.
    public internal(set) var problemCount = 0
    /// The first of them.
    public internal(set) var problems: [ImportProblem] = []

    /// How many problems are kept: a channel whose every package is bad shall not fill the memory.
    public static let problemLimit = 10_000

    mutating func add(_ problem: ImportProblem) {
        problemCount += 1
        if problems.count < Self.problemLimit { problems.append(problem) }
    }
}

/// How far an import has got in one subdir.
public struct ImportProgress: Sendable {
    /// The subdir.
    public let subdir: String
    /// How many of its files are done, in whatever way.
    public internal(set) var files = 0
    /// How many there are.
    public let totalFiles: Int
    /// The bytes of those that are done.
    public internal(set) var bytes: UInt64 = 0
    /// The bytes that the index promises.
    public let totalBytes: UInt64
}
