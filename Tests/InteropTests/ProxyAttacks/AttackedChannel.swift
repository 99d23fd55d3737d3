// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

import CondaFormats
import Foundation
import SigningKeys
import TUF
import TestSupport
import Testing
import TrustCore

/// A channel with real packages on a server of its own, which turns hostile and heals.
struct AttackedChannel {
    /// How the user knows it.
    enum Kind: String, CaseIterable {
        /// Pinned to its TUF root.
        case pinned
        /// Nobody signs anything that the user would know: it is only observed.
        case observed
    }

    let attack: ProxyAttack
    let kind: Kind
    var fixture: ChannelFixture
    let server: LoopbackServer
    /// Another host, which nobody has a reason to ask.
    let elsewhere: LoopbackServer
    /// Others' copies of the channel, whose indexes are to be compared.
    var compared: [LoopbackServer] = []
    /// Folders that servers need as long as they run.
    var kept: [TemporaryFolder] = []
    var publishers: AttackedPublishers?
    /// What the channel was before version 2.
    private var before: TemporaryFolder?
    /// Makes the packages unlike those of every other channel, so that no cache has them.
    let mark: String

    var url: String { server.url }
    var name: String { "\(attack.name), \(kind)" }

    /// Makes the channel with `tool` 1.
    init(_ attack: ProxyAttack, _ kind: Kind) async throws {
        self.attack = attack
        self.kind = kind
        mark = "\(attack.name), \(kind), \(Clock.now)"
        let tool = try Self.tool("1", mark)
        fixture = try await ChannelFixture(attack.form, packages: [tool], now: Clock.now)
        server = try await .start(serving: fixture.directory)
        elsewhere = try await .start(serving: fixture.directory)
        if attack.isAttested {
            publishers = try AttackedPublishers(of: server.url)
            try attest(0)
            if kind == .pinned { try publishers?.demand(in: &fixture) }
            try await fixture.publish(now: Clock.now)
        }
        if attack.isCompared {
            for _ in 0..<2 { compared.append(try await .start(serving: fixture.directory)) }
        }
    }

    /// The owner publishes version 2.
    mutating func release() async throws {
        before = try fixture.copy()
        fixture.packages.append(try tool("2"))
        if attack.isAttested { try attest(1) }
        try await fixture.publish(now: Clock.now)
    }

    /// The hostile part begins; version 2 is published first, unless it is there.
    mutating func commit() async throws {
        if !attack.hasSeenRelease { try await release() }
        try await attack.commit(&self)
    }

    /// All is well again: the owner's own files, the next version among them where that is what it takes.
    mutating func heal(now: Timestamp) async throws {
        server.follow { _ in .normal }
        fixture.packages = [try tool("1"), try tool("2")]
        if healedVersion == "3" { fixture.packages.append(try tool("3")) }
        fixture.baseURL = nil
        fixture.replacedIndexes = [:]
        if attack.isAttested { for number in fixture.packages.indices { try attest(number) } }
        try await fixture.publish(now: now)
    }

    /// The version that clients get when all is well again.
    var healedVersion: String { kind == .observed ? attack.healsObserved : "2" }

    /// Whether clients install something bad, which stays in their caches.
    var isInstalledUnnoticed: Bool {
        if case .unnoticed = attack.outcome(of: kind) { true } else { false }
    }

    /// The channel as it was before version 2.
    func asItWas() throws -> TemporaryFolder { try #require(before) }

    /// Has the owner list further files in `linux-64`; not published yet.
    mutating func list(_ change: (inout JSONObject) throws -> Void) throws {
        let bytes = try fixture.folder.read("linux-64/repodata.json")
        var index = try #require(JSONReader.read(bytes, of: "repodata.json").object)
        var packages = try #require(index["packages.conda"]?.object)
        try change(&packages)
        index["packages.conda"] = .object(packages)
        let text = JSONWriter.encode(.object(index))
        fixture.replacedIndexes["linux-64/repodata.json"] = text
        fixture.replacedIndexes["linux-64/repodata.json.zst"] = try Zstd.compress(text)
    }

    /// A version of the package, of which the bad ones have a file that tells.
    func tool(_ version: String, isEvil: Bool = false) throws -> FixturePackage {
        try Self.tool(version, mark, isEvil: isEvil)
    }

    private static func tool(_ version: String, _ mark: String, isEvil: Bool = false) throws -> FixturePackage
    {
        var builder = PackageBuilder(name: "tool", version: version, build: "0", subdir: "linux-64")
        builder.add(file: "share/tool.txt", "\(mark), \(version)\n")
        if isEvil { builder.add(file: "share/evil.txt", mark) }
        return try package(builder)
    }

    /// A real package with its record.
    static func package(_ builder: PackageBuilder, _ bytes: [UInt8]? = nil) throws -> FixturePackage {
        var package = try FixturePackage(builder.fileName(.conda), in: builder.subdir)
        package.bytes = try bytes ?? builder.build(.conda)
        for member in builder.record(of: package.bytes).members {
            package.recordChanges[member.key] = member.value
        }
        return package
    }

    /// A publisher attests to a package, and the index promises that.
    mutating func attest(_ number: Int, by signer: SimulatedInstance.Signer? = nil) throws {
        try publishers?.attest(&fixture, number, by: signer)
    }

    /// What somebody else would make of the channel: other packages under the same names, with indexes that fit, and
    /// signatures by keys of their own.
    mutating func forged(_ packages: [FixturePackage]) async throws -> TemporaryFolder {
        let forged = try await ChannelFixture(attack.form, packages: packages, now: Clock.now)
        kept.append(forged.folder)
        return forged.folder
    }

    /// Serves some of the files from another folder; those that it lacks are not there.
    func serve(_ folder: TemporaryFolder, _ isServed: @escaping @Sendable (String) -> Bool) {
        let path = folder.path
        server.follow { request in
            guard isServed(request.path) else { return .normal }
            // The very bytes under a name that promises others, too.
            let bytes = [request.path, Self.plainName(request.path)].lazy.compactMap {
                FileManager.default.contents(atPath: path + $0)
            }.first
            return bytes.map { .replace(Array($0)) } ?? .status(404)
        }
    }

    /// Without the digest before the file's name, as in `linux-64/DIGEST.repodata.json`.
    static func plainName(_ path: String) -> String {
        guard let slash = path.lastIndex(of: "/") else { return path }
        let name = path[path.index(after: slash)...]
        let parts = name.split(separator: ".", maxSplits: 1)
        guard parts.count == 2, parts[0].utf8.count == 64 else { return path }
        return path[...slash] + String(parts[1])
    }

    func stop() async {
        for server in [server, elsewhere] + compared { await server.stop() }
    }
}
