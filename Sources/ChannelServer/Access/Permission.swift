// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

internal import CondaFormats
internal import TrustCore
internal import TrustPolicy

/// Whether a caller may do something: the decision alone, over what is known already.
///
/// It is the roles that the holder has now, cut down to what their key is for. A workload has no roles: it may what
/// its key says, within ``RoleTable/workload``, and only in channels that the key names.
struct Permission {
    /// What came out.
    enum Verdict: Sendable, Hashable, CaseIterable {
        /// They may.
        case allowed
        /// They may not.
        case notAllowed
        /// They may not, and are not to learn that the channel exists.
        case hidden
        /// Nobody knows who they are.
        case needsCredentials
    }

    let caller: Caller
    /// What the holder is in the channel, if they are a user.
    let standing: Standing

    func verdict(_ action: ServerAction, on channel: HostedChannel?, package: String?) -> Verdict {
        if action == .read, channel?.visibility == .everybody { return .allowed }
        guard let holder = caller.holder else { return .needsCredentials }
        if allows(action, holder, on: channel?.id, package: package.map(Self.key)) { return .allowed }
        guard let channel, channel.visibility == .members else { return .notAllowed }
        return knows(of: channel.id, holder) ? .notAllowed : .hidden
    }

    private func allows(
        _ action: ServerAction,
        _ holder: FilePublisher,
        on channel: Int64?,
        package: ByteKey?
    ) -> Bool {
        let covers = { (scope: AccessScope) in scope.covers(action, on: channel, package: package) }
        switch holder.kind {
        case .user:
            return standing.allows(action, isOfChannel: channel != nil, package: package)
                && (caller.scopes?.contains(where: covers) ?? true)
        case .workload:
            let scopes = (caller.scopes ?? []).filter { $0.channel != nil }
            return channel != nil && RoleTable.workload.contains(action) && scopes.contains(where: covers)
        case .imported:
            return false
        }
    }

    /// Whether there is anything that they may do to the channel or to a package of it.
    private func knows(of channel: Int64, _ holder: FilePublisher) -> Bool {
        let scoped = (caller.scopes ?? []).flatMap { $0.packages ?? [] }.map(Self.key)
        let packages: [ByteKey?] = [nil] + scoped + Array(standing.packages.keys)
        return packages.contains { package in
            ServerAction.allCases.contains { allows($0, holder, on: channel, package: package) }
        }
    }

    /// What names of packages are compared by: lower case. What is no name is nobody's package.
    static func key(_ package: String) -> ByteKey {
        ByteKey((try? PackageName(package))?.normalized ?? package)
    }
}

extension AccessScope {
    /// Whether a key with this scope may be used for something. Packages do not limit reading: see ``RoleTable``.
    func covers(_ action: ServerAction, on channel: Int64?, package: ByteKey?) -> Bool {
        guard actions.contains(action), self.channel == nil || self.channel == channel else { return false }
        guard let packages else { return true }
        guard channel != nil else { return false }
        return action == .read
            || package.map { package in packages.contains { Self.isFor(package, $0) } } ?? false
    }

    /// Whether a package of a scope, which is a name or a pattern `prefix-*`, means a package. No name looks like a pattern; who
    /// asks for a pattern asks whether there is any right under it.
    private static func isFor(_ package: ByteKey, _ text: String) -> Bool {
        if Permission.key(text) == package { return true }
        guard let pattern = PackagePattern(text), let name = try? PackageName(package.text) else {
            return false
        }
        return pattern.matches(name)
    }
}
