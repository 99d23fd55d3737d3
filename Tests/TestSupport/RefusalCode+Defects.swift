// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

package import TrustCore

extension RefusalCode where Self: RawRepresentable, RawValue == String {
    /// What is wrong with the code's name and entry, in words: each says what, why, and what to do.
    ///
    /// - Parameter area: what names of its area begin with, such as `tuf.`.
    package func defects(in area: String) -> [String] {
        let rules: [(holds: Bool, defect: String)] = [
            (rawValue.hasPrefix(area), "its name does not begin with `\(area)`"),
            (
                !entry.summary.isEmpty && !entry.summary.hasSuffix("."),
                "its summary is empty or ends in a full stop"
            ),
            (entry.explanation.hasSuffix("."), "its explanation is not in whole sentences"),
            (!entry.remedy.isEmpty, "it has no remedy"),
        ]
        return rules.filter { !$0.holds }.map(\.defect)
    }
}
