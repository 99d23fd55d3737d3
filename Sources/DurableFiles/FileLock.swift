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

    /// Takes the lock as soon as nobody else has it.
    ///
    /// It tries again and again, and keeps no thread waiting. Being cancelled ends the wait. Of several who wait, the first
    /// who came need not be the first who gets it.
    ///
    /// - Parameter interval: the pause between two tries.
    public static func whenFree(
        _ path: String,
        every interval: Duration = .milliseconds(10)
    ) async throws -> FileLock {
        while true {
            if let lock = try ifFree(path) { return lock }
            try await Task.sleep(for: interval)
        }
    }

    /// Takes the lock as soon as nobody else has it, as ``whenFree(_:every:)`` does, but does not wait for ever.
    ///
    /// - Parameters:
    ///   - interval: the pause between two tries.
    ///   - limit: how long it waits, as the sum of the pauses: on a busy machine that takes longer.
    ///   - work: what whoever has the lock is doing, as in `using the trust store`, for the failure.
    ///   - place: where that is done, for the failure.
    /// - Throws: a `Failure` if the lock was not free in all that time.
    public static func whenFree(
        _ path: String,
        every interval: Duration = .milliseconds(10),
        within limit: Duration,
        holderIs work: String,
        at place: String
    ) async throws -> FileLock {
        var waited = Duration.zero
        while true {
            if let lock = try ifFree(path) { return lock }
            guard waited < limit else {
                throw Failure(
                    .disk,
                    "another process has been \(work) for too long",
                    at: place,
                    remedy: "wait for the other process, or end it"
                )
            }
            try await Task.sleep(for: interval)
            waited += interval
        }
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
