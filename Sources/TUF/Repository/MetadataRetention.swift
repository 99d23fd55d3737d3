// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

public import TrustCore

/// Which old metadata files a repository may remove, and when.
///
/// - Roots stay for ever: clients follow their chain from the one they pinned (specification 1.0.34, section
///   5.3).
/// - What is in force stays, and so does whatever has a higher version: a publication that is being made.
/// - A version that was superseded stays as long as somebody may still ask for it: a client that holds a
///   timestamp of the time before, or a mirror that serves one. The last such timestamp was signed before the
///   version was superseded; it is accepted until it expires, and an update that began then has to come to
///   its end. After that nobody who follows the specification asks again.
public struct MetadataRetention: Sendable, Hashable {
    /// How long one update, with all its look-ups, may take: a day, in seconds.
    public static let longestUpdate: Int64 = 86_400

    /// How long superseded files stay, in seconds.
    public let grace: Int64

    /// Makes the rule that fits the lifetime of a repository's timestamps.
    public init(_ lifetimes: RoleLifetimes) {
        let (sum, overflow) = max(0, lifetimes.timestamp).addingReportingOverflow(Self.longestUpdate)
        grace = overflow ? .max : sum
    }

    /// The files that may be removed.
    ///
    /// Files that are no versioned metadata, and those of roles that are not in force, are none of them.
    ///
    /// - Parameters:
    ///   - files: Names in the metadata folder, and when each was superseded; nil if it was not, or nobody
    ///     knows: such files stay.
    ///   - inForce: The version of a role that is in force; nil if the snapshot in force does not list it.
    ///   - now: The moment.
    public func removable(
        _ files: some Sequence<(name: String, superseded: Timestamp?)>,
        inForce: (RoleName) -> Int64?,
        now: Timestamp
    ) -> [String] {
        files.compactMap { file in
            guard let superseded = file.superseded, Self.isSuperseded(file.name, inForce: inForce),
                superseded.advanced(bySeconds: grace) < now
            else { return nil }
            return file.name
        }
    }

    /// Whether a file is an older version of a role that is in force; never true of roots.
    public static func isSuperseded(_ name: String, inForce: (RoleName) -> Int64?) -> Bool {
        guard let (role, version) = parse(name), role != .root, let last = inForce(role) else { return false }
        return version < last
    }

    /// The role and version of `VERSION.ROLE.json`, spelled exactly as we write it.
    private static func parse(_ name: String) -> (role: RoleName, version: Int64)? {
        let utf8 = name.utf8
        guard let dot = utf8.firstIndex(of: UInt8(ascii: ".")), utf8.suffix(5).elementsEqual(".json".utf8),
            utf8.distance(from: dot, to: utf8.endIndex) > 6,
            let version = Int64(name[..<dot]), version >= 1,
            let text = PercentEncoding.decode(
                name[utf8.index(after: dot)..<utf8.index(utf8.endIndex, offsetBy: -5)]
            ),
            let role = RoleName(text), ByteKey.areEqual("\(version).\(role.encoded).json", name)
        else { return nil }
        return (role, version)
    }
}

extension RepositoryEditor {
    /// The version of a role that clients see, which the published snapshot says; nil if it lists no such
    /// role.
    public func versionInForce(of name: RoleName) -> Int64? {
        switch name.topLevelKind {
        case .root, .timestamp, .snapshot: published.header(of: name)?.version
        case .targets, nil: published.snapshot?.role.files[name]?.version
        }
    }
}
