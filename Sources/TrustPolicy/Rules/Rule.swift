// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

/// One question about evidence, answered the same way every time: no clock, network, disk or secrets.
public protocol Rule: Sendable {
    /// A stable name for findings, such as `signed-index`.
    var name: String { get }
    /// Judges the evidence.
    func judge(_ evidence: Evidence) -> Finding
}
