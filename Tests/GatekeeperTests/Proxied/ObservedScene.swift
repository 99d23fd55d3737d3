// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

import CondaFormats
import Foundation
import Synchronization
import TestSupport
import Testing
import Transport
import TrustCore
import TrustPolicy

@testable import Gatekeeper

/// A real package of a channel that signs nothing, and its record.
struct ObservedPackage: Sendable {
    let fileName: ArchiveFileName
    var bytes: [UInt8]
    var record: JSONObject

    /// Makes `NAME-1-BUILD.conda`, holding a text.
    init(_ name: String = "zlib", build: String = "0", holding text: String = "content") throws {
        var builder = PackageBuilder(name: name, version: "1", build: build, subdir: "linux-64")
        builder.add(file: "share/\(name)", text)
        fileName = try ArchiveFileName(builder.fileName(.conda))
        bytes = try builder.build(.conda)
        record = builder.record(of: bytes)
    }

    var sha256: Digest { Digest.of(bytes) }

    /// As in old channels: no SHA-256.
    var byMD5: ObservedPackage {
        var package = self
        package.record["sha256"] = nil
        return package
    }
}

/// A machine that observes a channel, and all that is behind it.
struct ObservedScene {
    static let url = "https://conda.example.org/forge"
    static let start = Timestamp(seconds: 1_800_000_000)

    let home: TemporaryFolder
    let web = ObservedWeb()
    let clock = ManualClock(start)
    let reports = Reports()
    var configuration: ObservedConfiguration
    let linux: Subdir

    init() throws {
        home = try TemporaryFolder()
        linux = try Subdir("linux-64")
        configuration = ObservedConfiguration(
            channel: try ChannelURL(Self.url),
            cacheDirectory: home.path + "/cache",
            ledgerDirectory: home.path + "/observed",
            fetcher: web,
            now: { [clock] in clock.now }
        )
        configuration.retry = MirrorRetry(rounds: 1)
        configuration.report = { [reports] in reports.add($0) }
    }

    func open() throws -> ObservedUpstream { try ObservedUpstream(configuration) }

    /// The index of some packages.
    static func index(_ packages: [ObservedPackage], subdir: String = "linux-64") -> [UInt8] {
        var records = JSONObject()
        for package in packages { records[package.fileName.text] = .object(package.record) }
        return JSONWriter.encode([
            "info": ["subdir": .string(subdir)], "packages": [:], "packages.conda": .object(records),
            "repodata_version": 1,
        ])
    }

    /// Lets a server have packages and their index.
    @discardableResult
    func publish(_ packages: [ObservedPackage], at base: String = url, subdir: String = "linux-64") throws
        -> [UInt8]
    {
        for package in packages { web.put(package.bytes, at: "\(base)/\(subdir)/\(package.fileName)") }
        let index = Self.index(packages, subdir: subdir)
        web.put(try Zstd.compress(index), at: "\(base)/\(subdir)/repodata.json.zst")
        return index
    }

    /// Asks for one package in the newest view.
    func admit(_ package: ObservedPackage, from upstream: ObservedUpstream) async throws -> Admission {
        try await upstream.admit(package.fileName, in: linux, of: upstream.view())
    }

    /// The names that the newest view's index lists.
    func names(_ upstream: ObservedUpstream) async throws -> [String] {
        let subdir = try #require(try await upstream.view().subdir(linux))
        return try Self.names(subdir)
    }

    static func names(_ subdir: UpstreamSubdir) throws -> [String] {
        let bytes = Array(try Data(contentsOf: URL(fileURLWithPath: subdir.path)))
        #expect(Digest.of(bytes) == subdir.id)
        return try RepodataIndex(bytes).fileNames
    }

    /// Lets a view get old.
    func wait() { clock.advance(by: configuration.freshness) }

    final class Reports: Sendable {
        private let list = Mutex<[String]>([])
        func add(_ refusal: Refusal) { list.withLock { $0.append(refusal.codeName) } }
        var codes: [String] { list.withLock { $0 } }
    }
}
