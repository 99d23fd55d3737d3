// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

import CondaFormats
public import Gatekeeper
import TrustCore

/// Which of the packages that are wanted stand in a prefix already, so that nothing has to be done for them.
public struct StandingPackages: Sendable {
    /// Those that are not installed, or another archive of them, or not as their records say.
    public let missing: [AdmittedPackage]
    /// Those whose very archive is installed, with every file as its record says.
    public let standing: [AdmittedPackage]
    /// Installed packages that nobody asked for now, as `NAME-VERSION-BUILD`; those that would be replaced
    /// not among them.
    public let others: [String]

    /// Looks at a prefix, which need not be there. Nothing is changed.
    ///
    /// The records are not signed: a file that was altered with its record counts as standing. An audit with
    /// the packages themselves finds it; installing anew replaces it.
    public init(of wanted: [AdmittedPackage], in prefix: String) throws {
        guard let root = try PrefixFolder.open(prefix) else {
            (missing, standing, others) = (wanted, [], [])
            return
        }
        let records = try InstalledPackages.read(root).records
        var installed: [ByteKey: PrefixRecord] = [:]
        for record in records {
            installed[ByteKey("\(record.name)-\(record.version)-\(record.build)")] = record
        }
        let isInstalled = { (package: AdmittedPackage) in
            installed[ByteKey(package.url.fileName.distribution)]?.sha256 == package.sha256
        }
        var damaged: Set<ByteKey> = []
        if wanted.contains(where: isInstalled) {
            let findings = try PrefixAudit(prefix: prefix).run().findings
            damaged = Set(findings.compactMap(\.package).map { ByteKey($0) })
        }
        let stands = { (package: AdmittedPackage) in
            isInstalled(package) && !damaged.contains(ByteKey(package.url.fileName.distribution))
        }
        missing = wanted.filter { !stands($0) }
        standing = wanted.filter(stands)
        let names = Set(wanted.map { ByteKey($0.url.fileName.name.raw) })
        others = records.filter { !names.contains(ByteKey($0.name)) }.map { OwnedPaths.label($0) }
    }
}
