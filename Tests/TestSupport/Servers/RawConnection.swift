// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

internal import Foundation

/// A connection to a server of this machine, byte by byte: for what no client library would send, or leave
/// unread.
///
/// Its calls block, so that each runs on a thread of its own.
public struct RawConnection: Sendable {
    private let descriptor: Int32

    /// Connects.
    ///
    /// - Parameter timeout: after how many seconds a call gives up that sends or receives nothing; 0 for never.
    public init(port: Int, timeout: Int = 0) throws {
        descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = in_port_t(UInt16(port)).bigEndian
        address.sin_addr.s_addr = inet_addr("127.0.0.1")
        let size = socklen_t(MemoryLayout<sockaddr_in>.size)
        let descriptor = descriptor
        let result = withUnsafePointer(to: &address) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) { connect(descriptor, $0, size) }
        }
        guard result == 0 else {
            Foundation.close(descriptor)
            throw POSIXError(.ECONNREFUSED)
        }
        var limit = timeval(tv_sec: timeout, tv_usec: 0)
        let length = socklen_t(MemoryLayout<timeval>.size)
        for option in [SO_RCVTIMEO, SO_SNDTIMEO] where timeout > 0 {
            setsockopt(descriptor, SOL_SOCKET, option, &limit, length)
        }
    }

    /// Sends text.
    public func send(_ text: String) { send(Array(text.utf8)) }

    /// Sends bytes; answers whether all of them went out.
    @discardableResult
    public func send(_ bytes: [UInt8]) -> Bool {
        var rest = bytes[...]
        while !rest.isEmpty {
            let count = rest.withUnsafeBytes {
                Foundation.send(descriptor, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL))
            }
            guard count > 0 else { return false }
            rest = rest.dropFirst(count)
        }
        return true
    }

    /// Says that nothing more is coming, and still reads.
    public func hangUp() { shutdown(descriptor, Int32(SHUT_WR)) }

    /// Sends bytes to a server, and answers all that it says until it closes.
    public static func exchange(_ bytes: [UInt8], port: Int, hangingUp: Bool = false) async throws -> String {
        String(decoding: try await exchangeBytes(bytes, port: port, hangingUp: hangingUp), as: UTF8.self)
    }

    /// Sends bytes to a server, and answers all bytes that it says until it closes.
    public static func exchangeBytes(_ bytes: [UInt8], port: Int, hangingUp: Bool = false) async throws
        -> [UInt8]
    {
        let connection = try RawConnection(port: port)
        defer { connection.close() }
        connection.send(bytes)
        if hangingUp { connection.hangUp() }
        return await connection.read()
    }

    /// What comes until the server closes, or until there is enough.
    public func read(atMost limit: Int = .max) async -> [UInt8] {
        await withCheckedContinuation { continuation in
            Thread.detachNewThread { continuation.resume(returning: readBlocking(limit)) }
        }
    }

    /// Ends the connection.
    public func close() { Foundation.close(descriptor) }

    /// The same, on the caller's thread, which must not be one of Swift's own.
    public func readBlocking(_ limit: Int = .max) -> [UInt8] {
        var all: [UInt8] = []
        var piece = [UInt8](repeating: 0, count: 1 << 16)
        while all.count < limit {
            let count = recv(descriptor, &piece, min(piece.count, limit - all.count), 0)
            if count <= 0 { break }
            all += piece[..<count]
        }
        return all
    }
}
