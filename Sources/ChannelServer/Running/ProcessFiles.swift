// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

internal import Logging

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

    /// Lets the process open as many files as so many connections need, if the system allows that.
    ///
    /// - Returns: how many connections it may have at a time: no more than were wanted. Fewer are a warning in the log.
    static func allow(connections wanted: Int, _ logger: Logger) -> Int {
        #if canImport(Glibc)
            let resource = __rlimit_resource_t(RLIMIT_NOFILE.rawValue)
        #else
            let resource = RLIMIT_NOFILE
        #endif
        var limit = rlimit()
        guard getrlimit(resource, &limit) == 0 else { return wanted }
        let needed = rlim_t(reserve + perConnection * wanted)
        if limit.rlim_cur < needed {
            var raised = limit
            raised.rlim_cur = min(needed, limit.rlim_max)
            if setrlimit(resource, &raised) == 0 { limit = raised }
        }
        let allowed = connections(wanted, within: Int(clamping: limit.rlim_cur))
        if allowed < wanted {
            logger.warning(
                "\(allowed) connections at a time instead of \(wanted): the process may open \(limit.rlim_cur) files (RLIMIT_NOFILE)"
            )
        }
        return allowed
    }

    /// How many of the wanted connections so many open files are enough for; never none.
    static func connections(_ wanted: Int, within files: Int) -> Int {
        min(wanted, max(8, (files - reserve) / perConnection))
    }
}
