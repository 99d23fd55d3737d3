// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

import Installer

/// Audits a prefix: every listed file hashed, every unlisted file found.
struct AuditJob {
    let prefix: String

    /// How many files were checked, how many of them are not as installed, and how many belong to no package.
    func run() throws -> String {
        let report = try PrefixAudit(prefix: prefix).run()
        let foreign = report.findings.filter { $0.code == .foreign }
        return "\(report.checked) \(report.findings.count - foreign.count) \(foreign.count)"
    }
}
