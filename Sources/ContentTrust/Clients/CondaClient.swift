// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

import TrustCore

/// What conda does with a channel: version 26.7 with conda-content-trust 0.3.2, `extra_safety_checks` switched on,
/// and nothing but a root in its store.
///
/// What it does not look at: whether anything has run out, whether a key manager's metadata are older than before,
/// who signed the root in its store, the file name and platform of a record, and URLs and lock files. What it finds
/// bad in a package it says in brackets, and installs it.
public struct CondaClient: Sendable {
    /// The version of the newest root that it takes.
    public let rootVersion: Int64?
    /// Why a newer root was left aside; it goes on with the one before.
    public let rootMessage: String?
    /// What it makes of all packages alike; nil if it looks at each.
    public let general: ClientVerdict?

    private let keyManager: JSONValue

    /// The most roots that are followed here. conda follows any number.
    private static let maximumRotations = 1024
    // Python takes duplicate keys and some numbers that are no JSON: what then happens is not modelled.
    private static let invalidJSON = "Invalid JSON returned"
    private static let limits = JSONLimits(bytes: 1 << 24, depth: 64, values: 1_000_000)

    /// Goes through what conda does before the first package.
    ///
    /// - Parameters:
    ///   - root: the newest root in its store, which it takes as it is.
    ///   - fetch: gives a file of the metadata URL, or nil if there is none.
    /// - Throws: only what `fetch` throws.
    public init(root: [UInt8], fetch: (String) async throws -> [UInt8]?) async throws {
        guard var trusted = Self.read(root) else {
            self.init(
                .init(
                    .stops,
                    "JSONDecodeError",
                    because: "the root in the store is not JSON, or not as one reader reads it"
                )
            )
            return
        }
        var message: String?
        var rotations = 0
        while rotations < Self.maximumRotations, let version = Self.version(trusted), version < .max {
            guard let bytes = try await fetch("\(version + 1).root.json") else { break }
            do throws(CondaFormat.PythonError) {
                guard let next = Self.read(bytes) else {
                    throw CondaFormat.PythonError(type: "ValueError", text: Self.invalidJSON)
                }
                try Self.verifyRoot(next, after: trusted)
                trusted = next
            } catch {
                message = error.text
                break
            }
            rotations += 1
        }
        let version = Self.version(trusted)
        guard let bytes = try await fetch("key_mgr.json") else {
            self.init(
                .init(
                    .unverified,
                    "could not find key_mgr data for metadata signature verification",
                    because:
                        "there is no key_mgr.json: whoever serves the channel switches verification off by "
                        + "leaving it out"
                ),
                version,
                message
            )
            return
        }
        do throws(CondaFormat.PythonError) {
            guard let keyManager = Self.read(bytes) else {
                throw CondaFormat.PythonError(type: "ValueError", text: Self.invalidJSON)
            }
            try Self.verify("key_mgr", keyManager, by: trusted)
            self.init(nil, version, message, keyManager)
        } catch {
            self.init(
                Self.stops(error, because: "key_mgr.json does not verify by the root"),
                version,
                message
            )
        }
    }

    private init(
        _ general: ClientVerdict?,
        _ rootVersion: Int64? = nil,
        _ rootMessage: String? = nil,
        _ keyManager: JSONValue = .null
    ) {
        self.general = general
        self.rootVersion = rootVersion
        self.rootMessage = rootMessage
        self.keyManager = keyManager
    }

