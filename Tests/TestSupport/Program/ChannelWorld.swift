// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

public import CondaFormats
internal import Foundation
internal import TrustCore

/// A folder with packages, a signed channel made of some of them, and a user who has pinned its root: made by the
/// program itself.
public struct ChannelWorld: Sendable {
    private let temporary: TemporaryFolder
    /// The program, run in ``path``.
    public var program: Program

    /// The folder everything is in.
    public var path: String { temporary.path }
    /// The channel's folder.
    public var channel: String { path + "/channel" }
    /// The channel's URL.
    public var url: String { "file://" + channel }

    /// Makes the folder, empty.
    public init() throws {
        temporary = try TemporaryFolder()
        program = Program(in: temporary.path)
    }

    /// Makes the folder and a channel for `linux-64`, without packages, with unencrypted keys.
    public static func withChannel() async throws -> ChannelWorld {
        let world = try ChannelWorld()
        try await world.makeChannel()
        return world
    }

    /// Makes the folder, a channel with packages, and pins its root.
    public static func pinned(with packages: [PackageBuilder]) async throws -> ChannelWorld {
        let world = try ChannelWorld()
        try await world.makePinnedChannel(with: packages)
        return world
    }

    /// Makes a channel for `linux-64`, without packages, with unencrypted keys.
    public func makeChannel() async throws {
        try await must("channel", "init", "channel", "--no-passphrase", "--subdir", "linux-64")
    }

    /// Makes a channel with packages, and pins its root.
    public func makePinnedChannel(with packages: [PackageBuilder]) async throws {
        try await makeChannel()
        try await must(["channel", "add", "channel"] + packages.map { try write($0) })
        try await must("trust", "add", url, "--root", "channel/tuf/1.root.json")
    }

    /// Writes a package below `packages/`, and answers the path.
    @discardableResult
    public func write(_ package: PackageBuilder, as format: ArchiveFormat = .conda) throws -> String {
        try write(try package.build(format), to: "packages/" + package.fileName(format))
    }

    /// Writes a file below the folder, and answers its absolute path.
    @discardableResult
    public func write(_ bytes: [UInt8], to name: String) throws -> String {
        try temporary.write(bytes, to: name)
    }

    /// Reads a file below the folder.
    public func read(_ name: String) throws -> [UInt8] { try temporary.read(name) }

    /// Whether something is there.
    public func exists(_ name: String) -> Bool { FileManager.default.fileExists(atPath: path + "/" + name) }

    /// Runs the program.
    @discardableResult
    public func run(_ arguments: String...) async throws -> ProgramResult { try await program.run(arguments) }

    /// Runs the program.
    public func run(_ arguments: [String]) async throws -> ProgramResult { try await program.run(arguments) }

    /// Runs the program, which must succeed.
    @discardableResult
    public func must(_ arguments: String...) async throws -> ProgramResult { try await must(arguments) }

    /// Runs the program, which must succeed.
    @discardableResult
    public func must(_ arguments: [String]) async throws -> ProgramResult {
        let result = try await program.run(arguments)
        try result.demandSuccess("kingsnake \(arguments.joined(separator: " "))")
        return result
    }

    /// The option by which a signer says which proposal the authorities have agreed on.
    public func agreed(on proposal: String) async throws -> [String] {
        let digest = try await must("root", "merge", proposal, "--json").json()["proposal_sha256"]?.string
        return ["--sha256", digest ?? "none"]
    }

    /// The URL of a package in the channel.
    public func packageURL(_ package: PackageBuilder) -> String {
        "\(url)/\(package.subdir)/\(package.fileName(.conda))"
    }

    /// Text in which everything that differs from run to run is replaced by its name in brackets.
    public func masked(_ text: String) -> String {
        text.replacing(path, with: "[folder]")
            .replacing(/[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9:]{8}Z/, with: "[time]")
            .replacing(/[0-9a-f]{64}/, with: "[digest]")
            .replacing(/\b[0-9a-f]{32}\b/, with: "[md5]")
            .replacing(/[0-9]+ (days|hours) left/, with: "[left]")
            .replacing(/[0-9]+ days from now/, with: "[left] from now")
            .replacing(/\b[0-9a-f]{16}\b/, with: "[keyid]")
            .replacing(/127\.0\.0\.1:[0-9]+/, with: "[server]")
            .replacing(/\b[0-9a-f]{8}\b/, with: "[keyid]")
            // Prefixes stand in files, and are as long as the folder's path.
            .replacing(/\([0-9.]+ (B|kB|KiB|MiB)\)/, with: "([bytes])")
    }
}

extension PackageBuilder {
    /// `hello`, a program of a few lines for `linux-64`.
    public static func hello(_ version: String = "1.0", files: Int = 0) -> PackageBuilder {
        var hello = PackageBuilder(name: "hello", version: version, build: "0", subdir: "linux-64")
        hello.add(
            file: "bin/hello",
            "#!/bin/sh\n# \(placeholder)/bin/hello\necho hello \(version)\n",
            executable: true,
            placeholder: .text
        )
        hello.add(file: "share/hello.txt", "hello \(version)\n")
        hello.addLink("share/greeting.txt", to: "hello.txt")
        for number in 0..<files {
            hello.add(file: "share/many/\(number).txt", "file \(number) of hello \(version)\n")
        }
        return hello
    }
}
