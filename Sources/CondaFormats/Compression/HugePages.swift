// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#endif

/// Large pieces of memory in large pages.
public enum HugePages {
    /// Memory smaller than this gains nothing.
    private static let threshold = 4 << 20

    /// Advises the system to back memory that is about to be filled by huge pages: of the time that an index of
    /// 200 MB takes, a third goes into page faults otherwise. Advice only; where it is not taken, nothing changes.
    public static func advise(_ memory: UnsafeMutableRawBufferPointer) {
        #if os(Linux)
            guard memory.count >= threshold, let base = memory.baseAddress else { return }
            let page = Int(getpagesize())
            let skip = (page - Int(bitPattern: base) % page) % page
            madvise(base + skip, memory.count - skip, MADV_HUGEPAGE)
        #endif
    }
}
