// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

public import CondaFormats
public import TrustCore
public import TrustPolicy

/// The files of an index that nobody signs whose hash is another one than this machine saw first: admission refuses them, so
/// no index need list them.
public struct ChangedFiles: Sendable {
    /// None: for an index that is signed, and where a change is only worth a warning.
    public static let none = ChangedFiles([:])

    /// Stands for what they are, and for what is said of them.
    public let fingerprint: Digest
    private let findings: [ArchiveFileName: Finding]

    init(_ findings: [ArchiveFileName: Finding]) {
        self.findings = findings
        let lines = findings.sorted { $0.key < $1.key }.map { "\($0.key) \($0.value.reason)\n" }
        fingerprint = Digest.of(Array(lines.joined().utf8))
    }

    /// Compares an index with what was seen: only files of which more than one thing was.
    init(in text: ObservedText, by table: LedgerTable) {
        var findings: [ArchiveFileName: Finding] = [:]
        for name in table.namesSeenTwice {
            guard let file = try? ArchiveFileName(String(decoding: name, as: UTF8.self)),
                let record = text.digests(of: file)
            else { continue }
            findings[file] = Self.finding(on: record, of: name, by: table)
        }
        self.init(findings)
    }

    /// What stands against a file with these digests; nil if it was seen with no others.
    static func finding(
        on record: RecordDigestPair,
        of name: some Collection<UInt8>,
        by table: LedgerTable
    ) -> Finding? {
        guard let history = LedgerHistory(table.sightings(of: name), record: record),
            let previous = history.previous
        else { return nil }
        return RequireUnchangedHash.objection(
            expected: previous,
            found: record.sha256 ?? record.md5,
            since: history.since
        )
    }

    /// Whether there is none.
    public var isEmpty: Bool { findings.isEmpty }
    /// Which files they are, in no order.
    public var files: some Collection<ArchiveFileName> { findings.keys }

    /// What stands against a file; nil if nothing does.
    public func finding(on file: ArchiveFileName) -> Finding? { findings[file] }
}
