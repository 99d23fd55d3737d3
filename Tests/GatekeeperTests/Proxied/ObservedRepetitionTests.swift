// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

import CondaFormats
import Foundation
import TestSupport
import Testing
import Transport
import TrustCore

@testable import Gatekeeper

@Suite("Packages of an observed channel that are asked for again")
struct ObservedRepetitionTests {
    private let scene: ObservedScene
    private let package: ObservedPackage
    private let upstream: ObservedUpstream

    init() throws {
        scene = try ObservedScene()
        package = try ObservedPackage()
        try scene.publish([package])
        upstream = try scene.open()
    }

    private func admitted() async throws -> AdmittedPackage {
        try #require(try await scene.admit(package, from: upstream).package)
    }

    /// Where it is if its bytes are taken for what they were.
    private func untouched(size: UInt64? = nil) -> String? {
        upstream.inspected.untouched(
            package.fileName,
            package.sha256,
            md5: nil,
            size: size,
            now: scene.clock.now
        )?.path
    }

    @Test("One that nobody touched is not digested again for some minutes")
    func remembered() async throws {
        #expect(untouched() == nil)
        let path = try await admitted().archivePath
        #expect(untouched() == path && untouched(size: UInt64(package.bytes.count)) == path)
        // Of this digest there is no package of another length.
        #expect(untouched(size: 1) == nil)
        _ = scene.web.takeRequests()
        scene.clock.advance(by: 299)
        #expect(try await admitted().archivePath == path && untouched() == path)
        scene.clock.advance(by: 1)
        #expect(untouched() == nil)
        #expect(try await admitted().archivePath == path && untouched() == path)
        #expect(!scene.web.takeRequests().contains(ObservedAdmissionTests.packageURL))
    }

    @Test("One that was altered on the disk meanwhile is noticed at once, and fetched anew")
    func altered() async throws {
        let path = try await admitted().archivePath
        var bytes = package.bytes
        bytes[bytes.count / 2] ^= 1
        try Data(bytes).write(to: URL(fileURLWithPath: path), options: .atomic)
        _ = scene.web.takeRequests()
        #expect(untouched() == nil)
        #expect(
            try Array(Data(contentsOf: URL(fileURLWithPath: await admitted().archivePath))) == package.bytes
        )
        #expect(scene.web.takeRequests().contains(ObservedAdmissionTests.packageURL))
        #expect(untouched() == path)
    }

    @Test("One that went from the cache is fetched anew")
    func gone() async throws {
        let path = try await admitted().archivePath
        try upstream.cache.remove(package.sha256)
        _ = scene.web.takeRequests()
        #expect(try await admitted().archivePath == path)
        #expect(scene.web.takeRequests().contains(ObservedAdmissionTests.packageURL))
    }
}
