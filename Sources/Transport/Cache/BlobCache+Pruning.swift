// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

public import TrustCore

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif

extension BlobCache {
    /// What became of a cache that was to be made smaller.
    public struct Pruning: Sendable, Equatable {
        /// How many blobs were removed.
        public var removed: Int
        /// How many bytes they had.
        public var removedBytes: UInt64
        /// How many bytes are left: more than wanted where the rest is in use.
        public var remainingBytes: UInt64

        /// Says what became of it.
        public init(removed: Int = 0, removedBytes: UInt64 = 0, remainingBytes: UInt64 = 0) {
            self.removed = removed
            self.removedBytes = removedBytes
            self.remainingBytes = remainingBytes
        }
    }

    /// Removes the blobs that nobody used for longest, until the others have no more bytes than wanted.
    ///
    /// A blob that somebody locked for reading stays (`flock`), in whatever process, and so does one that was used
    /// since a moment: whoever was told its path has that long to open it. One that was open without a lock stays readable
    /// to whoever has it open. Only blobs count; what is being written does not.
    ///
    /// - Parameters:
    ///   - maximumBytes: how many bytes may be left.
    ///   - unusedSince: what was used after that moment stays.
    public func prune(to maximumBytes: UInt64, unusedSince moment: Timestamp) throws -> Pruning {
        let blobs = try all()
        var result = Pruning()
        result.remainingBytes = blobs.reduce(0) { $0 &+ $1.size }
        guard result.remainingBytes > maximumBytes else { return result }
        for blob in blobs.sorted(by: { $0.used < $1.used }) {
            guard result.remainingBytes > maximumBytes, blob.used < moment.seconds else { break }
            guard Self.remove(blob, ifUnusedSince: moment) else { continue }
            result.removed += 1
            result.removedBytes += blob.size
            result.remainingBytes -= blob.size
        }
        return result
    }

    /// A blob and when it was used last, in seconds since 1970.
    private struct Known {
        let folder: CacheFolder
        let name: String
        let size: UInt64
        let used: Int64
    }

    private func all() throws -> [Known] {
        var blobs: [Known] = []
        for algorithm in DigestAlgorithm.allCases where algorithm != .md5 {
            guard let root = try folder.descend([algorithm.rawValue], creating: false) else { continue }
            for prefix in try CacheLeftovers.names(in: root) where prefix.utf8.count == 2 {
                guard let folder = try root.descend([prefix], creating: false) else { continue }
                for name in try CacheLeftovers.names(in: folder) {
                    var status = stat()
                    guard fstatat(folder.descriptor, name, &status, AT_SYMLINK_NOFOLLOW) == 0,
                        status.st_mode & S_IFMT == S_IFREG
                    else { continue }
                    blobs.append(
                        Known(
                            folder: folder,
                            name: name,
                            size: UInt64(clamping: status.st_size),
                            used: used(status)
                        )
                    )
                }
            }
        }
        return blobs
    }

    /// Removes a blob unless somebody reads it, or used it while we looked.
    private static func remove(_ blob: Known, ifUnusedSince moment: Timestamp) -> Bool {
        let descriptor = openat(
            blob.folder.descriptor,
            blob.name,
            O_RDONLY | O_NOFOLLOW | O_CLOEXEC | O_NONBLOCK
        )
        guard descriptor >= 0 else { return false }
        defer { close(descriptor) }
        var status = stat()
        guard flock(descriptor, LOCK_EX | LOCK_NB) == 0, fstat(descriptor, &status) == 0,
            used(status) < moment.seconds
        else { return false }
        return unlinkat(blob.folder.descriptor, blob.name, 0) == 0
    }

    private func used(_ status: stat) -> Int64 { Self.used(status) }

    /// When it was read or written last, whichever was later.
    private static func used(_ status: stat) -> Int64 {
        #if canImport(Darwin)
            Int64(max(status.st_atimespec.tv_sec, status.st_mtimespec.tv_sec))
        #else
            Int64(max(status.st_atim.tv_sec, status.st_mtim.tv_sec))
        #endif
    }
}

extension OpenFile {
    /// Notes that the file was used just now, also where the file system is told not to. Where that is not allowed it is
    /// only forgotten sooner.
    func markUsed() {
        // UTIME_NOW and UTIME_OMIT, which are macros that do not come through.
        #if canImport(Darwin)
            let (now, omit) = (-1, -2)
        #else
            let (now, omit) = (0x3FFF_FFFF, 0x3FFF_FFFE)
        #endif
        let times = [timespec(tv_sec: 0, tv_nsec: now), timespec(tv_sec: 0, tv_nsec: omit)]
        _ = futimens(descriptor, times)
    }
}
