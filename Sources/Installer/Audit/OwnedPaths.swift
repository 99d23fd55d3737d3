// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

import CondaFormats
import TrustCore

/// Every path that a package claims, by its record or by the package itself, and what is really there.
struct OwnedPaths {
    /// A claimed path.
    struct Claim {
        let entry: InstalledEntry
        let package: String
        /// Whether the record in the prefix says something else than the package: then so does whoever
        /// altered the file.
        var isMisrecorded = false
        /// What is there; nil as long as nothing was seen.
        var seen: FileStatus.Kind?
    }

    private(set) var claims: [Claim] = []
    /// Paths that two packages claim, and paths that a record claims for a package that does not have them.
    private(set) var findings: [AuditFinding] = []
    private var positions: [PrefixPath: Int] = [:]

    var count: Int { claims.count }

    /// Compiled Python files that are there, and of which nobody recorded what they should hold.
    var unverifiedCompiled: [String] {
        claims.filter {
            $0.entry.kind == .compiledPython && $0.seen == .file
                && $0.entry.sha256InPrefix ?? $0.entry.sha256 == nil
        }
        .map(\.entry.path.text)
    }

    /// Gathers the claims of records; of those whose package is known, the package's own.
    init(_ records: [PrefixRecord], _ contents: PackageContents = PackageContents()) {
        let total = records.reduce(0) { $0 + $1.entries.count }
        claims.reserveCapacity(total)
        positions.reserveCapacity(total)
        for record in records {
            if let entries = contents.entries(of: record) {
                add(entries, of: record)
            } else {
                for entry in record.entries { add(Claim(entry: entry, package: Self.label(record))) }
            }
        }
    }

    static func label(_ record: PrefixRecord) -> String { "\(record.name)-\(record.version)-\(record.build)" }

    /// Claims what the package has, and finds what only its record has.
    private mutating func add(_ entries: [InstalledEntry], of record: PrefixRecord) {
        let package = Self.label(record)
        var recorded: [PrefixPath: InstalledEntry] = [:]
        for entry in record.entries { recorded[entry.path] = entry }
        for entry in entries {
            let other = recorded.removeValue(forKey: entry.path)
            var claim = Claim(entry: entry, package: package)
            claim.isMisrecorded = other.map { Self.isMisrecorded(entry, as: $0) } ?? true
            add(claim)
        }
        let own = Set(entries.map(\.path))
        for entry in record.entries where recorded[entry.path] != nil {
            // Python's own work: what a noarch package's sources were compiled to while installing.
            if entry.kind == .compiledPython, Self.isCompiled(entry.path, fromOneOf: own) {
                add(Claim(entry: entry, package: package))
            } else if entry.kind != .directory {
                // No claim: the walk must not take what is there for the package's, and finds it foreign.
                findings.append(
                    AuditFinding(
                        .differsFromPackage,
                        entry.path.text,
                        package: package,
                        expected: "no such file in the package",
                        found: "one in its record in `conda-meta`"
                    )
                )
            }
        }
    }

    /// Clients record the digests of links in different ways, and old ones record none: that is nobody's
    /// forgery.
    private static func isMisrecorded(_ entry: InstalledEntry, as recorded: InstalledEntry) -> Bool {
        guard entry.kind != .symbolicLink, let digest = recorded.sha256InPrefix ?? recorded.sha256 else {
            return false
        }
        return digest != entry.sha256InPrefix ?? entry.sha256
    }

    private static func isCompiled(_ path: PrefixPath, fromOneOf sources: Set<PrefixPath>) -> Bool {
        if let source = PrefixWalk.source(ofCompiled: path.text) {
            return PrefixPath(source).map(sources.contains) ?? false
        }
        return path.text.hasSuffix(".pyc") && PrefixPath(path.text.dropLast()).map(sources.contains) ?? false
    }

    private mutating func add(_ claim: Claim) {
        let entry = claim.entry
        guard let at = positions[entry.path] else {
            positions[entry.path] = claims.count
            claims.append(claim)
            return
        }
        // Folders may be shared.
        guard entry.kind != .directory || claims[at].entry.kind != .directory else { return }
        findings.append(
            AuditFinding(
                .overlap,
                entry.path.text,
                package: claim.package,
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
