// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

import TrustCore

#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// A lock that several processes respect, held from its making until the value goes away or the process ends.
///
/// It is an advisory `flock` on a file that stays in place: removing it would let two processes lock two
/// files.
public final class FileLock: Sendable {
    private let descriptor: Int32

    /// Takes the lock.
    ///
    /// - Parameter waiting: whether to wait for another holder; otherwise a `Failure` says that there is
    /// one.
    public init(_ path: String, waiting: Bool = true) throws {
        try Folder.create(Folder.parent(of: path))
        descriptor = open(path, O_RDWR | O_CREAT | O_NOFOLLOW | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else { throw diskFailure("could not open a lock file", path) }
        while flock(descriptor, LOCK_EX | (waiting ? 0 : LOCK_NB)) != 0 {
            if errno == EINTR { continue }
            let isHeld = errno == EWOULDBLOCK
            let failure = diskFailure("could not take a lock", path)
            guard isHeld else { throw failure }
            throw Failure(
                .disk,
                "another process is at work here",
                at: path,
                remedy: "wait until it has finished, then try again"
            )
        }
    }

    /// Takes the lock on a file that is there already, and waits for another holder. Nothing is left behind, and nothing
    /// is written: whoever may read the file can take it.
    ///
    /// It protects from others who lock the same file, which must not be replaced by another one meanwhile.
    public init(onExisting path: String) throws {
        // For writing first: over a network some systems lock nothing else.
        let options = O_CLOEXEC | O_NONBLOCK
        let writable = open(path, O_RDWR | options)
        descriptor = writable >= 0 ? writable : open(path, O_RDONLY | options)
        guard descriptor >= 0 else { throw diskFailure("could not open a file to lock it", path) }
        while flock(descriptor, LOCK_EX) != 0 {
            if errno == EINTR { continue }
            throw diskFailure("could not take a lock", path)
        }
    }

    /// Takes the lock if nobody else has it; nil if somebody does.
    public static func ifFree(_ path: String) throws -> FileLock? {
        try FileLock(taking: path)
    }

    private init?(taking path: String) throws {
        try Folder.create(Folder.parent(of: path))
        descriptor = open(path, O_RDWR | O_CREAT | O_NOFOLLOW | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else { throw diskFailure("could not open a lock file", path) }
        while flock(descriptor, LOCK_EX | LOCK_NB) != 0 {
            if errno == EINTR { continue }
            let isHeld = errno == EWOULDBLOCK
            let failure = diskFailure("could not take a lock", path)
            guard isHeld else { throw failure }
            return nil
        }
    }

    /// Also after a throwing initialiser that has set everything: nothing closes it by hand.
    ///
    /// Closing alone would not end the lock while a child that another thread has just forked still has the descriptor.
    deinit {
        guard descriptor >= 0 else { return }
        flock(descriptor, LOCK_UN)
        close(descriptor)
    }
}
