// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

internal import DurableFiles
internal import NIOCore
internal import NIOPosix
public import TrustCore

/// Blobs as files of one folder, each under its SHA-256: the default, for one machine.
///
/// A blob is written beside the others, synchronised, and renamed to its place; then its folder is synchronised.
public final class FileBlobStore: BlobStore {
    private let directory: String
    private let threads: NIOThreadPool

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

    public func stage() async throws -> any StagedBlob {
        let name = Hex.encode(withUnsafeBytes(of: UInt64.random(in: .min ... .max)) { Array($0) })
        return try FileStagedBlob(at: Self.staging(in: directory) + "/" + name, threads)
    }

    public func commit(_ staged: any StagedBlob) async throws {
        guard let staged = staged as? FileStagedBlob, let digest = staged.digest else {
            preconditionFailure("a blob is finished, by the store that staged it, before it is committed")
        }
        let path = path(of: digest.sha256)
        try await threads.runIfActive {
            if Folder.exists(path) { return }
            try Folder.createDurably(Folder.parent(of: path))
            try staged.moveDurably(to: path)
        }
        await staged.discard()
    }

    public func put(_ bytes: [UInt8]) async throws -> Digest {
        let digest = Digest.of(bytes)
        let path = path(of: digest)
        try await threads.runIfActive {
            if Folder.exists(path) { return }
            try Folder.createDurably(Folder.parent(of: path))
            try DurableFile.write(bytes, to: path)
        }
        return digest
    }

    public func size(of digest: Digest) async throws -> UInt64? {
        let path = path(of: digest)
        return try await threads.runIfActive {
            try OpenFile(readingIfThere: path, followingLinks: false).map {
                UInt64(clamping: try $0.length())
            }
        }
    }

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

    public func localPath(of digest: Digest) -> String? {
        let path = path(of: digest)
        return Folder.exists(path) ? path : nil
    }

    public func all() async throws -> [Digest] {
        let directory = directory
        return try await threads.runIfActive {
            try Folder.names(in: directory).filter { $0.utf8.count == 2 }.flatMap { prefix in
                try Folder.names(in: directory + "/" + prefix).compactMap {
                    Digest(.sha256, hex: prefix + $0)
                }
            }
        }
    }

    public func remove(_ digests: [Digest]) async throws {
        let paths = digests.map(path)
        try await threads.runIfActive { try paths.forEach { try DurableFile.remove($0) } }
    }

    public func discardAbandoned(startedBefore moment: Timestamp) async throws {
        let folder = Self.staging(in: directory)
        try await threads.runIfActive {
            for name in try Folder.names(in: folder) {
                let path = folder + "/" + name
                guard let modified = DurableFile.modified(path), modified < moment else { continue }
                try DurableFile.remove(path)
            }
        }
    }

    /// Two levels, so that no folder gets millions of names.
    private func path(of digest: Digest) -> String {
        let hex = digest.hex
        return "\(directory)/\(hex.prefix(2))/\(hex.dropFirst(2))"
    }

    private static func staging(in directory: String) -> String { directory + "/staging" }
}
