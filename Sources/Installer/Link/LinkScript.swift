// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

import CondaFormats
import Foundation
import TrustCore

/// A link script, run with the environment that conda gives it.
struct LinkScript {
    let prefix: String
    let record: PrefixRecord

    /// Runs a script and notes how it ended.
    func run(_ script: InstallResult.Script) -> InstallResult.Script {
        var environment = ProcessInfo.processInfo.environment
        environment["PREFIX"] = prefix
        environment["PKG_NAME"] = record.name
        environment["PKG_VERSION"] = record.version
        environment["PKG_BUILDNUM"] = String(record.buildNumber)
        environment["PATH"] = "\(prefix)/bin:\(environment["PATH"] ?? "/usr/bin:/bin")"
        let shell = FileManager.default.isExecutableFile(atPath: "/bin/bash") ? "/bin/bash" : "/bin/sh"
        var result = script
        result.outcome = ChildProcess.run(shell, ["\(prefix)/\(script.path)"], environment, folder: prefix)
        return result
    }
}

/// The prefix's own Python, compiling the sources of noarch packages.
struct PythonCompiler {
    private let plan: LinkPlan

    init(_ plan: LinkPlan) { self.plan = plan }

    /// Compiles; nil if there is nothing to compile.
    ///
    /// - Parameter work: a folder for the list of sources, which may be too long for a command line.
    func run(listIn work: PrefixFolder, at path: String) throws -> InstallResult.Script.Outcome? {
        guard let python = plan.packages.compactMap(\.python).first else { return nil }
        let sources = plan.packages.filter { $0.python != nil }.flatMap(\.files).map(\.target.text)
            .filter { $0.hasSuffix(".py") }
        guard !sources.isEmpty else { return nil }
        let list = "sources"
        try work.remove(list)
        try work.write(Array(sources.map { "\(plan.prefix)/\($0)\n" }.joined().utf8), to: list)
        // `-I`: neither the environment nor the current folder chooses what is imported. `-S`: nor does any package,
        // whose `.pth` files would run code at the start.
        let arguments = ["-I", "-S", "-W", "ignore", "-m", "compileall", "-q", "-l", "-i", "\(path)/\(list)"]
        return ChildProcess.run(
            "\(plan.prefix)/bin/python\(python.version)",
            arguments,
            ProcessInfo.processInfo.environment,
            folder: plan.prefix
        )
    }
}

/// A program that runs to its end.
private enum ChildProcess {
    static func run(
        _ program: String,
        _ arguments: [String],
        _ environment: [String: String],
        folder: String
    ) -> InstallResult.Script.Outcome {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: program)
        process.arguments = arguments
        process.environment = environment
        process.currentDirectoryURL = URL(fileURLWithPath: folder)
        process.standardInput = FileHandle.nullDevice
        process.standardOutput = FileHandle.standardError
        do { try process.run() } catch { return .couldNotRun("\(error)") }
        process.waitUntilExit()
        let status = process.terminationStatus
        return .exited(process.terminationReason == .uncaughtSignal ? -status : status)
    }
}
