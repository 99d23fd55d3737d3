// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

internal import DurableFiles
internal import NIOCore
internal import NIOPosix
internal import Synchronization
internal import TrustCore

/// A blob that is being written to a file.
///
/// One task writes to it at a time; the lock is there so that a mistake in that cannot corrupt memory.
final class FileStagedBlob: StagedBlob {
    let localPath: String
    private let threads: NIOThreadPool
    private let state: Mutex<State>

    private struct State {
        var file: OpenFile?
        var sha256 = StreamingDigest(.sha256)
        var md5: StreamingDigest?
        var finished: BlobDigest?
    }

    init(at path: String, _ threads: NIOThreadPool, withMD5: Bool) throws {
        localPath = path
        self.threads = threads
        state = Mutex(State(file: try OpenFile(creating: path), md5: withMD5 ? StreamingDigest(.md5) : nil))
    }

    /// What it is known by; nil until it is finished.
    var digest: BlobDigest? { state.withLock { $0.finished } }

    func write(_ bytes: ByteBuffer) async throws {
        try await threads.runIfActive {
            try self.state.withLock { state in
                guard let file = state.file else {
                    preconditionFailure("nothing is written to a blob that is finished")
                }
                try bytes.withUnsafeReadableBytes { readable in
                    state.sha256.update(readable)
                    state.md5?.update(readable)
                    try file.write(readable)
                }
            }
        }
    }

    func finish() async throws -> BlobDigest {
        state.withLock { state in
            if let finished = state.finished { return finished }
            let digest = BlobDigest(
                sha256: state.sha256.finish(),
                md5: state.md5?.finish(),
                size: state.sha256.byteCount
            )
            state.finished = digest
            return digest
        }
    }

    func discard() async {
        let path = localPath
        let isOpen = state.withLock { state in
            defer { state.file = nil }
            return state.file != nil
        }
        // What cannot be removed now is removed with what was abandoned.
        if isOpen { try? await threads.runIfActive { try DurableFile.remove(path) } }
    }

    /// Puts the file at its place, so that it stays there.
    func moveDurably(to path: String) throws {
        try state.withLock { state in
            try state.file?.synchronize()
            try DurableFile.rename(localPath, to: path)
            state.file = nil
        }
    }
}
