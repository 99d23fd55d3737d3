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

/// The right to change a prefix, held by one process at a time and given back when it ends, however it ends.
///
/// The lock file lies in the prefix's own `.kingsnake` folder and is removed with it.
final class PrefixLock: Sendable {
    /// The folder in a prefix that holds the lock, the journal and staged files while somebody is at work.
    static let folderName = ".kingsnake"
    private static let fileName = "lock"

    /// The prefix.
    let prefix: PrefixFolder
    /// The working folder.
    let work: PrefixFolder
    private let descriptor: Int32

    private init(prefix: PrefixFolder, work: PrefixFolder, descriptor: Int32) {
        self.prefix = prefix
        self.work = work
        self.descriptor = descriptor
    }

    /// The lock ends here even if a child that was just forked still has the descriptor.
    deinit {
        flock(descriptor, LOCK_UN)
        close(descriptor)
    }

    /// Takes the lock.
    ///
    /// - Throws: a `Failure` if another process has it.
    static func take(_ prefix: PrefixFolder) throws -> PrefixLock {
        while true {
            let work = try prefix.madeFolder(folderName, mode: 0o700)
            let flags = O_RDWR | O_CREAT | O_NOFOLLOW | O_CLOEXEC
            let file = PrefixFolder.system { openat(work.descriptor, fileName, flags, mode_t(0o600)) }
            if file < 0, errno == ENOENT { continue }
            guard file >= 0 else { throw work.failure("locking", fileName) }
            let lock = PrefixLock(prefix: prefix, work: work, descriptor: file)
            guard PrefixFolder.system({ flock(file, LOCK_EX | LOCK_NB) }) == 0 else { throw busy(prefix) }
            // The last holder may have removed the folder between our opening and our locking it.
            if try lock.isStillThere() { return lock }
        }
    }

    private func isStillThere() throws -> Bool {
        var mine = stat()
        guard fstat(descriptor, &mine) == 0 else { throw work.failure("locking", Self.fileName) }
        guard let now = try prefix.folder(Self.folderName)?.status(Self.fileName) else { return false }
        return FileStatus(mine).inode == now.inode && FileStatus(mine).device == now.device
    }

    /// Removes everything in the working folder except the lock itself.
    func empty() throws {
        for entry in try work.list() where entry.name != Self.fileName { try work.removeTree(entry.name) }
    }

    /// Removes the working folder, with the lock file last; the lock is void afterwards.
    func dissolve() throws {
        try empty()
        try work.remove(Self.fileName)
        try prefix.removeFolder(Self.folderName)
    }

    private static func busy(_ prefix: PrefixFolder) -> Failure {
        Failure(
            .disk,
            "another process is changing the prefix",
            at: prefix.path,
            remedy: "wait until it has ended"
        )
    }
}
