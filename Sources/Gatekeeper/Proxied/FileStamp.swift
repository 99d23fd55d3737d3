// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif

/// Which file stands at a path, and when it was last changed in any way.
///
/// The moment of the last change of a file or of what is known of it cannot be set by whoever writes it, short of the
/// machine's clock. Two changes within the grain of the file system's clock look like one.
struct FileStamp: Equatable {
    private let device: UInt64
    private let inode: UInt64
    private let length: Int64
    /// When its content was changed, as whoever wrote it says.
    private let modified: [Int]
    /// When anything about it was changed.
    private let changed: [Int]

    /// The file's length.
    var size: UInt64 { UInt64(clamping: length) }

    /// Looks at a file; nil if there is no regular one.
    init?(_ path: String) {
        var status = stat()
        guard lstat(path, &status) == 0, status.st_mode & S_IFMT == S_IFREG else { return nil }
        device = UInt64(truncatingIfNeeded: status.st_dev)
        inode = UInt64(truncatingIfNeeded: status.st_ino)
        length = Int64(status.st_size)
        #if canImport(Darwin)
            let (modified, changed) = (status.st_mtimespec, status.st_ctimespec)
        #else
            let (modified, changed) = (status.st_mtim, status.st_ctim)
        #endif
        self.modified = [Int(modified.tv_sec), Int(modified.tv_nsec)]
        self.changed = [Int(changed.tv_sec), Int(changed.tv_nsec)]
    }

    /// Whether it is the same file, and nobody says that its content was changed: only for whoever just changed something
    /// else about it, since this moment can be set back.
    func hasSameContent(as other: FileStamp) -> Bool {
        device == other.device && inode == other.inode && length == other.length && modified == other.modified
    }
}
