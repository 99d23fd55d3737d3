// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

public import CondaFormats
public import TUF
import TrustCore

/// The TUF role by which a package's maintainers sign its files: `maintainers.NAME`.
///
/// The name of the role decides, and the package's name as it is parsed from the file's: a path pattern can do
/// neither, since `*/foo-*` also matches the files of `foo-bar`. Delegated by the top-level targets role, so by
/// the channel's offline keys; no role of a subdir is called so, for a subdir's name has no dot.
public struct MaintainersRole: Hashable, Comparable, Sendable {
    private static let prefix = "maintainers."

    /// The package.
    public let package: PackageName
    /// The role.
    public let name: RoleName

    /// The role of a package.
    ///
    /// - Throws: a `Refusal` with `name.virtual` for what no file can be of.
    public init(of package: PackageName) throws {
        // The longest package name makes a role name that is far below the longest one.
        guard !package.isVirtual, let name = RoleName(Self.prefix + package.normalized) else {
            throw Refusal(NameCode.virtualPackage, package.raw)
        }
        self.package = package
        self.name = name
    }

    /// Takes a role's name; nil if it is not one of maintainers.
    public init?(_ role: RoleName) {
        // Bytes: a combining mark after the dot would go away with it if characters were counted.
        let text = role.text.utf8
        guard text.starts(with: Self.prefix.utf8),
            let package = try? PackageName(
                String(decoding: text.dropFirst(Self.prefix.utf8.count), as: UTF8.self)
            ),
            !package.isVirtual
        else { return nil }
        self.package = package
        name = role
    }

    /// The paths of the package's files, and of some others': what TUF can say with patterns.
    public var scope: PathScope { .paths("*/\(package.normalized)-*") }

    /// The path of a file of the channel as a TUF target.
    public static func target(_ fileName: ArchiveFileName, in subdir: Subdir) -> TargetPath? {
        TargetPath("\(subdir.text)/\(fileName.text)")
    }

    /// The order in which clients that know nothing of all this must search: roles of maintainers first, and
    /// of these the longest names, or `*/foo-*` would hide `*/foo-bar-*`.
    public static func precedes(_ a: DelegatedRole, _ b: DelegatedRole) -> Bool {
        switch (MaintainersRole(a.name), MaintainersRole(b.name)) {
        case (let a?, let b?): a.package.raw.utf8.count > b.package.raw.utf8.count
        case (_?, nil): true
        case (nil, _): false
        }
    }

    /// The delegation to a package's maintainers that the top-level targets role makes; nil if it makes none.
    ///
    /// Names are compared as packages' names are, without regard to case.
    public static func delegation(of package: PackageName, in targets: TargetsMetadata?) -> DelegatedRole? {
        guard case .named(let roles)? = targets?.delegations?.roles else { return nil }
        return roles.first { MaintainersRole($0.name)?.package == package }
    }

    /// All of them: for each package what ``delegation(of:in:)`` answers.
    static func delegations(in targets: TargetsMetadata?) -> [PackageName: DelegatedRole] {
        guard case .named(let roles)? = targets?.delegations?.roles else { return [:] }
        let named = roles.compactMap { role in MaintainersRole(role.name).map { ($0.package, role) } }
        return Dictionary(named) { first, _ in first }
    }

    /// Equal if the roles are.
    public static func == (a: MaintainersRole, b: MaintainersRole) -> Bool { a.name == b.name }
    /// In the order of the packages' names.
    public static func < (a: MaintainersRole, b: MaintainersRole) -> Bool { a.package < b.package }
    /// Hashes the role's name.
    public func hash(into hasher: inout Hasher) { hasher.combine(name) }
}
