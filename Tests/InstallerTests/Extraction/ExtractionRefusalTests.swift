// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

import CondaFormats
import Foundation
import Installer
import TestSupport
import Testing
import TrustCore

@Suite("Unpacking hostile packages")
struct ExtractionRefusalTests {
    @Test(
        "A hostile archive is refused with its code, and leaves nothing inside and nothing outside",
        arguments: HostileArchive.all
    )
    func refused(_ archive: HostileArchive) throws {
        let place = try ExtractionPlace(archive.bytes(), fileName: archive.fileName)
        #expect(refusalCode { try place.extract(limits: archive.limits) } == archive.code.rawValue)
        try place.expectNothingLeft()
    }

    @Test("Bytes that are not the promised ones are refused as such, before anything they break inside")
    func promised() throws {
        let good = try RawPackage().conda()
        for bytes in [good + [0], good.dropLast(), try RawPackage { $0.add(.file, "../a") }.conda()] {
            let place = try ExtractionPlace(bytes, fileName: "a-1-0.conda")
            #expect(refusalCode { try place.extract(expecting: (Digest.of(good), nil)) } == "digest.mismatch")
            try place.expectNothingLeft()
        }
    }

    @Test("Another length than the promised one is refused")
    func length() throws {
        let place = try ExtractionPlace(RawPackage().conda(), fileName: "a-1-0.conda")
        #expect(refusalCode { try place.extract(expecting: (nil, 1)) } == "digest.mismatch")
        try place.expectNothingLeft()
    }

    @Test("Nothing that is there already is replaced, not even an empty folder")
    func occupied() throws {
        let place = try ExtractionPlace(RawPackage().conda(), fileName: "a-1-0.conda")
        try FileManager.default.createDirectory(atPath: place.target, withIntermediateDirectories: false)
        #expect(throws: Failure.self) { try place.extract() }
        #expect(try FileManager.default.contentsOfDirectory(atPath: place.target) == [])
        #expect(try place.besideTarget() == ["target"])
    }
}

/// A folder with a package, a file that must not be touched, and a place to unpack to.
struct ExtractionPlace {
    private static let secret = Array("untouched".utf8)
    private let folder: TemporaryFolder
    private let fileName: String

    /// The folder to make.
    var target: String { folder.path + "/packages/target" }

    init(_ bytes: [UInt8], fileName: String) throws {
        folder = try TemporaryFolder()
        self.fileName = fileName
        try folder.write(bytes, to: "in/\(fileName)")
        try folder.write(Self.secret, to: "sentinel")
        try folder.write(Self.secret, to: "packages/keep")
        try FileManager.default.removeItem(atPath: folder.path + "/packages/keep")
    }

    @discardableResult
    func extract(
        expecting: (sha256: Digest?, size: UInt64?) = (nil, nil),
        limits: ArchiveLimits = ArchiveLimits()
    ) throws -> ExtractedPackage {
        try PackageExtractor.extract(
            archivePath: "\(folder.path)/in/\(fileName)",
            fileName: ArchiveFileName(fileName),
            into: target,
            expecting: expecting,
            limits: limits
        )
    }

    /// What stands beside the target.
    func besideTarget() throws -> [String] {
        try FileManager.default.contentsOfDirectory(atPath: folder.path + "/packages")
    }

    func expectNothingLeft() throws {
        #expect(try besideTarget() == [])
        #expect(try folder.read("sentinel") == Self.secret)
        let outside = try FileManager.default.contentsOfDirectory(atPath: folder.path)
        #expect(outside.sorted() == ["in", "packages", "sentinel"])
    }
}
