// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

import CondaFormats
import TrustCore

/// Whether two planned paths are one file where the file system does not tell upper from lower case.
struct CaseCheck {
    private let plan: LinkPlan

    init(_ plan: LinkPlan) { self.plan = plan }

    /// Asks the file system, and refuses a collision if it does not tell them apart.
    func run(in folder: PrefixFolder) throws {
        let probe = "CaseProbe"
        try folder.removeTree(probe)
        try folder.write([], to: probe)
        defer { _ = try? folder.remove(probe) }
        if try folder.status(probe.lowercased()) != nil { try refuseCollisions() }
    }

    /// Refuses two paths that differ in nothing but case.
    func refuseCollisions() throws {
        var seen: [String: PrefixPath] = [:]
        // String keys on purpose: such file systems take canonically equivalent names for one, too.
        for path in plan.packages.lazy.flatMap(\.files).map(\.target) {
            if let other = seen.updateValue(path, forKey: path.text.lowercased()), other != path {
                throw Refusal(
                    InstallCode.caseCollision,
                    path.text,
                    expected: "names that differ in more than case",
                    found: other.text
                )
            }
        }
    }
}
