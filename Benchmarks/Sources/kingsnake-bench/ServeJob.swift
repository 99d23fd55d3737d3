// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

import ChannelServer
import TrustCore

#if canImport(Glibc)
    import Glibc
#elseif canImport(Darwin)
    import Darwin
#endif

/// The server of a folder, as `kingsnake serve` runs it, with its log on standard error.
struct ServeJob {
    let folder: String

    /// The time.
    static var now: Timestamp { Timestamp(seconds: Int64(time(nil))) }

    /// Bytes that nobody can guess.
    static func random(_ count: Int) -> [UInt8] {
        var generator = SystemRandomNumberGenerator()
        var bytes: [UInt8] = []
        while bytes.count < count { withUnsafeBytes(of: generator.next()) { bytes += $0 } }
        return Array(bytes.prefix(count))
    }

    /// Serves until it is told to stop.
    func run() async throws -> String {
        var settings = try ServerSettings(directory: folder)
        settings.port = 0
        ProcessMemory.useFewArenas()
        let server = try HostedServer.open(
            directory: folder,
            settings: settings,
            now: { Self.now },
            random: { Self.random($0) },
            logger: ServerLog.logger(.text, now: { Self.now }, write: { Self.write($0, to: STDERR_FILENO) })
        )
        try await server.run { port in Self.write("http://127.0.0.1:\(port)\n", to: STDOUT_FILENO) }
        return "served"
    }

    private static func write(_ text: String, to descriptor: Int32) {
        var text = text
        text.withUTF8 { bytes in
            var rest = UnsafeRawBufferPointer(bytes)[...]
            while !rest.isEmpty {
                let count = systemWrite(descriptor, UnsafeRawBufferPointer(rebasing: rest))
                guard count > 0 else { return }
                rest = rest.dropFirst(count)
            }
        }
    }

    private static func systemWrite(_ descriptor: Int32, _ bytes: UnsafeRawBufferPointer) -> Int {
        #if canImport(Glibc)
            Glibc.write(descriptor, bytes.baseAddress, bytes.count)
        #else
            Darwin.write(descriptor, bytes.baseAddress, bytes.count)
        #endif
    }
}
