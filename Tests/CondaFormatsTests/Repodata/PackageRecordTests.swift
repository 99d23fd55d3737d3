// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

import TestSupport
import Testing
import TrustCore

@testable import CondaFormats

@Suite("A package's record")
struct PackageRecordTests {
    @Test(
        "Null and absent members are the same",
        arguments: [
            "depends", "constrains", "sha256", "md5", "size", "timestamp",
            "license", "noarch", "track_features", "features", "python_site_packages_path", "subdir",
            "build_number", "attestations_sha256",
        ]
    )
    func nulls(key: String) throws {
        let absent = try #require(try RepodataSamples.read([key: String?.none]))
        let null = try #require(try RepodataSamples.read([key: "null"]))
        // Every field but the raw record, in which the null stands.
        for (name, value) in Self.fields(of: absent) {
            #expect(Self.fields(of: null)[name] == value, "\(name)")
        }
        #expect(absent.raw[key] == nil && null.raw[key] == .null)
    }

    /// All stored fields, as text.
    private static func fields(of record: PackageRecord) -> [String: String] {
        let members = Mirror(reflecting: record).children.filter { $0.label != "raw" }
        return Dictionary(uniqueKeysWithValues: members.map { ($0.label ?? "", "\($0.value)") })
    }

    @Test("The digest of the attestations is read, and kept in what is written of the record")
    func attestations() throws {
        let text = RepodataSamples.index(
            record: RepodataSamples.record(["attestations_sha256": "\"\(RepodataSamples.sha256)\""])
        )
        let index = try RepodataSamples.open(text)
        let record = try #require(try index.record(fileName: "zlib-1.2.11-h0_3.conda"))
        #expect(record.attestationsSHA256?.hex == RepodataSamples.sha256)
        var written: [UInt8] = []
        try RepodataWriter.write(
            index.info,
            fileNames: [record.fileName],
            record: { _ in .object(record.raw) },
            to: { written += $0 }
        )
        let again = try RepodataIndex(written).record(fileName: record.fileName.text)
        #expect(again?.attestationsSHA256 == record.attestationsSHA256)
    }

    /// Sigstore's list of what must fail, 65.
    @Test(
        "The digest of the attestations has one form, and nothing else comes near a URL",
        arguments: [
            "\"\"", "\"ab\"", "\"\(RepodataSamples.sha256.uppercased())\"", "\"\(RepodataSamples.sha256)a\"",
            "\"\(RepodataSamples.sha256.dropLast())/\"", "\"sha256:\(RepodataSamples.sha256)\"", "1", "true",
            "[]", "{}", "[\"\(RepodataSamples.sha256)\"]", "\"../\(RepodataSamples.sha256.dropLast(3))\"",
        ]
    )
    func badAttestations(text: String) {
        #expect(
            refusalCode { try RepodataSamples.read(["attestations_sha256": text]) }
                == "repodata.record-attestations"
        )
    }

    @Test(
        "Both forms of features are read",
        arguments: [
            ("\"a b\"", ["a", "b"]), ("\"a,b\"", ["a", "b"]), ("\"\"", []), ("[\" a \", \"b\"]", ["a", "b"]),
            ("[]", []),
        ]
    )
    func features(text: String, expected: [String]) throws {
        #expect(try RepodataSamples.read(["track_features": text])?.trackFeatures == expected)
        #expect(try RepodataSamples.read(["features": text])?.features == expected)
    }

    @Test(
        "All forms of noarch are read",
        arguments: [
            ("\"python\"", NoarchKind.python), ("\"generic\"", .generic), ("true", .generic), ("false", nil),
            ("\"\"", nil),
        ] as [(String, NoarchKind?)]
    )
    func noarch(text: String, expected: NoarchKind?) throws {
        #expect(try RepodataSamples.read(["noarch": text])?.noarch == expected)
    }

    @Test(
        "Wrong types are refused",
        arguments: [
            ("name", "1"), ("version", "1.0"), ("build", "null"), ("build_number", "\"3\""),
            ("build_number", "1.0"),
            ("build_number", "9223372036854775808"), ("depends", "\"a\""), ("depends", "[1]"),
            ("size", "\"1\""),
            ("md5", "1"), ("noarch", "1"), ("license", "[]"), ("subdir", "1"), ("track_features", "[1]"),
        ]
    )
    func types(key: String, value: String) {
        #expect(refusalCode { try RepodataSamples.read([key: value]) } == "json.shape")
    }

    @Test("A timestamp in seconds and one in milliseconds are the same moment")
    func timestamps() throws {
        let seconds = try RepodataSamples.read(["timestamp": "1542814864"])?.builtAt
        let milliseconds = try RepodataSamples.read(["timestamp": "1542814864621"])?.builtAt
        #expect(seconds != nil && seconds == milliseconds)
    }

    @Test("The site-packages path of a Python is read (CEP 17)")
    func sitePackages() throws {
        let record = try RepodataSamples.read([
            "python_site_packages_path": "\"lib/python3.13t/site-packages\""
        ])
        #expect(record?.pythonSitePackagesPath?.text == "lib/python3.13t/site-packages")
    }

    @Test("Unknown members are kept")
    func unknown() throws {
        #expect(try RepodataSamples.read(["x": "[1,{}]"])?.raw["x"] == [1, [:]])
    }
}
