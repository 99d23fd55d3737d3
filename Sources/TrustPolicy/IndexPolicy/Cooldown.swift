// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

public import CondaFormats
import TrustCore

/// How long a file must have been listed before it may be used.
public struct Cooldown: Sendable, Equatable {
    /// How long, unless an exception says otherwise.
    public let duration: PolicyDuration
    /// Packages with a duration of their own, in the order they were written.
    public var exceptions: [(PackagePattern, PolicyDuration)] { table.rows.map { ($0.pattern, $0.value) } }
    private let table: PatternTable<PolicyDuration>

    /// Makes a cooldown.
    ///
    /// - Parameter exceptions: packages with a duration of their own, shorter or longer; of several patterns that fit the
    ///   closest counts.
    /// - Throws: a `Refusal` with `policy-file.too-large` or `policy-file.duplicate`.
    public init(_ duration: PolicyDuration, exceptions: [(PackagePattern, PolicyDuration)] = []) throws {
        self.duration = duration
        table = try PatternTable(exceptions, of: "the exceptions of a cooldown")
    }

    /// Whether it lets every file pass at once.
    public var isZero: Bool { longest.isZero }

    /// How long files of a package wait. A name that cannot be read could be any: it waits the longest.
    public func duration(for name: PackageName?) -> PolicyDuration {
        guard let name else { return longest }
        return table.row(for: name)?.value ?? duration
    }

    private var longest: PolicyDuration { table.rows.map(\.value).reduce(duration, max) }

    /// What stands in the way of a file at a moment; nil if nothing does.
    func objection(to file: ListedFile, now: Timestamp) -> Finding? {
        let duration = duration(for: file.packageName)
        guard !duration.isZero else { return nil }
        let wait = "your policy lets a file wait for \(duration.words)"
        guard let age = FileAge(of: file) else {
            return Finding(
                RequireCooldown.ruleName,
                PolicyCode.ageUnknown,
                "nobody says since when the channel has it, and \(wait)"
            )
        }
        let end = age.moment.advanced(bySeconds: duration.seconds)
        guard now >= end else {
            let until = age.isVouchedFor ? ", until \(end)" : ""
            return Finding(RequireCooldown.ruleName, PolicyCode.cooldown, "\(age.words), and \(wait)\(until)")
        }
        guard age.isVouchedFor else {
            return Finding(
                RequireCooldown.ruleName,
                PolicyCode.ageUnknown,
                "\(age.words), which anybody can write into a package; nobody else says how old it is, and \(wait)"
            )
        }
        return nil
    }
}
