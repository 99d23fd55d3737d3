// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

public import TrustCore

/// What mamba and micromamba 2.8 do with a channel that they trust, with `--verify-artifacts`, and nothing in their
/// cache.
///
/// What it does not look at: whether the keys of the old root have signed the new one, whether a key manager's
/// metadata are older than before, the file name of a record, and all that ``MambaForm`` leaves out. With a root of
/// version 1 it looks at no signature at all. It stops at the first package that does not pass.
public struct MambaClient: Sendable {
    /// The version of the newest root that it takes.
    public let rootVersion: UInt64?
    /// What it makes of all packages alike; nil if it looks at each.
    public let general: ClientVerdict?

    private let keys: MambaRole.Keys?

    /// The most roots that are followed here. mamba follows any number.
    private static let maximumRotations = 1024

    /// Goes through what mamba does before the first package.
    ///
    /// - Parameters:
    ///   - root: the root that it was given as trusted.
    ///   - fetch: gives a file from the channel's URL, or nil if there is none.
    /// - Throws: only what `fetch` throws.
    public init(root: [UInt8], now: Timestamp, fetch: (String) async throws -> [UInt8]?) async throws {
        var version: UInt64?
        do {
            guard MambaRole.format(of: root) != nil else {
                throw MambaRole.TrustError("Invalid role file", "Invalid 'root' initial trusted file")
            }
            var trusted = try MambaRole(root, "root", by: nil, likeRoot: nil)
            version = trusted.version
            var rotations = 0
            while rotations < Self.maximumRotations, let next = try await Self.next(after: trusted, fetch) {
                trusted = next
                version = next.version
                rotations += 1
            }
            try Self.checkExpiry(trusted, "root", now)
            guard trusted.format == .v06 else {
                self.init(nil, version, nil)
                return
            }
            let keyManager = try await Self.role("key_mgr", by: trusted, likeRoot: trusted, now, fetch)
            _ = try await Self.role("pkg_mgr", by: keyManager, likeRoot: trusted, now, fetch)
            self.init(nil, version, keyManager.keys(of: "pkg_mgr"))
        } catch let error as MambaRole.TrustError {
            self.init(.init(.stops, error.what, because: error.log, of: error.kind), version, nil)
        }
    }

    private init(_ general: ClientVerdict?, _ rootVersion: UInt64?, _ keys: MambaRole.Keys?) {
        self.general = general
        self.rootVersion = rootVersion
        self.keys = keys
    }

    /// What it says of a record.
    public func verdict(on listed: ListedRecord, in index: MambaForm.Index) -> ClientVerdict {
        if let general { return general }
        let form: MambaForm
        do throws(MambaForm.Obstacle) {
            form = try MambaForm(of: listed.record, in: index)
        } catch {
            return .init(.stops, "nothing provides the package", because: error.description)
        }
        guard let signatures = listed.signatures else {
            return Self.stops(
                .init("Invalid package signatures", "The given package signatures are empty"),
                "the index gives no signature for the file name"
            )
        }
        guard let keys else {
            return .init(
                .trusted,
                "Index checker not valid.",
                because: "the root is of version 1: mamba says so in its log, verifies nothing, and goes on"
            )
        }
        do throws(MambaRole.TrustError) {
            guard try MambaSignatures(signatures, .v06).satisfy(keys, over: form.bytes) else {
                let name = listed.record.object?["name"]?.string ?? ""
                throw .init("Invalid package", "Validation failed on package: '\"\(name)\"'")
            }
        } catch {
            return Self.stops(error, Self.reason(form, listed.record))
        }
        return .init(
            .trusted,
            "Content trust verifications successful, package(s) are trusted",
            because: form.uncovered.isEmpty
                ? "enough keys have signed the record in mamba's form"
                : "enough keys have signed the record in mamba's form, which says nothing of "
                    + form.uncovered.map { "`\($0)`" }.joined(separator: ", ")
        )
    }

    /// Names what sets the form apart from the record, if it was signed in full.
    private static func reason(_ form: MambaForm, _ record: JSONValue) -> String {
        let isWhole = (try? PythonJSON.encode(record, of: "record")) == form.bytes
        return isWhole
            ? "not enough keys have signed the record"
            : "not enough keys have signed what mamba makes of the record, which is not the record"
    }

    private static func stops(_ error: MambaRole.TrustError, _ reason: String) -> ClientVerdict {
        .init(.stops, error.what, because: "\(error.log): \(reason)", of: error.kind)
    }

    /// The next root under the names that mamba asks for, in that order.
    private static func next(
        after root: MambaRole,
        _ fetch: (String) async throws -> [UInt8]?
    ) async throws -> MambaRole? {
        guard root.version < .max else { return nil }
        let next = root.version + 1
        let upgrades = root.format == .v06 ? ["sv1", "sv0.7"] : ["sv2"]
        let same = root.format == .v06 ? "sv0.6" : "sv1"
        for name in upgrades + [same, nil] {
            let file = "\(next)." + (name.map { $0 + "." } ?? "") + "root.json"
            guard let bytes = try await fetch(file) else { continue }
            if name == "sv2" {
                throw MambaRole.TrustError(
                    "Unsupported specification version",
                    "Please check for a client update, unsupported spec version: '2'"
                )
            }
            if name == same {
                throw MambaRole.TrustError(
                    "Invalid role file",
                    "Invalid spec version specified in file name: '\(same.dropFirst(2))'"
                )
            }
            let format = MambaRole.format(of: bytes)
            // From version 1 there is no way back.
            guard root.format == .v06 || format != .v06 else {
                throw MambaRole.TrustError(
                    "Unsupported specification version",
                    "Invalid spec version for 'root' update"
                )
            }
            let update = try MambaRole(bytes, "root", by: nil, likeRoot: nil)
            guard update.version <= next else {
                throw MambaRole.TrustError(
                    "Invalid role metadata",
                    "Invalid 'root' metadata version, should be exactly N+1"
                )
            }
            guard update.version == next else {
                throw MambaRole.TrustError(
                    "Possible rollback attack",
                    "Possible rollback attack of 'root' metadata"
                )
            }
            return update
        }
        return nil
    }

    private static func role(
        _ name: String,
        by delegator: MambaRole,
        likeRoot root: MambaRole,
        _ now: Timestamp,
        _ fetch: (String) async throws -> [UInt8]?
    ) async throws -> MambaRole {
        guard let bytes = try await fetch("\(name).json") else {
            throw MambaRole.TrustError(
                "Failed to fetch role metadata",
                "Error while fetching '\(name)' metadata"
            )
        }
        let role = try MambaRole(bytes, name, by: delegator.keys(of: name), likeRoot: root)
        try checkExpiry(role, name, now)
        return role
    }

    private static func checkExpiry(_ role: MambaRole, _ name: String, _ now: Timestamp) throws(MambaRole
        .TrustError)
    {
        guard role.isExpired(now: now) else { return }
        throw .init(
            "Possible freeze attack",
            "Possible freeze attack of '\(name)' metadata. Expired: \(role.expiration)"
        )
    }
}
