// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

internal import Logging
internal import Synchronization

#if canImport(Glibc)
    internal import Glibc
#else
    internal import Darwin
#endif

/// How many files and connections a process may have open.
///
/// A process that has none left does not go on: Swift's threads are libdispatch's, which looks at them in `/proc` now and then,
/// and traps when it cannot open that (`_dispatch_workq_monitor_pools`). So it must not come to that.
enum ProcessFiles {
    /// For what does not grow with the connections: the database, the log, indexes in the making.
    private static let reserve = 256
    /// Its socket, the file that is sent or received by it, and what is asked of another server for it.
    private static let perConnection = 3
    /// As many more as others may open while a child gets its program.
    private static let spare: Int32 = 64

    /// The limit that the user gave this process; nil if it is still in force. Whoever changes the limit holds this.
    private static let usersLimit = Mutex<rlim_t?>(nil)

    /// Lets the process open as many files as so many connections need, if the system allows that.
    ///
    /// - Returns: how many connections it may have at a time: no more than were wanted. Fewer are a warning in the log.
    static func allow(connections wanted: Int, _ logger: Logger) -> Int {
        let needed = rlim_t(reserve + perConnection * wanted)
        guard let limit = raise(to: needed) else { return wanted }
        let allowed = connections(wanted, within: Int(clamping: limit))
        if allowed < wanted {
            logger.warning(
                "\(allowed) connections at a time instead of \(wanted): the process may open \(limit) files (RLIMIT_NOFILE)"
            )
        }
        return allowed
    }

    /// Raises the limit, if it is lower and the system allows that; answers what it is then, nil if that is not told.
    private static func raise(to needed: rlim_t) -> rlim_t? {
        usersLimit.withLock { users in
            guard let limit = current() else { return nil }
            let raised = min(needed, limit.rlim_max)
            guard limit.rlim_cur < raised, set(raised, limit.rlim_max) else { return limit.rlim_cur }
            users = users ?? limit.rlim_cur
            return raised
        }
    }

    /// Starts a child of this process with the limit that the user gave it: there are programs that do not get on with a higher
    /// one, since they use `select` or go through all numbers that a file may have.
    ///
    /// A child begins with its parent's limits, and nothing can be done between its beginning and its program but what the
    /// system offers for that, which is not this. So the limit is the user's again for that moment, in all of this process;
    /// what is open stays open. Where others would not have room to open files meanwhile the child gets the raised limit.
    ///
    /// - Parameter start: starts it, and does not wait for it.
    static func withUsersLimit<Result>(_ start: () throws -> Result) rethrows -> Result {
        try usersLimit.withLock { users in
            guard let users, let raised = current(), users < raised.rlim_cur, isRoom(within: users),
                set(users, raised.rlim_max)
            else { return try start() }
            defer { _ = set(raised.rlim_cur, raised.rlim_max) }
            return try start()
        }
    }

    /// Whether files can be opened though their numbers must be lower than a limit. They get the lowest ones that are free.
    private static func isRoom(within limit: rlim_t) -> Bool {
        let next = fcntl(STDERR_FILENO, F_DUPFD_CLOEXEC, 0)
        guard next >= 0 else { return false }
        close(next)
        return rlim_t(next + spare) <= limit
    }

    #if canImport(Glibc)
        private static let resource = __rlimit_resource_t(RLIMIT_NOFILE.rawValue)
    #else
        private static let resource = RLIMIT_NOFILE
    #endif

    private static func current() -> rlimit? {
        var limit = rlimit()
        return getrlimit(resource, &limit) == 0 ? limit : nil
    }

    private static func set(_ soft: rlim_t, _ hard: rlim_t) -> Bool {
        var limit = rlimit(rlim_cur: soft, rlim_max: hard)
        return setrlimit(resource, &limit) == 0
    }

    /// How many of the wanted connections so many open files are enough for; never none.
    static func connections(_ wanted: Int, within files: Int) -> Int {
        min(wanted, max(8, (files - reserve) / perConnection))
    }
}
