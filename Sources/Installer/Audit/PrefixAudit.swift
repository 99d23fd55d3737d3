// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

public import CondaFormats
import TrustCore

/// Compares every file of a prefix with the records in its `conda-meta`, and the records with the index.
///
/// The records are not signed: somebody who can alter a file can alter its record too. What stands against
/// that is `lookup`, which compares each record with a signed index, and `contents`, which has what the
/// packages themselves hold: with it the records' digests of single files are not relied upon.
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
    /// - Parameters:
    ///   - contents: what packages hold, for as many of the installed ones as are to be compared with more
    ///     than their records.
    ///   - lookup: answers what the index says of a package now.
    /// - Throws: a `Failure` if the prefix cannot be read; whatever `lookup` throws. What is wrong is in
    /// the report.
    public func run(
        against contents: PackageContents? = nil,
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
        var claims = OwnedPaths(installed.records, contents ?? PackageContents())
        let walk = try PrefixWalk.run(root, &claims)
        let hashing = FileCheck(root: root, claims: claims).run(threads: threads)
        findings += claims.findings + walk.findings + hashing.findings
        return AuditReport(
            packages: installed.records.count,
            checked: claims.count,
            bytes: hashing.bytes,
            findings: findings.sorted { ByteKey($0.path) < ByteKey($1.path) },
            compiled: (walk.compiled + claims.unverifiedCompiled).sorted()
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
            case .unsigned(let found):
                findings.append(
                    AuditFinding(
                        .notByMaintainers,
                        path,
                        package: package,
                        expected: "a signature of its maintainers",
                        found: found
                    )
                )
            case .notAllowed(let reason):
                findings.append(AuditFinding(.notAllowed, path, package: package, found: reason))
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
