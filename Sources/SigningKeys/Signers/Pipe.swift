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

/// A pipe that another program writes to, and the beginning of what it wrote.
struct Pipe {
    private var reading: Int32
    private(set) var writing: Int32
    private(set) var bytes: [UInt8] = []

    init() throws {
        var ends: [Int32] = [-1, -1]
        guard pipe(&ends) == 0 else { throw Failure(.configuration, "there are no pipes left") }
        (reading, writing) = (ends[0], ends[1])
        // Another thread may start a program in this very moment, which then keeps our end open until it
        // ends: nobody waits for the end of the stream, so nobody waits for that.
        for end in ends { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
        _ = fcntl(reading, F_SETFL, fcntl(reading, F_GETFL) | O_NONBLOCK)
    }

    mutating func closeWriting() { Self.close(&writing) }
    mutating func close() {
        Self.close(&reading)
        Self.close(&writing)
    }

    /// Reads what is there, keeps no more than the limit, and drops the rest.
    mutating func read(keeping limit: Int) throws {
        var buffer = [UInt8](repeating: 0, count: 4096)
        // Not more than a pipe holds, so that somebody who writes for ever does not hold us here.
        for _ in 0..<16 where reading >= 0 {
            let count = systemRead(reading, &buffer, buffer.count)
            if count > 0 {
                bytes += buffer.prefix(min(count, max(0, limit - bytes.count)))
            } else if count == 0 {
                Self.close(&reading)
            } else {
                return
            }
        }
    }

    /// Waits until there is something to read; answers whether nothing came.
    static func wait(_ pipes: Pipe..., milliseconds: Int32) throws -> Bool {
        // Negative descriptors, of streams that have ended, are passed over.
        var polled = pipes.map { pollfd(fd: $0.reading, events: Int16(POLLIN), revents: 0) }
        return poll(&polled, nfds_t(polled.count), milliseconds) <= 0
    }

    private static func close(_ descriptor: inout Int32) {
        if descriptor >= 0 { systemClose(descriptor) }
        descriptor = -1
    }
}

// The system's functions, which methods of the same name hide.
private func systemRead(_ descriptor: Int32, _ buffer: UnsafeMutableRawPointer, _ count: Int) -> Int {
    read(descriptor, buffer, count)
}

private func systemClose(_ descriptor: Int32) { _ = close(descriptor) }
