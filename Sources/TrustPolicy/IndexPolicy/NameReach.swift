// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

public import CondaFormats
import TrustCore

/// Of which packages of a channel a policy may hide files, where their names alone tell.
///
/// So an index can be shown that nobody has read as a whole. It never says less than ``IndexPolicy/findings(on:now:)``
/// would find.
public struct NameReach: Sendable, Equatable {
    /// How much of a package may be hidden.
    public enum Part: Sendable, Equatable {
        /// Nothing.
        case nothing
        /// Some files, by what their records say.
        case some
        /// Whatever has the name.
        case everything
    }

    private let policy: IndexPolicy
    private let channel: String
    /// The packages of which some files may be hidden.
    public let judged: Set<PackageName>

    init(_ policy: IndexPolicy, in channel: String, judged: Set<PackageName>) {
        self.policy = policy
        self.channel = channel
        self.judged = judged
    }

    /// How much of a package may be hidden.
    public func part(of name: PackageName) -> Part {
        if policy.pinObjection(to: file(name, "", "")) != nil { return .everything }
        return judged.contains(name) ? .some : .nothing
    }

    /// The same, and some files of other packages besides, for reasons of somebody else's.
    public func judging(also names: Set<PackageName>) -> NameReach {
        names.isEmpty ? self : NameReach(policy, in: channel, judged: judged.union(names))
    }

    /// A file of which no more than its name is known.
    private func file(_ name: PackageName, _ subdir: String, _ fileName: String) -> ListedFile {
        ListedFile(channel: channel, subdir: subdir, fileName: fileName, name: name.normalized, version: "")
    }
}

extension IndexPolicy {
    /// Which packages of a channel may have hidden files; nil where that cannot be told by names, for there is a cooldown,
    /// or a revocation that is by digest, by a pattern of names or by time.
    ///
    /// - Parameter channel: the channel's canonical address.
    public func nameReach(into channel: String) -> NameReach? {
        guard cooldown(in: channel)?.isZero ?? true else { return nil }
        var judged: Set<PackageName> = []
        for revocation in allRevocations where revocation.publisher == nil {
            if let only = revocation.channel, !ByteKey.areEqual(only.identity, channel) { continue }
            guard let name = revocation.match?.exactName, revocation.window == nil else { return nil }
            judged.insert(name)
        }
        return NameReach(self, in: channel, judged: judged)
    }
}
