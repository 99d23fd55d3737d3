// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

/// What a server of channels promises, and a proxy: the numbers are those of docs/testing.md.
public enum Promise: String, Sendable, CaseIterable, Codable {
    /// An upload that was answered with success is there after a kill, and gets into the index.
    case uploadsSurvive = "P1"
    /// One file name never has two contents.
    case oneContent = "P2"
    /// An index never names a file that cannot be downloaded with its digest.
    case indexedFilesAreThere = "P3"
    /// The publish log only grows, has no gaps, one root for each size, and says what happened.
    case logOnlyGrows = "P4"
    /// Signed metadata never go back, and lead to the files that they vouch for.
    case metadataGoForward = "P5"
    /// A proxy passes on no byte that failed a check.
    case onlyVerifiedBytes = "P6"
    /// An index that a proxy shows is one that was published, and never an older one than before.
    case indexIsOneVersion = "P6 index"
    /// A proxy passes on again whatever is well again.
    case healsAgain = "P6 healing"
    /// A build job's token is exchanged once.
    case tokensCountOnce = "P7"
    /// A yanked file is out of the index soon, and can still be downloaded.
    case yankedStaysThere = "P8"
    /// What a proxy has verified it passes on while the channel is down, until it expires.
    case lastsWhileDown = "P9"
    /// No secret is where others read.
    case secretsStaySecret = "P10"
    /// What was refused is not stored, and what was left by a kill is swept away.
    case nothingElseStored = "storage"
    /// The server answers, whoever sends what, and its memory stays bounded.
    case staysUp = "up"
}

/// Something that contradicts a promise.
public struct Finding: Sendable, Hashable, Codable, CustomStringConvertible {
    /// The promise.
    public let promise: Promise
    /// What it is about: a file, a log, a role.
    public let subject: String
    /// What was seen.
    public let what: String

    /// Makes one.
    public init(_ promise: Promise, _ subject: String, _ what: String) {
        self.promise = promise
        self.subject = subject
        self.what = what
    }

    /// One line.
    public var description: String { "\(promise.rawValue): \(subject): \(what)" }
}
