// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

public import CondaFormats
import TrustCore

/// Compares every file of a prefix with the records in its `conda-meta`, and the records with the index.
///
/// The records are not signed: somebody who can alter a file can alter its record too. What stands against that
/// is `lookup`, which compares each record with a signed index; a record's digests of single files are bound by
/// the package, not by the index.
public struct PrefixAudit: Sendable {
    /// The prefix's absolute path.
    public let prefix: String
    /// How many threads read and hash.
    public let threads: Int

    /// Takes a prefix.
    public init(prefix: String, threads: Int = 2) {
        self.prefix = prefix
        self.threads = max(1, threads)
    }

    /// Audits the prefix. Nothing is changed, and nothing outside the prefix is read.
    ///
    /// - Parameter lookup: answers what the index says of a package now.
    /// - Throws: a ``Failure`` if the prefix cannot be read; whatever `lookup` throws. What is wrong is in the report.
    public func run(
        lookup: (PrefixRecord) throws -> IndexStatus = { _ in .unknown }
    ) throws -> AuditReport {
        guard let root = try PrefixFolder.open(prefix) else {
            throw Failure(.configuration, "there is no such prefix", at: prefix)
        }
        let installed = try InstalledPackages.read(root)
        var findings = try records(installed, lookup)
        if try root.status(PrefixLock.folderName) != nil {
            findings.append(AuditFinding(.unfinished, PrefixLock.folderName))
        }
        var claims = OwnedPaths(installed.records)
        let walk = try PrefixWalk.run(root, &claims)
        let hashing = try FileCheck(root: root, claims: claims).run(threads: threads)
        findings += claims.overlaps + walk.findings + hashing.findings
        return AuditReport(
            packages: installed.records.count,
            checked: claims.count,
            bytes: hashing.bytes,
            findings: findings.sorted { ByteKey($0.path) < ByteKey($1.path) },
            compiled: walk.compiled.sorted()
        )
    }

    private func records(
        _ installed: InstalledPackages,
        _ lookup: (PrefixRecord) throws -> IndexStatus
    ) throws -> [AuditFinding] {
        var findings = installed.corrupt.map { corrupt in
            AuditFinding(.recordCorrupt, "conda-meta/\(corrupt.fileName)", found: "\(corrupt.reason)")
        }
        for record in installed.records {
            let path = "conda-meta/\(record.recordFileName)"
            let package = OwnedPaths.label(record)
            switch try lookup(record) {
            case .listed, .unknown: break
            case .unlisted: findings.append(AuditFinding(.notInIndex, path, package: package))
            case .differs(let expected, let found):
                findings.append(
                    AuditFinding(.differsFromIndex, path, package: package, expected: expected, found: found)
                )
            }
        }
        return findings
    }
}

/// Every path that a record claims, and what is really there.
struct OwnedPaths {
    /// A claimed path.
    struct Claim {
        let entry: InstalledEntry
        let package: String
        /// What is there; nil as long as nothing was seen.
        var seen: FileStatus.Kind?
    }

    private(set) var claims: [Claim] = []
    private(set) var overlaps: [AuditFinding] = []
    private var positions: [PrefixPath: Int] = [:]

    var count: Int { claims.count }

    init(_ records: [PrefixRecord]) {
        let total = records.reduce(0) { $0 + $1.entries.count }
        claims.reserveCapacity(total)
        positions.reserveCapacity(total)
        for record in records {
            let package = Self.label(record)
            for entry in record.entries { add(entry, package) }
        }
    }

    static func label(_ record: PrefixRecord) -> String { "\(record.name)-\(record.version)-\(record.build)" }

    private mutating func add(_ entry: InstalledEntry, _ package: String) {
        guard let at = positions[entry.path] else {
            positions[entry.path] = claims.count
            claims.append(Claim(entry: entry, package: package))
            return
        }
        // Folders may be shared.
        guard entry.kind != .directory || claims[at].entry.kind != .directory else { return }
        overlaps.append(
            AuditFinding(
                .overlap,
                entry.path.text,
                package: package,
                found: "\(claims[at].package) has it too"
            )
        )
    }

    /// Notes what is at a path; false if nobody claims it.
    mutating func see(_ path: String, _ kind: FileStatus.Kind) -> Bool {
        guard let path = PrefixPath(path), let at = positions[path] else { return false }
        claims[at].seen = kind
        return true
    }

    /// Whether some package claims a path.
    func claims(_ path: String) -> Bool { PrefixPath(path).flatMap { positions[$0] } != nil }
}
