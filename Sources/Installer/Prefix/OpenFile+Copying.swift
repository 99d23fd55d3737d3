// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

import TrustCore

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif

extension PrefixFolder {
    /// Gives a file one more name; false where the file system cannot, so that it has to be copied.
    func link(from folder: PrefixFolder, _ source: String, as name: String) -> Bool {
        linkat(folder.descriptor, source, descriptor, name, 0) == 0
    }
}

extension OpenFile {
    /// The SHA-256 of what is left to read.
    func digest() throws -> Digest {
        var digest = StreamingDigest()
        try forEachChunk { digest.update($0) }
        return digest.finish()
    }

    /// Copies what is left to read, and answers its SHA-256.
    ///
    /// The blocks are shared where the file system can; what the digest is of is what was read back.
    func copy(to other: OpenFile) throws -> Digest {
        let isCloned = clone(to: other)
        var digest = StreamingDigest()
        try forEachChunk {
            digest.update($0)
            if !isCloned { try other.write($0) }
        }
        return digest.finish()
    }

    private func forEachChunk(_ body: (UnsafeRawBufferPointer) throws -> Void) throws {
        let size = try status().size
        let length = min(PrefixFolder.chunk, max(4096, Int(clamping: size)))
        try withUnsafeTemporaryAllocation(byteCount: length, alignment: 16) { buffer in
            while true {
                let count = try read(into: buffer)
                if count == 0 { return }
                try body(UnsafeRawBufferPointer(rebasing: buffer[..<count]))
            }
        }
    }

    private func clone(to other: OpenFile) -> Bool {
        #if os(Linux)
            // FICLONE, _IOW(0x94, 9, int): the macro is not visible to Swift.
            ioctl(other.descriptor, 0x4004_9409, descriptor) == 0
        #else
            false
        #endif
    }
}
