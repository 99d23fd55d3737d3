// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

import Foundation
import TrustCore

/// What a program said, once it has ended.
struct ProgramResult {
    let status: Int32
    let output: [UInt8]
    let errors: String
}

/// Runs another program and waits for it, without taking a thread away from the tests meanwhile.
enum RunningProgram {
    static func run(
        _ executable: String,
        _ arguments: [String],
        environment: [String: String] = [:]
    ) async throws -> ProgramResult {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: executable)
        process.arguments = arguments
        process.environment = ProcessInfo.processInfo.environment.merging(environment) { $1 }
        // Files, not pipes: a full pipe that nobody reads would stop the program.
        let base = FileManager.default.temporaryDirectory.appendingPathComponent(
            "kingsnake-interop-\(UUID())"
        )
        let files = ["out", "err"].map { base.appendingPathExtension($0) }
        for file in files { try Data().write(to: file) }
        defer { for file in files { try? FileManager.default.removeItem(at: file) } }
        process.standardOutput = try FileHandle(forWritingTo: files[0])
        process.standardError = try FileHandle(forWritingTo: files[1])
        process.standardInput = FileHandle.nullDevice
        let (statuses, continuation) = AsyncStream.makeStream(of: Int32.self)
        process.terminationHandler = { process in
            continuation.yield(process.terminationStatus)
            continuation.finish()
        }
        try process.run()
        var status: Int32 = -1
        for await ended in statuses { status = ended }
        return ProgramResult(
            status: status,
            output: Array(try Data(contentsOf: files[0])),
            errors: String(decoding: try Data(contentsOf: files[1]), as: UTF8.self)
        )
    }
}
