// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

import SigningKeys
import Sigstore
import TestSupport
import Testing
import TrustCore

/// The bundles of the public conformance suite, each accepted, or refused for the reason it was made for.
@Suite(
    "The public suite's bundles",
    .enabled(if: SharedData.isPresent, Comment(rawValue: SharedData.absence))
)
struct ConformanceTests {
    /// A case's folder, and the code it is refused with; nil if it is accepted.
    struct Case: Sendable, CustomTestStringConvertible {
        let name: String
        let code: String?
        var testDescription: String { name }
    }

    private static let folder = "sigstore/conformance/bundle-verify"
    private static let usual = (
        identity:
            "https://github.com/sigstore-conformance/extremely-dangerous-public-oidc-beacon/.github/workflows/"
            + "extremely-dangerous-oidc-beacon.yml@refs/heads/main",
        issuer: "https://token.actions.githubusercontent.com"
    )

    @Test(
        "Every case comes out as it must, with a file and with its digest",
        arguments: cases,
        [true, false]
    )
    func verifies(_ item: Case, withFile: Bool) throws {
        let found = refusalCode { try Self.run(item.name, withFile: withFile) }
        #expect(found == item.code)
    }

    /// One verifier for all cases that are by the public instance, which has seen many good bundles before: what
    /// it keeps of its trusted root must not depend on what it has seen.
    private static let experienced = Result {
        let verifier = BundleVerifier(try TrustedRoot(parsing: SigstoreInstance.publicGood.trustedRoot))
        for _ in 0..<12 { try run("happy-path-v0.3", withFile: true, verifier) }
        return verifier
    }

    @Test(
        "A verifier that has seen many bundles says the same",
        arguments: cases.filter { (try? bytes($0.name, "trusted_root.json")) == nil }
    )
    func verifiesAgain(_ item: Case) throws {
        let verifier = try Self.experienced.get()
        #expect(refusalCode { try Self.run(item.name, withFile: true, verifier) } == item.code)
    }

    @Test("Every folder of the suite is in the table, and its name says how it must come out")
    func complete() throws {
        let folders = try SharedData.folders(Self.folder)
        #expect(Set(folders) == Set(Self.cases.map(\.name)))
        #expect(Self.cases.count == 70 && Self.cases.count { $0.code == nil } == 21)
        for item in Self.cases { #expect(item.name.hasSuffix("_fail") == (item.code != nil), "\(item.name)") }
    }

    private static func bytes(_ name: String, _ file: String) throws -> [UInt8] {
        try SharedData.bytes("\(folder)/\(name)/\(file)")
    }

    private static func verifier(_ name: String) throws -> BundleVerifier {
        let own = try? bytes(name, "trusted_root.json")
        return BundleVerifier(try TrustedRoot(parsing: own ?? SigstoreInstance.publicGood.trustedRoot))
    }

    private static func run(_ name: String, withFile: Bool, _ known: BundleVerifier? = nil) throws {
        func bytes(_ file: String) throws -> [UInt8] { try Self.bytes(name, file) }
        func text(_ file: String) -> String? {
            (try? bytes(file)).map { String(decoding: $0, as: UTF8.self) }?
                .trimmingPrefix { $0.isWhitespace }.split(whereSeparator: \.isNewline).first.map(String.init)
        }
        let verifier = try known ?? Self.verifier(name)
        let file = try (try? bytes("artifact")) ?? SharedData.bytes("\(folder)/a.txt")
        let artifact = withFile ? Artifact.bytes(file) : .digests([Digest.of(file)])
        let bundle = try Bundle(
            parsing: bytes("bundle.sigstore.json"),
            allowing: Set(Bundle.Version.allCases)
        )
        if let pem = try? bytes("key.pub") {
            let key = try VerificationKey(pem: String(decoding: pem, as: UTF8.self))
            _ = try verifier.verify(bundle, of: artifact, by: BundleVerifier.KnownKey(key))
            return
        }
        let verified = try verifier.verify(bundle, of: artifact)
        let certificate = try #require(verified.certificate)
        try certificate.certificate.identity.check(
            value: text("identity") ?? usual.identity,
            issuer: text("issuer") ?? usual.issuer
        )
    }
}
