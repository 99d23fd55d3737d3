// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

internal import DurableFiles
internal import NIOCore
internal import NIOPosix
internal import Synchronization
public import TrustCore

/// Blobs as files of one folder, each under its SHA-256: the default, for one machine.
///
/// A blob is written beside the others, synchronised, and renamed to its place; then its folder is synchronised.
public final class FileBlobStore: BlobStore {
    private let directory: String
    private let threads: NIOThreadPool
    /// Held while a blob that is there is stored again, and while one is removed: so none goes that was just stored.
    private let removal = Mutex(())

    /// Opens a folder of blobs; makes it where there is none.
    public convenience init(directory: String) throws {
        try self.init(directory: directory, threads: .singleton)
    }

    init(directory: String, threads: NIOThreadPool) throws {
        self.directory = directory
        self.threads = threads
        try Folder.createDurably(directory)
        try Folder.createDurably(Self.staging(in: directory))
    }

    /// Begins a file in the folder of what is being written.
    public func stage() async throws -> any StagedBlob { try staged(withMD5: true) }

    /// The same without MD5.
    public func stageWithoutMD5() async throws -> any StagedBlob { try staged(withMD5: false) }

    private func staged(withMD5: Bool) throws -> FileStagedBlob {
        let name = Hex.encode(withUnsafeBytes(of: UInt64.random(in: .min ... .max)) { Array($0) })
        return try FileStagedBlob(at: Self.staging(in: directory) + "/" + name, threads, withMD5: withMD5)
    }

    /// Synchronises a staged file, and puts it under its digest.
    public func commit(_ staged: any StagedBlob) async throws {
        guard let staged = staged as? FileStagedBlob, let digest = staged.digest else {
            preconditionFailure("a blob is finished, by the store that staged it, before it is committed")
        }
        let path = path(of: digest.sha256)
        try await threads.runIfActive {
            if try self.removal.withLock({ _ in try DurableFile.touch(path) }) { return }
            try Folder.createDurably(Folder.parent(of: path))
            try staged.moveDurably(to: path)
        }
        await staged.discard()
    }

    /// Writes bytes under their digest.
    public func put(_ bytes: [UInt8]) async throws -> Digest {
        let digest = Digest.of(bytes)
        let path = path(of: digest)
        try await threads.runIfActive {
            if try self.removal.withLock({ _ in try DurableFile.touch(path) }) { return }
            try Folder.createDurably(Folder.parent(of: path))
            try DurableFile.write(bytes, to: path)
        }
        return digest
    }

    /// How long the file of a blob is.
    public func size(of digest: Digest) async throws -> UInt64? {
        let path = path(of: digest)
        return try await threads.runIfActive {
            try OpenFile(readingIfThere: path, followingLinks: false).map {
                UInt64(clamping: try $0.length())
            }
        }
    }

    /// Reads the file of a blob. That its bytes still have the digest is not checked: that is for ``BlobAudit``.
    public func bytes(of digest: Digest, maximumLength: Int) async throws -> [UInt8] {
        let path = path(of: digest)
        let bytes = try await threads.runIfActive { try DurableFile.read(path, maximumLength: maximumLength) }
        guard let bytes else {
            throw Failure(
                .disk,
                "a file that the server keeps is not there",
                at: path,
                remedy: "restore the folder of blobs from the last backup"
            )
        }
        return bytes
    }

    /// The path of a blob's file.
    public func localPath(of digest: Digest) -> String? {
        let path = path(of: digest)
        return Folder.exists(path) ? path : nil
    }

    /// The blobs whose files nobody touched since a moment, by the file system's clock.
    public func digests(untouchedSince moment: Timestamp) async throws -> [Digest] {
        let directory = directory
        return try await threads.runIfActive {
            try Folder.names(in: directory).filter { $0.utf8.count == 2 }.flatMap { prefix in
                try Folder.names(in: directory + "/" + prefix).compactMap { name -> Digest? in
                    guard let digest = Digest(.sha256, hex: prefix + name) else { return nil }
                    return Self.isUntouched(directory + "/" + prefix + "/" + name, since: moment)
                        ? digest : nil
                }
            }
        }
    }

    /// Removes those of some blobs whose files nobody touched since a moment.
    public func remove(_ digests: [Digest], untouchedSince moment: Timestamp) async throws -> Int {
        let paths = digests.map(path)
        return try await threads.runIfActive {
            try paths.filter { path in
                try self.removal.withLock { _ in
                    guard Self.isUntouched(path, since: moment) else { return false }
                    try DurableFile.remove(path)
                    return true
                }
            }.count
        }
    }

    private static func isUntouched(_ path: String, since moment: Timestamp) -> Bool {
        DurableFile.modified(path).map { $0 < moment } ?? false
    }

    /// Removes files from the folder of what is being written, and what bytes in memory are first written to: hidden
    /// files beside the blobs.
    public func discardAbandoned(startedBefore moment: Timestamp) async throws {
        let directory = directory
        try await threads.runIfActive {
            for folder in try Folder.names(in: directory) {
                let isStaging = folder == Self.stagingName
                guard isStaging || folder.utf8.count == 2 else { continue }
                for name in try Folder.names(in: directory + "/" + folder) {
                    guard isStaging || DurableFile.isTemporary(name) else { continue }
                    let path = "\(directory)/\(folder)/\(name)"
                    guard let modified = DurableFile.modified(path), modified < moment else { continue }
                    try DurableFile.remove(path)
                }
            }
        }
    }

    /// What is free of the file system.
    public func freeBytes() throws -> UInt64? { try Folder.freeBytes(at: directory) }

    /// Two levels, so that no folder gets millions of names.
    private func path(of digest: Digest) -> String {
        let hex = digest.hex
        return "\(directory)/\(hex.prefix(2))/\(hex.dropFirst(2))"
    }

    private static let stagingName = "staging"
    private static func staging(in directory: String) -> String { directory + "/" + stagingName }
}
