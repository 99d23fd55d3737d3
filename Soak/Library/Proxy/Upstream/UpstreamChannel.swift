// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

internal import CondaFormats
internal import Foundation
internal import TestSupport
internal import TrustCore

/// A channel behind a proxy: its owner, who publishes one version after the other, each kept as it was.
///
/// `ROOT/packages/NAME/` has the packages of all versions, `ROOT/versions/NAME/NUMBER/` everything else of one, and
/// `ROOT/versions/NAME/NUMBER-lying/` its plain indexes with other digests in them.
actor UpstreamChannel {
    /// The channels: one that is pinned, one that signs nothing, one of those whose indexes are compared with a mirror's.
    static let names = ["pinned", "plain", "compared"]
    /// Those that sign nothing and are passed on by their own shards.
    static let shownByOwnShards: Set = ["plain"]
    static let subdirs = ["noarch", "linux-64"]
    private static let packages = ["alpha", "beta", "gamma", "delta", "epsilon"]
    /// More files than this are not listed in a subdir: then the oldest are taken out.
    private static let mostFiles = 16

    let name: String
    private let root: String
    private var fixture: ChannelFixture
    private var random: SeededGenerator
    private var number = 0

    /// Makes a channel and its first version.
    init(_ name: String, in root: String, seed: UInt64) async throws {
        self.name = name
        self.root = root
        random = SeededGenerator(seed: seed, stream: UInt64(name.utf8.count) + 80_000)
        fixture = try await ChannelFixture(packages: [], subdirs: Self.subdirs, now: Self.now)
    }

    /// What users pin.
    var pinnedRoot: [UInt8] { fixture.root }

    private static var now: Timestamp { Timestamp(seconds: Int64(Date().timeIntervalSince1970)) }

    /// Publishes another version.
    ///
    /// - Parameter note: is told what it lists before anybody can ask for it.
    func publish(_ note: ([String: [String: [UInt8]]]) -> Int) async throws {
        number += 1
        for subdir in Self.subdirs { try addPackages(to: subdir) }
        // One owner publishes one version after the other: nobody changes it meanwhile.
        var published = fixture
        try await published.publish(now: Self.now)
        fixture = published
        var listed: [String: [String: [UInt8]]] = [:]
        for package in fixture.packages {
            listed[package.subdir.text, default: [:]][package.fileName.text] = package.bytes
            try write(package.bytes, to: "packages/\(name)/\(package.path)")
        }
        try keepVersion()
        precondition(note(listed) == number, "versions are numbered by who notes them")
    }

    private func addPackages(to subdir: String) throws {
        // The stamp tells versions apart, whatever else is in them.
        var added = ["stamp"]
        for package in Self.packages where number == 1 || random.chance(40) { added.append(package) }
        for package in added {
            // One is larger than what sockets hold. More of them would only take time to make.
            let isLarge = package == "alpha" && name == "plain" && subdir == "noarch" && number % 12 == 1
            let size = isLarge ? 3 << 20 : Int.random(in: 200...30_000, using: &random)
            fixture.packages.append(try Self.package(package, "\(number)", subdir, random.bytes(size)))
        }
        let own = fixture.packages.filter { $0.subdir.text == subdir }
        for old in own.dropLast(Self.mostFiles) { fixture.packages.removeAll { $0.path == old.path } }
    }

    private static func package(_ name: String, _ version: String, _ subdir: String, _ bytes: [UInt8]) throws
        -> FixturePackage
    {
        var builder = PackageBuilder(name: name, version: version, build: "0", subdir: subdir)
        if subdir == "noarch" { builder.noarch = .generic }
        builder.add(file: "share/\(name)", bytes: bytes)
        var package = try FixturePackage(builder.fileName(.conda), in: subdir)
        package.bytes = try builder.build(.conda)
        return package
    }

    // MARK: - Files

    private func keepVersion() throws {
        let version = "\(root)/versions/\(name)/\(number)"
        for subdir in Self.subdirs {
            let files = try FileManager.default.contentsOfDirectory(atPath: "\(fixture.directory)/\(subdir)")
            for file in files where !file.hasSuffix(".conda") { try copy("\(subdir)/\(file)", to: version) }
            let plain = try fixture.folder.read("\(subdir)/repodata.json")
            try write(Self.lie(plain), to: "versions/\(name)/\(number)-lying/\(subdir)/repodata.json")
        }
        try copy("tuf", to: version)
    }

    private func copy(_ path: String, to version: String) throws {
        let target = "\(version)/\(path)"
        try FileManager.default.createDirectory(
            atPath: (target as NSString).deletingLastPathComponent,
            withIntermediateDirectories: true
        )
        try FileManager.default.copyItem(atPath: "\(fixture.directory)/\(path)", toPath: target)
    }

    private func write(_ bytes: [UInt8], to path: String) throws {
        let file = "\(root)/\(path)"
        guard !FileManager.default.fileExists(atPath: file) else { return }
        try FileManager.default.createDirectory(
            atPath: (file as NSString).deletingLastPathComponent,
            withIntermediateDirectories: true
        )
        try TemporaryFolder.write(bytes, to: file)
    }

    /// The same index with digests that are no file's.
    static func lie(_ index: [UInt8]) -> [UInt8] {
        let mark = "\"sha256\":\""
        let text = String(decoding: index, as: UTF8.self)
        var parts = text.components(separatedBy: mark)
        for at in parts.indices.dropFirst() {
            let first = parts[at].removeFirst()
            parts[at] = (first == "0" ? "1" : "0") + parts[at]
        }
        return Array(parts.joined(separator: mark).utf8)
    }
}
