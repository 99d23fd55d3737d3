// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

/// What must be true of each file, by what its senders saw and nothing else.
///
/// A request that was not answered may have happened or not: then more than one thing may be true.
public struct FileExpectations: Sendable {
    /// Of one file.
    public struct File: Sendable, Hashable {
        /// Contents that were accepted.
        public var accepted: Set<String> = []
        /// Contents that were sent, without an answer.
        public var possible: Set<String> = []
        /// Where it may be in its life, if it is there.
        public var standings: Set<FileStanding> = [.listed]

        /// Whether it must be in the index.
        public var mustBeListed: Bool { !accepted.isEmpty && standings == [.listed] }
        /// Whether it may be in the index.
        public var mayBeListed: Bool {
            !(accepted.isEmpty && possible.isEmpty) && standings.contains(.listed)
        }
        /// Whether it must be there to be downloaded.
        public var mustBeServed: Bool { !accepted.isEmpty && !standings.contains(.removed) }
        /// All contents that it may have.
        public var contents: Set<String> { accepted.isEmpty ? possible : accepted }
    }

    /// All files that were ever sent.
    public private(set) var files: [HostedName: File] = [:]

    /// Says nothing.
    public init() {}

    /// Takes in what happened, in any order.
    public init(uploads: [UploadAttempt], changes: [ChangeAttempt]) {
        for upload in uploads { add(upload) }
        for change in changes.sorted(by: { $0.span.began < $1.span.began }) { add(change) }
    }

    /// Takes in one upload.
    public mutating func add(_ upload: UploadAttempt) {
        switch upload.fate {
        case .silent: files[upload.name, default: File()].possible.insert(upload.sha256)
        case .answered where upload.fate.isSuccess:
            files[upload.name, default: File()].accepted.insert(upload.sha256)
        case .answered(let status) where status >= 500:
            // A server that failed need not know how far it came.
            files[upload.name, default: File()].possible.insert(upload.sha256)
        case .answered: if files[upload.name] == nil { files[upload.name] = File() }
        }
    }

    /// Takes in one change, after those that were sent before it.
    public mutating func add(_ change: ChangeAttempt) {
        var file = files[change.name, default: File()]
        switch change.fate {
        case .answered where change.fate.isSuccess: file.standings = [change.change.result]
        case .answered(let status) where status < 500: break
        default: file.standings.insert(change.change.result)
        }
        files[change.name] = file
    }

    /// What is said of one channel's files.
    public func only(_ channel: String) -> FileExpectations {
        var part = FileExpectations()
        part.files = files.filter { $0.key.channel == channel }
        return part
    }

    /// What must be true of a file.
    public subscript(name: HostedName) -> File { files[name] ?? File() }
}
