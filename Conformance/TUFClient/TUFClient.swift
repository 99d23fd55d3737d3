// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

import ArgumentParser
import Foundation
import TUF
import Transport
import TrustCore

/// Kingsnake's TUF client behind the command line that the public conformance suite (`tuf-conformance`) calls.
///
/// The suite gives every option before the command. Exit status 0 if everything was done, exactly 1 if anything was
/// not: the suite takes every other status for a crash.
@main
struct TUFClient: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "tuf-client",
        abstract: "A TUF client for the conformance suite."
    )

    /// What to do.
    enum Task: String, CaseIterable, ExpressibleByArgument {
        /// Keep the root that is trusted from the beginning.
        case initialise = "init"
        /// Update the top-level roles.
        case refresh
        /// Update, then download targets in the order of the arguments, up to the first that fails.
        case download
    }

    @Option(help: "The folder with trusted metadata.")
    var metadataDir: String
    @Option(name: .customLong("metadata-url"), help: "Where the repository's metadata is.")
    var metadataURL: String?
    @Option(name: .customLong("target-name"), parsing: .singleValue, help: "A target to download.")
    var targetNames: [String] = []
    @Option(help: "The folder to download to.")
    var targetDir: String?
    @Option(name: .customLong("target-base-url"), help: "Where the repository's targets are.")
    var targetBaseURL: String?
    @Argument var task: Task
    @Argument(help: "With `init`: the root file to trust.")
    var trustedRoot: String?

    static func main() async {
        do {
            var command = try parse(arguments)
            try await command.run()
        } catch {
            guard exitCode(for: error) != .success else { exit(withError: error) }
            FileHandle.standardError.write(Data((fullMessage(for: error) + "\n").utf8))
            Foundation.exit(1)
        }
    }

    /// The suite sets the clock with libfaketime, under which Swift sees no arguments at all.
    private static var arguments: [String] {
        guard CommandLine.arguments.isEmpty,
            let line = FileManager.default.contents(atPath: "/proc/self/cmdline")
        else { return Array(CommandLine.arguments.dropFirst()) }
        return line.split(separator: 0, omittingEmptySubsequences: false).dropFirst().dropLast()
            .map { String(decoding: $0, as: UTF8.self) }
    }

    mutating func run() async throws {
        switch task {
        case .initialise: try initialise()
        case .refresh: try await withUpdater { try await $0.refresh() }
        case .download:
            try await withUpdater { updater in
                try await updater.refresh()
                for name in targetNames { try await download(name, by: updater) }
            }
        }
    }

    /// The root that is trusted from the beginning. It lies in a folder of its own, for every `*.json` beside the
    /// trusted metadata counts as metadata.
    private var pinnedRoot: URL {
        URL(fileURLWithPath: metadataDir).appendingPathComponent("pinned/root.json")
    }

    private func initialise() throws {
        let bytes = try Data(contentsOf: URL(fileURLWithPath: try given(trustedRoot, "the root file")))
        try FileManager.default.createDirectory(
            at: pinnedRoot.deletingLastPathComponent(),
            withIntermediateDirectories: true
        )
        try bytes.write(to: pinnedRoot)
        // What the suite looks at; the client itself never reads it.
        try bytes.write(to: URL(fileURLWithPath: metadataDir).appendingPathComponent("root.json"))
    }

    private func withUpdater(_ body: (Updater) async throws -> Void) async throws {
        let fetcher = URLFetcher()
        let updater = Updater(
            trustedRoot: Array(try Data(contentsOf: pinnedRoot)),
            metadataURL: try given(metadataURL, "--metadata-url"),
            store: try DirectoryMetadataStore(metadataDir),
            fetcher: fetcher,
            now: Timestamp(seconds: Int64(Date().timeIntervalSince1970))
        )
        let result: Result<Void, any Error>
        do { result = .success(try await body(updater)) } catch { result = .failure(error) }
        await fetcher.shutdown()
        try result.get()
    }

    private func download(_ name: String, by updater: Updater) async throws {
        guard let path = TargetPath(name) else { throw ValidationError("`\(name)` is no target path") }
        let target = try await updater.requiredTarget(path)
        let folder = URL(fileURLWithPath: try given(targetDir, "--target-dir"))
        let file = folder.appendingPathComponent(PercentEncoding.segment(name))
        // What is there already and still right is not fetched again.
        if let kept = try? Data(contentsOf: file), (try? target.verify(Array(kept))) != nil { return }
        let base = try given(targetBaseURL, "--target-base-url")
        try Data(try await updater.download(target, from: base)).write(to: file)
    }

    private func given<Value>(_ value: Value?, _ name: String) throws -> Value {
        guard let value else { throw ValidationError("\(name) is missing") }
        return value
    }
}
