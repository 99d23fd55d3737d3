// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

internal import Foundation
internal import Synchronization
internal import TrustCore

/// Ports for servers whose address must be known before they listen.
///
/// Port 0 would do for all others. The kernel hands out its own range (from 32768 on Linux, 49152 on macOS) for port 0 and for
/// the near end of every connection, so that a port of it that was free a moment ago need not be; these lie below.
public enum FreePort {
    private static let given = Mutex<Set<Int>>([])

    /// A port of this machine that nobody listens on just now, and that was not given to anybody in this process before.
    public static func take() throws -> Int {
        for _ in 0..<1000 {
            let port = Int.random(in: 20_000..<32_000)
            if given.withLock({ $0.insert(port).inserted }), isFree(port) { return port }
        }
        throw Failure(.network, "there is no free port")
    }

    private static func isFree(_ port: Int) -> Bool {
        let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        defer { close(descriptor) }
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = in_port_t(UInt16(port)).bigEndian
        address.sin_addr.s_addr = inet_addr("127.0.0.1")
        return withUnsafePointer(to: &address) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                bind(descriptor, $0, socklen_t(MemoryLayout<sockaddr_in>.size)) == 0
            }
        }
    }
}
