// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

internal import DurableFiles
internal import TrustCore

/// A folder of files that can be made again at any time, each with the digest of its bytes in its name: `NAME~HEX`.
///
/// Nothing waits for the disk here: what a power loss damages shows when it is opened, and is made anew.
struct RenderingFolder: Sendable {
    let path: String

    /// Opens a file, if there is one and its bytes are what its name says. One that is damaged is removed.
    func find(_ name: String) throws -> RenderedFile? {
        for found in try Folder.names(in: path) where found.hasPrefix(name + "~") {
            let path = self.path + "/" + found
            guard let digest = Digest(.sha256, hex: found.dropFirst(name.count + 1)),
                let bytes = try OpenFile(readingIfThere: path, followingLinks: false)?.stored()
            else { continue }
            guard try bytes.digest() == digest else {
                try DurableFile.remove(path)
                continue
            }
            return RenderedFile(bytes, sha256: digest, contentType: IndexFile.mediaType(of: name))
        }
        return nil
    }

    /// Begins a file. The caller holds the lock of whoever makes it.
    func begin(_ name: String) throws -> RenderingDraft { try RenderingDraft(name, in: path) }

    /// Says that it was used just now.
    func touch() throws { _ = try DurableFile.touch(path) }
}

/// A file of a ``RenderingFolder`` that is being written. Nobody finds it before it is finished.
final class RenderingDraft {
    private let name: String
    private let folder: String
    private let temporary: String
    private let file: OpenFile
    private var digest = StreamingDigest(.sha256)
    private var isFinished = false

    fileprivate init(_ name: String, in folder: String) throws {
        try Folder.create(folder)
        // What a process left that died while it made the same file.
        for left in try Folder.names(in: folder) where left.hasPrefix(".\(name).tmp-") {
            try DurableFile.remove(folder + "/" + left)
        }
        temporary = DurableFile.temporaryName(beside: folder + "/" + name)
        file = try OpenFile(creating: temporary, mode: 0o600)
        self.name = name
        self.folder = folder
    }

    deinit { if !isFinished { try? DurableFile.remove(temporary) } }

    /// How much was written so far.
    var length: Int { Int(digest.byteCount) }

    func write(_ bytes: [UInt8]) throws { try bytes.withUnsafeBytes { try write($0) } }

    func write(_ bytes: UnsafeRawBufferPointer) throws {
        digest.update(bytes)
        try file.write(bytes)
    }

    /// Gives the file its name.
    func finish() throws -> RenderedFile {
        let sha256 = digest.finish()
        let path = "\(folder)/\(name)~\(sha256.hex)"
        try DurableFile.renameWithoutSync(temporary, to: path)
        isFinished = true
        guard let bytes = try OpenFile(readingIfThere: path, followingLinks: false)?.stored() else {
            throw Failure(.disk, "a file that was just made is gone", at: path)
        }
        return RenderedFile(bytes, sha256: sha256, contentType: IndexFile.mediaType(of: name))
    }
}
