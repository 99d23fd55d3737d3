// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

import CondaFormats
import Testing
import TrustCore
import TrustPolicy

/// Policies and files for the rules about whole indexes.
enum RuleSamples {
    static let channel = EvidenceSamples.evidence(nil).channel
    static let now = Timestamp(seconds: 1_780_000_000)

    static func ago(days: Int) -> Timestamp { now.advanced(byDays: -days) }

    /// A policy of these lines besides its version.
    static func policy(_ lines: String) throws -> IndexPolicy {
        try IndexPolicy(parsing: Array("version: 1\n\(lines)".utf8), of: "policy.yaml")
    }

    /// A file that was listed a year ago.
    static func file(_ name: String = "zlib-1.3-0.conda", _ change: (inout ListedFile) -> Void = { _ in })
        throws
        -> ListedFile
    {
        let fileName = try ArchiveFileName(name)
        var file = ListedFile(
            channel: channel,
            subdir: "linux-64",
            fileName: name,
            name: fileName.name.raw,
            version: fileName.version
        )
        file.sha256 = EvidenceSamples.right
        file.md5 = EvidenceSamples.rightMD5
        file.indexed = ago(days: 365)
        change(&file)
        return file
    }

    /// The codes by which a policy hides a file.
    static func codes(_ policy: IndexPolicy, _ file: ListedFile, now: Timestamp = now) -> [PolicyCode] {
        policy.findings(on: file, now: now).compactMap(\.code)
    }

    /// Evidence on the same file, as Gatekeeper has it where the index is signed.
    static func evidence(_ file: ListedFile, _ change: (inout Evidence) -> Void = { _ in }) -> Evidence {
        var evidence = Evidence(package: file.fileName, channel: file.channel, packageDigest: file.sha256)
        evidence.pin = .index
        evidence.index = EvidenceSamples.index
        evidence.subdir = file.subdir
        evidence.firstSeen = file.firstSeen
        evidence.record = IndexRecord(
            sha256: file.sha256,
            md5: file.md5,
            size: file.size,
            isRemoved: false,
            indexed: file.indexed,
            built: file.built
        )
        change(&evidence)
        return evidence
    }

    /// The standard policy with the rules of one, those about a package's content included.
    static func verdict(_ policy: IndexPolicy, _ evidence: Evidence) -> Verdict {
        Policy.standard.adding(policy.rules(now: now)).adding(policy.contentRules).verdict(on: evidence)
    }
}
