// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

import CondaFormats
import Foundation
import TestSupport
import Testing
import Transport
import TrustCore

@testable import Gatekeeper

@Suite("Packages of a signed channel that are asked for again")
struct SignedAdmissionsTests {
    private let scene: SignedScene
    private let view: SignedView
    private let package: AdmittedPackage
    private let cache: BlobCache
    private let key: SignedAdmissions.Key

    init() async throws {
        scene = try await SignedScene()
        let upstream = try scene.upstream()
        package = try #require(
            try await upstream.admit(scene.sample.fileName, in: SignedScene.linux, of: upstream.view())
                .package
        )
        view = try await upstream.refresher.newest()
        cache = try BlobCache(at: scene.user.home.path + "/cache")
        key = SignedAdmissions.Key(subdir: SignedScene.linux, fileName: scene.sample.fileName)
    }

    private func later(_ seconds: Int64) -> Timestamp { scene.clock.now.advanced(bySeconds: seconds) }

    /// When a file was used last, by the file system's clock.
    private static func used(_ path: String) throws -> [Int] {
        let status = try status(path)
        #if canImport(Darwin)
            return [status.st_atimespec.tv_sec, status.st_atimespec.tv_nsec]
        #else
            return [status.st_atim.tv_sec, status.st_atim.tv_nsec]
        #endif
    }

    private static func written(_ path: String) throws -> [Int] {
        let status = try status(path)
        #if canImport(Darwin)
            return [status.st_mtimespec.tv_sec, status.st_mtimespec.tv_nsec]
        #else
            return [status.st_mtim.tv_sec, status.st_mtim.tv_nsec]
        #endif
    }

    private static func status(_ path: String) throws -> stat {
        var status = stat()
        try #require(stat(path, &status) == 0)
        return status
    }

    /// Waits until the file system's clock is past a moment.
    private func pass(_ moment: [Int]) async throws {
        while true {
            let now = try Self.written(try scene.user.home.write([1], to: "now"))
            if moment.lexicographicallyPrecedes(now) { return }
            try await Task.sleep(for: .milliseconds(1))
        }
    }

    @Test("A file that is asked for is marked as used now and then, and not each time, and stays known")
    func marks() async throws {
        var admissions = SignedAdmissions()
        admissions.keep(package, key, by: view, now: scene.clock.now)
        let path = package.archivePath
        let first = try Self.used(path)
        try await pass(first)
        #expect(admissions.package(key, by: view, in: cache, now: later(299)) != nil)
        #expect(try Self.used(path) == first)
        #expect(admissions.package(key, by: view, in: cache, now: later(300)) != nil)
        let second = try Self.used(path)
        #expect(first.lexicographicallyPrecedes(second))
        try await pass(second)
        #expect(admissions.package(key, by: view, in: cache, now: later(599)) != nil)
        #expect(try Self.used(path) == second)
        #expect(admissions.package(key, by: view, in: cache, now: later(600)) != nil)
        #expect(try second.lexicographicallyPrecedes(Self.used(path)))
    }

    @Test("A file that was altered or taken away is not known any more, also when it is to be marked")
    func altered() async throws {
        for seconds in [0, 300] as [Int64] {
            var admissions = SignedAdmissions()
            admissions.keep(package, key, by: view, now: scene.clock.now)
            try await pass(Self.written(package.archivePath))
            try Data(scene.sample.bytes).write(to: URL(fileURLWithPath: package.archivePath))
            #expect(admissions.package(key, by: view, in: cache, now: later(seconds)) == nil)
            // It is verified anew before it is known again.
            #expect(admissions.package(key, by: view, in: cache, now: later(seconds)) == nil)
        }
        var admissions = SignedAdmissions()
        admissions.keep(package, key, by: view, now: scene.clock.now)
        try cache.remove(package.sha256)
        #expect(admissions.package(key, by: view, in: cache, now: later(300)) == nil)
    }

    @Test("A marked file has the same content as before; one that was written since has not")
    func stamps() async throws {
        let path = package.archivePath
        let before = try #require(FileStamp(path))
        try await pass(Self.used(path))
        _ = try cache.path(of: package.sha256)
        let marked = try #require(FileStamp(path))
        #expect(marked != before && marked.hasSameContent(as: before))
        try Data(scene.sample.bytes).write(to: URL(fileURLWithPath: path))
        #expect(try !#require(FileStamp(path)).hasSameContent(as: marked))
    }
}
