// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

import Sigstore
import TestSupport
import Testing
import TrustCore

@Suite("The file of a package's attestations (CEP 50)")
struct SidecarTests {
    private static let package = StatementSample.fileName
    private static let bundle = JSONWriter.encode(BundleSample.value())

    private static func other(_ number: Int64) -> [UInt8] {
        JSONWriter.encode(
            BundleSample.value().replacing(
                "verificationMaterial.tlogEntries.0.logIndex",
                by: .init(integerLiteral: number)
            )
        )
    }

    private static func parse(_ text: String, expecting digest: Digest? = nil) throws -> Sidecar {
        try Sidecar(parsing: Array(text.utf8), expecting: digest, of: package)
    }

    @Test("Each bundle is kept as its very bytes, whatever stands around it")
    func bytes() throws {
        let text = " [\n{ \"a\" : [1,\"]},{\"] } ,\t{\"b\":1.50e1},{}\r\n] \n"
        let sidecar = try Self.parse(text, expecting: Digest.of(Array(text.utf8)))
        #expect(sidecar.count == 3 && sidecar.digest == Digest.of(Array(text.utf8)))
        #expect(
            sidecar.bundles.map { String(decoding: $0, as: UTF8.self) }
                == ["{ \"a\" : [1,\"]},{\"] }", "{\"b\":1.50e1}", "{}"]
        )
    }

    @Test("One is made of bundles, and more are appended, without a change to any byte of theirs")
    func making() throws {
        var sidecar = try Sidecar(bundles: [Self.bundle, Self.other(1), Self.bundle], of: Self.package)
        #expect(sidecar.bundles == [Self.bundle, Self.other(1)])
        sidecar = try sidecar.appending(Self.other(2), of: Self.package)
        #expect(sidecar.bundles == [Self.bundle, Self.other(1), Self.other(2)])
        #expect(try sidecar.appending(Self.bundle, of: Self.package).bytes == sidecar.bytes)
        let again = try Sidecar(parsing: sidecar.bytes, expecting: sidecar.digest, of: Self.package)
        #expect(again.bundles == sidecar.bundles)
    }

    @Test("White space around a bundle is no part of it")
    func space() throws {
        let spaced = Array(" \n".utf8) + Self.bundle + Array("\r\n".utf8)
        let sidecar = try Sidecar(bundles: [spaced, Self.bundle], of: Self.package)
        #expect(sidecar.bundles == [Self.bundle])
        #expect(try sidecar.appending(spaced, of: Self.package).bytes == sidecar.bytes)
    }

    @Test("Only whole bundles go into one that is made, and not none, nor too many")
    func badMaking() throws {
        #expect(refusalCode { try Sidecar(bundles: [], of: Self.package) } == "attestation.sidecar-shape")
        for bad in ["{}", "", "[]", "{} {}"] {
            let bad = Array(bad.utf8)
            #expect(refusalCode { try Sidecar(bundles: [Self.bundle, bad], of: Self.package) } != nil)
            let one = try Sidecar(bundles: [Self.bundle], of: Self.package)
            #expect(refusalCode { try one.appending(bad, of: Self.package) } != nil)
        }
        let full = try Sidecar(bundles: (1...32).map(Self.other), of: Self.package)
        #expect(refusalCode { try full.appending(Self.bundle, of: Self.package) } == "attestation.limit")
    }

    /// Sigstore's list of what must fail, 66: the digest is compared first.
    @Test("Other bytes than the index names are refused before they are parsed")
    func digest() throws {
        let good = try Sidecar(bundles: [Self.bundle], of: Self.package)
        for other in [good.bytes + [0x20], Array(good.bytes.dropLast()), Array("not JSON".utf8), []] {
            #expect(
                refusalCode { try Sidecar(parsing: other, expecting: good.digest, of: Self.package) }
                    == "attestation.sidecar-digest"
            )
        }
    }

    /// Sigstore's list of what must fail, 68: here of a whole file; whoever fetches it stops earlier.
    @Test("A file that is too long is refused before its digest is made")
    func length() {
        let long = [UInt8](repeating: 0x20, count: Sidecar.maximumLength + 1)
        #expect(
            refusalCode { try Sidecar(parsing: long, expecting: Digest.of(long), of: Self.package) }
                == "limit.too-large"
        )
    }

    /// Sigstore's list of what must fail, 69.
    @Test(
        "Anything but an array of objects is refused",
        arguments: [
            ("[]", "attestation.sidecar-shape"), ("{}", "attestation.sidecar-shape"),
            ("null", "attestation.sidecar-shape"), ("\"[]\"", "attestation.sidecar-shape"),
            ("[null]", "attestation.sidecar-shape"), ("[{},1]", "attestation.sidecar-shape"),
            ("[[{}]]", "attestation.sidecar-shape"), ("", "json.syntax"), ("[", "json.syntax"),
            ("[{}", "json.syntax"),
            ("[{},]", "json.syntax"), ("[{} {}]", "json.syntax"), ("[{}]]", "json.trailing-data"),
            ("[{}][{}]", "json.trailing-data"), ("[{\"a\":1,\"a\":1}]", "json.duplicate-key"),
            ("{", "json.syntax"),
        ]
    )
    func shapes(text: String, code: String) {
        #expect(refusalCode { try Self.parse(text) } == code)
    }

    @Test("As many bundles as allowed, and no more")
    func count() throws {
        func text(_ count: Int) -> String {
            "[" + Array(repeating: "{}", count: count).joined(separator: ",") + "]"
        }
        #expect(try Self.parse(text(32)).count == 32)
        #expect(refusalCode { try Self.parse(text(33)) } == "attestation.limit")
        #expect(
            refusalCode { try Self.parse("[" + String(repeating: "{\"a\":", count: 20)) } == "json.too-deep"
        )
    }

    /// Sigstore's list of what must fail, 70: what the pipeline needs of the split.
    @Test("A bundle that is no bundle does not spoil the one beside it")
    func bad() throws {
        let text = "[{}," + String(decoding: Self.bundle, as: UTF8.self) + "]"
        let bundles = try Self.parse(text).bundles
        #expect(refusalCode { try Bundle(parsing: bundles[0]) } == "bundle.missing-field")
        #expect(try Bundle(parsing: bundles[1]).version == .v03)
    }

    @Test("The file names of a package's attestations")
    func names() throws {
        let digest = try Sidecar.digest(advertised: StatementSample.sha256, of: Self.package)
        #expect(
            Sidecar.fileName(of: Self.package, digest) == "\(Self.package).sigs.\(StatementSample.sha256)"
        )
        #expect(Sidecar.newestFileName(of: Self.package) == "\(Self.package).sigs")
        #expect(Sidecar.earlyFileName(of: Self.package) == "\(Self.package).v0.sigs")
    }

    /// Sigstore's list of what must fail, 65.
    @Test(
        "Only 64 lower-case hexadecimal digits name a file",
        arguments: [
            "", "ab", StatementSample.sha256.uppercased(), String(StatementSample.sha256.dropLast()),
            StatementSample.sha256 + "0", String(StatementSample.sha256.dropLast(3)) + "/..",
            String(StatementSample.sha256.dropLast()) + "g",
            String(StatementSample.sha256.dropLast()) + "０",
            "sha256:" + StatementSample.sha256, " " + StatementSample.sha256,
        ]
    )
    func references(text: String) {
        #expect(
            refusalCode { try Sidecar.digest(advertised: text, of: Self.package) }
                == "attestation.sidecar-reference"
        )
    }
}
