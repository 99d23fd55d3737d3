// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

import TrustCore
import TrustPolicy

/// Evidence about one package, good unless a test takes something away.
enum EvidenceSamples {
    static let right = Digest.of([1])
    static let wrong = Digest.of([2])
    static let rightMD5 = Digest.of([1], by: .md5)
    static let wrongMD5 = Digest.of([2], by: .md5)
    static let index = SignedIndex(
        role: "linux-64",
        file: "linux-64/repodata.json",
        versions: ["root": 1],
        expires: Timestamp(seconds: 1_800_000_000)
    )

    /// Everything is as it should be; no lock.
    static func good(_ change: (inout Evidence) -> Void = { _ in }) -> Evidence { evidence(right, change) }

    /// The same in a channel that is pinned to a root of content trust only.
    static func records(_ change: (inout Evidence) -> Void = { _ in }) -> Evidence {
        good {
            $0.pin = .records
            $0.index = nil
            $0.recordSignature = signature(by: ["a"])
            change(&$0)
        }
    }

    /// The same in a channel that signs nothing, and whose file is as it was first seen.
    static func observed(_ change: (inout Evidence) -> Void = { _ in }) -> Evidence {
        good {
            $0.pin = .observed
            $0.index = nil
            $0.observed = ObservedRecord(
                index: wrong,
                since: Timestamp(seconds: 1_800_000_000),
                isBaseline: false
            )
            change(&$0)
        }
    }

    /// The package keys' signatures, of whom so many of three must sign.
    static func signature(by keys: [String], threshold: Int = 1) -> SignedRecord {
        SignedRecord(
            keyIDs: keys,
            threshold: threshold,
            keyCount: 3,
            versions: ["root": 1, "key_mgr": 1],
            expires: Timestamp(seconds: 1_800_000_000)
        )
    }

    static func evidence(_ digest: Digest?, _ change: (inout Evidence) -> Void = { _ in }) -> Evidence {
        var evidence = Evidence(
            package: "zlib-1.3-0.conda",
            channel: "https://conda.example.org/main",
            packageDigest: digest
        )
        evidence.pin = .index
        evidence.index = index
        evidence.record = record(right)
        change(&evidence)
        return evidence
    }

    /// Two of three maintainers must sign; nil: they have not.
    static func maintainers(_ sha256: Digest?, length: UInt64 = 10) -> MaintainerVouching {
        MaintainerVouching(
            role: "maintainers.zlib",
            threshold: 2,
            keyCount: 3,
            file: sha256.map { MaintainerVouching.File(sha256: $0, length: length) }
        )
    }

    static func record(_ sha256: Digest?, isRemoved: Bool = false) -> IndexRecord {
        IndexRecord(sha256: sha256, md5: rightMD5, size: 10, isRemoved: isRemoved)
    }
}
