// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

public import CondaFormats

/// What becomes of packages that bring scripts which run when they are linked or unlinked.
public struct LinkScriptPolicy: Sendable, Equatable {
    /// What becomes of one.
    public enum Mode: String, Sendable, CaseIterable {
        /// Nothing: the package is not even looked into.
        case allow
        /// It passes, with a warning.
        case flag
        /// It is refused.
        case deny
    }

    /// What becomes of those that are not excepted.
    public let mode: Mode
    /// Packages that may have scripts, in the order they were written.
    public var exceptions: [PackagePattern] { table.rows.map(\.pattern) }
    private let table: PatternTable<Bool>

    /// Makes a policy.
    ///
    /// - Parameter exceptions: packages that may have scripts.
    /// - Throws: a `Refusal` with `policy-file.too-large` or `policy-file.duplicate`.
    public init(_ mode: Mode, exceptions: [PackagePattern] = []) throws {
        self.mode = mode
        table = try PatternTable(exceptions.map { ($0, true) }, of: "the exceptions of install scripts")
    }

    /// What becomes of a package. One whose name cannot be read is no exception.
    public func mode(for name: PackageName?) -> Mode {
        name.flatMap { table.row(for: $0) } == nil ? mode : .allow
    }
}
