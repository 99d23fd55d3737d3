// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

import Testing

@testable import TUF

@Suite("How many hash bins")
struct HashBinAdviceTests {
    private static func load(
        _ targets: Int,
        lookUps: Int,
        updates: Int = 1_000_000,
        publications: Int = 1_000
    ) -> RepositoryLoad {
        RepositoryLoad(
            targets: targets,
            updatesPerDay: updates,
            lookUpsPerUpdate: lookUps,
            publicationsPerDay: publications
        )
    }

    @Test(
        "Measured sizes are met within a tenth",
        arguments: [
            // Targets, bits, promises, the snapshot and a bin as python-tuf writes them.
            (100_000, 14, BinPromises.versions, 508_000, 1_335),
            (100_000, 14, BinPromises.bytes, 2_160_000, 1_335),
            (2_500_000, 14, BinPromises.versions, 508_000, 24_700),
            (100_000, 0, BinPromises.versions, 367, 16_300_000),
        ]
    )
    func measured(_ targets: Int, _ bits: Int, _ promises: BinPromises, _ snapshot: Int, _ bin: Int) {
        var load = Self.load(targets, lookUps: 1)
        load.promises = promises
        let advice = HashBinAdvice(for: load, bitLength: bits)
        #expect(abs(advice.snapshotBytes - snapshot) < snapshot / 10, "\(advice)")
        #expect(abs(advice.binBytes - bin) < bin / 10, "\(advice)")
    }

    @Test(
        "The recommendation fits the repository",
        arguments: [
            // A channel's index files: no bins. A registry: the more look-ups, the more bins.
            (50, 10, 0), (2_500_000, 1, 12), (2_500_000, 20, 14), (2_500_000, 150, 15), (100_000, 1, 9),
            (100_000, 20, 12), (100_000, 500, 14),
        ]
    )
    func recommended(_ targets: Int, _ lookUps: Int, _ bits: Int) {
        let advice = HashBinAdvice.best(for: Self.load(targets, lookUps: lookUps))
        #expect(advice.bitLength == bits, "\(advice)")
        #expect(advice.binCount == 1 << bits)
    }

    @Test("No other number of bins moves fewer bytes", arguments: [1, 10, 100], [1_000, 100_000, 2_500_000])
    func isLeast(_ lookUps: Int, _ targets: Int) {
        let load = Self.load(targets, lookUps: lookUps)
        let best = HashBinAdvice.best(for: load)
        for bits in 0...17 {
            #expect(best.bytesPerDay <= HashBinAdvice(for: load, bitLength: bits).bytesPerDay)
        }
    }

    @Test(
        "Publications are kept small: few bins for single targets, more for many at once"
    )
    func publications() {
        var load = Self.load(2_500_000, lookUps: 0, updates: 0)
        #expect(HashBinAdvice.best(for: load).bitLength == 12)
        load.targetsPerPublication = 300
        #expect(HashBinAdvice.best(for: load).bitLength == 16)
    }

    @Test("What a default client would refuse as too long is not recommended")
    func limits() {
        let load = Self.load(2_500_000, lookUps: 100_000)
        let limits = TUFLimits()
        let best = HashBinAdvice.best(for: load)
        #expect(
            best.snapshotBytes <= limits.promisedSnapshot && best.bitLength < HashBinAdvice.maximumBitLength
        )
        var crowded = Self.load(100_000_000, lookUps: 1)
        crowded.bytesPerTarget = 1_000
        #expect(HashBinAdvice.best(for: crowded).binBytes <= limits.targets / 2)
    }

    @Test("Numbers that make no sense give an answer, not a trap")
    func nonsense() {
        var load = Self.load(.max, lookUps: .min, updates: .min, publications: .max)
        load.bytesPerTarget = .max
        load.targetsPerPublication = .max
        _ = HashBinAdvice.best(for: load)
        #expect(
            HashBinAdvice.best(for: Self.load(-1, lookUps: -1, updates: -1, publications: -1)).bitLength == 0
        )
    }
}
