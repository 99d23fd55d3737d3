// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

import CondaFormats
import Gatekeeper
import TUF
public import TrustCore

/// A package that its own maintainers sign, as ``ChannelStatus`` shows it.
public struct MaintainedPackage: Sendable {
    /// The package's name.
    public let package: String
    /// The TUF role of its maintainers.
    public let role: String
    /// How many of them must sign.
    public let threshold: Int
    /// The ids of their keys.
    public let keyIDs: [String]
    /// The version of the list in force; nil while one is awaited that enough of these keys have signed.
    public let version: Int64?
    /// When that list expires.
    public let expires: Timestamp?
    /// How many files they vouch for.
    public let fileCount: Int

    init?(_ role: MaintainersRole, _ editor: RepositoryEditor) {
        guard let delegation = editor.delegation(to: role.name) else { return nil }
        let metadata = editor.roles[role.name]
        package = role.package.normalized
        self.role = role.name.text
        threshold = delegation.keys.threshold
        keyIDs = delegation.keys.keyIDs.map(\.text)
        version = metadata?.version
        expires = metadata?.expires
        fileCount = metadata?.targets.count ?? 0
    }

    /// What is left of the list's life, in words such as `3 days left`, `EXPIRED` or `awaited`.
    public func remaining(at now: Timestamp) -> String {
        expires.map { ChannelStatus.remaining(until: $0, at: now) } ?? "awaited"
    }

    func json(at now: Timestamp) -> JSONObject {
        var object = JSONObject()
        object["package"] = .string(package)
        object["role"] = .string(role)
        object["threshold"] = .number(JSONNumber(Int64(threshold)))
        object["keyids"] = .array(keyIDs.map { .string($0) })
        object["version"] = version.map { .number(JSONNumber($0)) } ?? .null
        object["expires"] = expires.map { .string($0.description) } ?? .null
        object["expired"] = .bool(expires.map { $0 <= now } ?? false)
        object["files"] = .number(JSONNumber(Int64(fileCount)))
        return object
    }
}
