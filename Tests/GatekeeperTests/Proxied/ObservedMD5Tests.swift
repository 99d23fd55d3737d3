// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

import CondaFormats
import TestSupport
import Testing
import Transport
import TrustCore
import TrustPolicy

@testable import Gatekeeper

@Suite("Packages that the index gives only an MD5 of")
struct ObservedMD5Tests {
    @Test("The MD5 must be right, and from then on the bytes that were fetched count")
    func fetchedFirst() async throws {
        let scene = try ObservedScene()
        let package = try ObservedPackage().byMD5
        try scene.publish([package])
        scene.web.put(package.bytes.map { $0 ^ 1 }, at: ObservedAdmissionTests.packageURL)
        let upstream = try scene.open()
        #expect(await refusalCode { try await scene.admit(package, from: upstream) } == "digest.mismatch")
        scene.web.put(package.bytes, at: ObservedAdmissionTests.packageURL)
        let admitted = try #require(try await scene.admit(package, from: upstream).package)
        #expect(admitted.sha256 == package.sha256)
        #expect(admitted.verdict.findings.contains { $0.reason.contains("the index gives an MD5 only") })
        // Whoever could make other bytes with this MD5 comes too late.
        try upstream.cache.remove(package.sha256)
        scene.web.put(package.bytes.map { $0 ^ 1 }, at: ObservedAdmissionTests.packageURL)
        let code = await refusalCode { try await scene.admit(package, from: scene.open()) }
        #expect(code == "digest.mismatch")
    }

    @Test("Another MD5 is another hash")
    func changed() async throws {
        let scene = try ObservedScene()
        let (good, bad) = (try ObservedPackage().byMD5, try ObservedPackage(holding: "another").byMD5)
        try scene.publish([good])
        let upstream = try scene.open()
        #expect(try await scene.admit(good, from: upstream).package != nil)
        try scene.publish([bad])
        scene.wait()
        let verdict = try await scene.admit(bad, from: upstream).verdict
        #expect(verdict.objections.first?.code == .hashChanged)
    }

    @Test("A SHA-256 that comes to the MD5 is no change if it is that of the bytes; another one is")
    func upgraded() async throws {
        for text in ["content", "another"] {
            let scene = try ObservedScene()
            let old = try ObservedPackage().byMD5
            try scene.publish([old])
            let upstream = try scene.open()
            #expect(try await scene.admit(old, from: upstream).package != nil)
            var new = try ObservedPackage(holding: text)
            // Even where the MD5 that would give it away is left out.
            new.record["md5"] = nil
            try scene.publish([new])
            scene.wait()
            let admission = try await scene.admit(new, from: upstream)
            #expect(admission.verdict.objections.map(\.code) == (text == "content" ? [] : [.hashChanged]))
        }
    }

    @Test("A SHA-256 that is taken away still counts")
    func downgraded() async throws {
        let scene = try ObservedScene()
        try scene.publish([ObservedPackage()])
        let upstream = try scene.open()
        _ = try await scene.names(upstream)
        let bad = try ObservedPackage(holding: "another").byMD5
        try scene.publish([bad])
        scene.wait()
        #expect(await refusalCode { try await scene.admit(bad, from: upstream) } != nil)
        let good = try ObservedPackage().byMD5
        try scene.publish([good])
        scene.wait()
        #expect(try await scene.admit(good, from: upstream).package?.sha256 == good.sha256)
    }
}
