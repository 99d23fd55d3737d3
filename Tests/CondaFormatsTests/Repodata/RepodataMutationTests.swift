// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

import TestSupport
import Testing
import TrustCore

@testable import CondaFormats

@Suite("Damaged indexes", .enabled(if: SharedData.isPresent, "\(SharedData.absence)"))
struct RepodataMutationTests {
    /// What the one-pass scanner leaves to the reading of a record, or limits otherwise.
    private static let ofReader: Set<String> = ["json.duplicate-key", "json.too-deep"]

    @Test(
        "Random damage never traps, and the scanner is as strict as the reader",
        arguments: 0..<4 as Range<UInt64>
    )
    func damage(seed: UInt64) throws {
        let text = try RepodataSamples.shared("conda-conda/tests/data/repodata/conda-test_noarch.json")
        var generator = SeededGenerator(seed: seed)
        for round in 0..<1_000 {
            let damaged = generator.mutate(text)
            let byReader = refusalCode { try JSONReader.read(damaged, of: "text") }
            let byScanner = refusalCode { () -> Void in
                let index = try RepodataIndex(damaged)
                for name in index.fileNames { _ = refusalCode { try index.record(fileName: name) } }
                for name in index.packageNames {
                    _ = refusalCode { try index.records(named: PackageName(name)) }
                }
            }
            let agree = (byReader == nil) == (byScanner == nil)
            let isOurs =
                byReader == nil && byScanner.map { !$0.hasPrefix("json.") || $0 == "json.shape" } == true
            let isReaders = byScanner == nil && byReader.map(Self.ofReader.contains) == true
            #expect(
                agree || isOurs || isReaders || damaged.isEmpty,
                "seed \(seed) round \(round): \(byReader ?? "") \(byScanner ?? "")"
            )
        }
    }

    @Test("Every truncation of an index is refused")
    func truncation() throws {
        let text = Array(RepodataSamples.index().utf8)
        for length in 1..<text.count {
            #expect(refusalCode { try RepodataIndex(Array(text[..<length])) } == "json.syntax")
        }
    }
}
