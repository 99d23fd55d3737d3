// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

public import TrustCore

/// What a proposal, or a step of a chain, says: in words, for those who sign it and those who watch.
///
/// Everything that changes is named, fields that this program does not know too. Names of keys are those of
/// the root in force, or of the proposal where that one has none.
public struct CeremonyWords: Sendable {
    /// What becomes of each role.
    public private(set) var roles: [RoleChange] = []
    /// The words, line by line; lines that belong to one above begin with blanks.
    public private(set) var lines: [String] = []
    private let now: Timestamp
    private let names: [KeyID: String]

    /// Describes what is proposed.
    public init(_ proposal: CeremonyProposal, now: Timestamp) {
        self.now = now
        names = proposal.knownNames
        if let root = proposal.root {
            describe(root.role, after: proposal.chain?.last.root.role)
            say("  sha256 of what is signed: \(root.digest.hex)")
        }
        if let targets = proposal.targets {
            describe(targets.role, after: proposal.currentTargets?.role)
            say("  sha256 of what is signed: \(targets.digest.hex)")
        }
        sayWhoStays()
        if let first = proposal.chain?.first.root {
            say("begins with root version \(first.role.version), sha256 \(first.digest.hex)")
        }
    }

    /// Describes a step of a chain of roots, or its beginning.
    public init(_ root: RootMetadata, after before: RootMetadata?, now: Timestamp) {
        self.now = now
        names = root.keyNames.merging(before?.keyNames ?? [:]) { _, signed in signed }
        describe(root, after: before)
    }

    private mutating func say(_ line: String) { lines.append(line) }

    private mutating func describe(_ root: RootMetadata, after old: RootMetadata?) {
        head(.root, root, old)
        for kind in MetadataKind.allCases {
            let change = RoleChange(
                RoleName(kind),
                from: old?.authority(for: kind),
                to: root.authority(for: kind),
                names: names
            )
            add(change)
        }
        let earlier = old?.keyNames ?? [:]
        for (id, name) in root.keyNames.sorted(by: { $0.key < $1.key }) {
            guard let before = earlier[id], ByteKey(before) != ByteKey(name) else { continue }
            say("  the key `\(before)` is called `\(name)` from now on")
        }
        let known =
            MetadataHeader.fieldNames + ["keys", "roles", RootMetadata.keyNamesField, "consistent_snapshot"]
        if let old, old.consistentSnapshot != root.consistentSnapshot {
            say("  `consistent_snapshot` changes to \(root.consistentSnapshot)")
        }
        sayOthers(old?.encoded(), root.encoded(), besides: known, in: "root")
        sayOthers(
            old?.encoded()["roles"]?.object,
            root.encoded()["roles"]?.object ?? JSONObject(),
            besides: MetadataKind.allCases.map(\.rawValue),
            in: "the roles of root"
        )
    }

    private mutating func describe(_ targets: TargetsMetadata, after old: TargetsMetadata?) {
        head(.targets, targets, old)
        let before = old?.delegations?.groups ?? [], after = targets.delegations?.groups ?? []
        for (name, authority) in after {
            let last = old?.delegations?.group(named: name)
            add(RoleChange(name, from: last, to: authority, names: names))
            describe(scopeOf: name, targets.delegations, old?.delegations)
        }
        for (name, authority) in before where targets.delegations?.group(named: name) == nil {
            add(RoleChange(name, from: authority, to: nil, names: names))
        }
        let remain = Set(before.map(\.name)).intersection(after.map(\.name))
        if before.map(\.name).filter(remain.contains) != after.map(\.name).filter(remain.contains) {
            say("  the order in which roles are asked changes")
        }
        describeFiles(targets.targets, old?.targets ?? [:])
        let known = MetadataHeader.fieldNames + ["targets", "delegations"]
        sayOthers(old?.encoded(), targets.encoded(), besides: known, in: "targets")
        sayOthers(
            old?.delegations?.encoded(),
            targets.delegations?.encoded() ?? JSONObject(),
            besides: ["keys", "roles", "succinct_roles"],
            in: "the delegations"
        )
    }

    /// Taking somebody's key from root is easily taken for taking all power.
    private mutating func sayWhoStays() {
        for key in roles.first(where: { $0.role == .root })?.lost ?? [] {
            let others = roles.filter { ($0.kept + $0.gained).contains { $0.fingerprint == key.fingerprint } }
            guard !others.isEmpty, key.fingerprint != nil else { continue }
            say("note: \(key.short) still has power over " + others.map(\.role.text).joined(separator: ", "))
        }
    }

    private mutating func head(_ name: RoleName, _ new: some RoleMetadata, _ old: (some RoleMetadata)?) {
        let before = old.map { "the version after \($0.version)" } ?? "the first version"
        say("\(name) version \(new.version), \(before)")
        say("  good until \(new.expires), \(now.words(until: new.expires))")
    }

    private mutating func add(_ change: RoleChange) {
        roles.append(change)
        change.lines.forEach { say("  " + $0) }
    }

    private mutating func describe(scopeOf name: RoleName, _ new: Delegations?, _ old: Delegations?) {
        let text = Self.scope(of: name, new), before = old.map { Self.scope(of: name, $0) }
        if let before, before != text, !before.isEmpty { say("    before: \(before)") }
        say("    \(text)")
        guard let role = new?.role(named: name), let last = old?.role(named: name) else { return }
        let known = RoleKeys.fieldNames + PathScope.fieldNames + ["name", "terminating"]
        sayOthers(last.encoded(), role.encoded(), besides: known, in: "the role `\(name)`")
    }

    /// The paths of a delegated role; empty if there is no such role.
    private static func scope(of name: RoleName, _ delegations: Delegations?) -> String {
        switch delegations?.roles {
        case .bins(let bins)?:
            return "the files of its bin each, of \(bins.count) bins"
        case .named?:
            guard let role = delegations?.role(named: name) else { return "" }
            let paths =
                switch role.scope {
                case .patterns(let patterns): patterns.map(\.text).joined(separator: ", ")
                case .hashPrefixes(let prefixes): "hashes " + prefixes.joined(separator: ", ")
                }
            return "for \(paths)" + (role.terminating ? ", and nobody after it" : "")
        case nil: return ""
        }
    }

    private mutating func describeFiles(
        _ new: MemberTable<TargetFile>,
        _ old: MemberTable<TargetFile>
    ) {
        for (path, file) in new where old[path] != file {
            say("  vouches for \(old[path] == nil ? "the new file" : "other bytes of") `\(path.text)`")
        }
        for path in old.keys where new[path] == nil {
            say("  does not vouch for `\(path.text)` any more")
        }
        if new.isEmpty { say("  vouches for no file itself") }
    }

    private mutating func sayOthers(
        _ old: JSONObject?,
        _ new: JSONObject,
        besides known: [String],
        in place: String
    ) {
        let known = Set(known.map { ByteKey($0) })
        let names = Set((new.keys + (old?.keys ?? [])).map { ByteKey($0) }).subtracting(known)
        for name in names.sorted() where old?[name.text] != new[name.text] {
            say("  a field that this program does not know changes in \(place): `\(name.text)`")
        }
    }
}