    /// What it says of a record.
    ///
    /// - Parameters:
    ///   - channel: the channel's name, for the message.
    ///   - indexIsSigned: whether the index has a member `signatures` at all.
    public func verdict(on listed: ListedRecord, channel: String, indexIsSigned: Bool) -> ClientVerdict {
        if let general { return general }
        guard indexIsSigned else {
            return .init(
                .unsigned,
                "(no signatures found for \(channel))",
                because: "the index has no signatures; conda installs what is not signed"
            )
        }
        guard let signatures = listed.signatures else {
            return .init(
                .unsigned,
                "(no signatures found for \(listed.fileName))",
                because: "the index gives no signature for the file name; conda installs what is not signed"
            )
        }
        guard let isConda = Self.isConda(listed.fileName) else {
            return .init(
                .stops,
                "ValueError: unknown package extension",
                because: "the file name is of no package"
            )
        }
        guard isConda == listed.isListedAsConda else {
            return .init(.stops, "KeyError", because: "the file is listed among those of the other format")
        }
        let document: JSONValue = ["signatures": signatures, "signed": listed.record]
        do throws(CondaFormat.PythonError) {
            try Self.verify("pkg_mgr", document, by: keyManager)
        } catch {
            guard error.type == "SignatureError" else {
                return Self.stops(error, because: "conda does not expect such metadata")
            }
            return .init(
                .untrusted,
                "(package metadata is UNTRUSTED)",
                because: "\(error.text) conda installs the package all the same"
            )
        }
        return .init(
            .trusted,
            "(package metadata is TRUSTED)",
            because: "enough keys have signed the record in full"
        )
    }

    /// `verify_root`.
    private static func verifyRoot(_ next: JSONValue, after trusted: JSONValue) throws(CondaFormat
        .PythonError)
    {
        try CondaFormat.checkDelegating(trusted)
        try CondaFormat.checkDelegating(next)
        guard type(trusted) == "root", type(next) == "root" else {
            throw .init(type: "ValueError", text: "Expected two instances of root metadata.")
        }
        guard let old = delegation("root", trusted), let new = delegation("root", next) else {
            throw .init(type: "KeyError", text: "'root'")
        }
        guard let before = version(trusted), let after = version(next), before < .max, before + 1 == after
        else {
            throw .init(
                type: "MetadataVerificationError",
                text:
                    "Root chaining failure: root updates MUST be processed one at a time for security reasons: no "
                    + "root version may be skipped."
            )
        }
        try CondaFormat.verify(next, by: old, wrapped: true)
        try CondaFormat.verify(next, by: new, wrapped: true)
    }

    /// `verify_delegation`.
    private static func verify(
        _ role: String,
        _ document: JSONValue,
        by delegator: JSONValue
    ) throws(CondaFormat.PythonError) {
        try CondaFormat.checkDelegating(delegator)
        _ = try CondaFormat.envelope(document)
        if (try? CondaFormat.checkDelegating(document)) != nil, type(document) != role {
            throw .init(
                type: "MetadataVerificationError",
                text:
                    "Instructed to verify provided metadata as if it is of type \"\(role)\", but it claims to be of "
                    + "type \"\(type(document) ?? "")\"!"
            )
        }
        guard let delegation = delegation(role, delegator) else {
            throw .init(
                type: "UnknownRoleError",
                text: "Role \(role) not found in the given delegating metadata."
            )
        }
        try CondaFormat.verify(document, by: delegation, wrapped: false)
    }

    private static func read(_ bytes: [UInt8]) -> JSONValue? {
        try? JSONReader.read(bytes, of: "metadata", limits: limits)
    }

    private static func type(_ document: JSONValue) -> String? {
        document.object?["signed"]?.object?["type"]?.string
    }

    private static func delegation(_ role: String, _ document: JSONValue) -> JSONValue? {
        document.object?["signed"]?.object?["delegations"]?.object?[role]
    }

    private static func version(_ document: JSONValue) -> Int64? {
        document.object?["signed"]?.object?["version"]?.integer
    }

    private static func isConda(_ fileName: String) -> Bool? {
        if fileName.utf8.suffix(6).elementsEqual(".conda".utf8) { return true }
        return fileName.utf8.suffix(8).elementsEqual(".tar.bz2".utf8) ? false : nil
    }

    private static func stops(_ error: CondaFormat.PythonError, because reason: String) -> ClientVerdict {
        .init(.stops, "\(error.type): \(error.text)", because: "\(reason); conda ends with an error report")
    }
}
