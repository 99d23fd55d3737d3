// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

internal import CondaFormats
public import TrustCore

/// Knows callers by the keys in the database, and decides by the roles in it.
///
/// Each decision reads the roles anew, so that a key never allows more than its holder may at that moment. Whoever may
/// not know of a private channel is refused just as if there were none: with `server.channel-unknown`, or with
/// `access.credentials-needed` if they showed nothing.
public struct DatabaseAccess: AccessControl {
    private let database: any ServerDatabase

    /// - Parameter database: has the users, their roles and keys.
    public init(database: any ServerDatabase) { self.database = database }

    /// Who shows this: the holder of the key, if it is known, has not expired, and its holder is still there.
    public func caller(_ credentials: Credentials?, now: Timestamp) async throws -> Caller {
        guard let credentials else { return .anonymous }
        guard let hash = AccessKeySecret.hash(of: credentials.secret), let key = try await key(hash),
            key.expires.map({ now < $0 }) ?? true
        else { throw Refusal(AccessCode.unknownKey, "the request") }
        return Caller(holder: key.holder, scopes: key.isUnlimited ? nil : key.scopes, key: key.id)
    }

    /// Demands a right, by what the caller's holder is now.
    public func demand(
        _ action: ServerAction,
        of caller: Caller,
        on channel: HostedChannel?,
        package: String?
    ) async throws {
        if action == .read, channel?.visibility == .everybody { return }
        let permission = Permission(caller: caller, standing: try await standing(of: caller, in: channel?.id))
        let subject = channel?.name.text ?? "the server"
        switch permission.verdict(action, on: channel, package: package) {
        case .allowed: return
        case .hidden, .needsCredentials:
            throw unknownChannel(subject, to: caller)
        case .notAllowed:
            throw Refusal(
                AccessCode.notAllowed,
                package.map { "\($0) in \(subject)" } ?? subject,
                expected: "the right to \(action.rawValue)"
            )
        }
    }

    /// The key of a hash, if its holder is still there.
    private func key(_ hash: Digest) async throws -> AccessKey? {
        try await database.read { transaction in
            guard let key = try transaction.accessKey(hash: hash) else { return nil }
            switch key.holder.kind {
            case .user: return try transaction.user(key.holder.name)?.isRemoved == false ? key : nil
            case .workload: return key
            case .imported: return nil
            }
        }
    }

    private func standing(of caller: Caller, in channel: Int64?) async throws -> Standing {
        guard let holder = caller.holder, holder.kind == .user else { return Standing() }
        return try await database.read { try $0.standing(of: holder.name, in: channel) }
    }
}

extension Credentials {
    /// The secret that was shown. The name beside a password says nothing: clients send any.
    var secret: String {
        switch self {
        case .key(let secret), .password(_, let secret): secret
        }
    }
}

extension AccessKey {
    /// Whether it may be used for all that its holder may.
    public var isUnlimited: Bool {
        scopes.contains {
            $0.channel == nil && $0.packages == nil && $0.actions == Set(ServerAction.allCases)
        }
    }
}

extension AccessScope {
    /// The scope of a key that may be used for all that its holder may.
    public static let everything = AccessScope(
        actions: Set(ServerAction.allCases),
        channel: nil,
        packages: nil
    )
}
