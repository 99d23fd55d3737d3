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
    deinit { if descriptor >= 0 { close(descriptor) } }
}
