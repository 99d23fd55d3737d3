// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

#if canImport(Glibc)
    internal import CMalloc
    internal import Glibc
#endif

/// How a process that runs for months asks for memory.
public enum ProcessMemory {
    /// Keeps memory in few places, so that what one thread gave back another one uses: to be called once, at the start.
    ///
    /// glibc gives each thread an arena of its own, eight for each processor, and what is free in one is of no use to the
    /// others: after 8,000 uploads a server held 157 MiB so, and 100 MiB with two, and was no slower. Whoever sets
    /// `MALLOC_ARENA_MAX` has decided otherwise.
    public static func useFewArenas() {
        #if canImport(Glibc)
            guard getenv("MALLOC_ARENA_MAX") == nil else { return }
            _ = mallopt(M_ARENA_MAX, 2)
        #endif
    }
}
