// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

import SigningKeys
import TrustCore

/// A role's metadata as mamba 2.8 reads and verifies them (libmamba, `validation`).
struct MambaRole {
    /// Keys as mamba keeps them: by name, in any spelling, with the digits that it decodes when it needs them.
    struct Keys {
        var values: [ByteKey: String]
        let threshold: UInt64
    }

    /// What mamba throws, and what it logs before.
    struct TrustError: Error, Equatable {
        let what: String
        let log: String

        /// Which sort of fault it is in our eyes.
        let kind: RefusalKind

        /// One of its own errors.
        init(_ what: String, _ log: String) {
            self.what = "Content trust error. \(what). Aborting."
            kind =
                switch what {
                case "Possible freeze attack", "Possible rollback attack": .stale
                case "Failed to fetch role metadata", "Invalid package signatures": .missing
                default: .invalid
                }
            self.log = log
        }

        /// An exception of its JSON library or of the language, which nothing there expects.
        init(unexpected log: String) {
            what = log
            kind = .invalid
            self.log = log
        }
    }

    /// Which of the two formats.
    enum Format { case v06, v1 }

    let format: Format
    let specVersion: String
    let version: UInt64
    let expiration: String
    let delegations: [(role: String, keys: Keys)]

    /// Reads metadata and verifies them: a root by its own keys, whoever came before; others by those given.
    init(_ bytes: [UInt8], _ role: String, by keys: Keys?, likeRoot root: MambaRole?) throws(TrustError) {
        guard let document = Self.read(bytes) else {
            throw TrustError(unexpected: "json.exception.parse_error")
        }
        try self.init(document, role, by: keys, likeRoot: root)
    }

    private init(_ document: JSONValue, _ role: String, by keys: Keys?, likeRoot root: MambaRole?)
        throws(TrustError)
    {
        guard let signed = document.object?["signed"] else {
            throw TrustError(unexpected: "json.exception.out_of_range: key 'signed' not found")
        }
        guard let format = root?.format ?? Self.format(of: document) else {
            throw TrustError("Unsupported specification version", "Invalid spec version for 'root' update")
        }
        let fields = Fields(object: signed.object ?? JSONObject(), role: role)
        version = try fields.number("version")
        expiration = try fields.string(format == .v06 ? "expiration" : "expires")
        let timestamp = format == .v06 ? try fields.string("timestamp") : nil
        let typeKey = format == .v06 ? "type" : "_type"
        let type = try fields.string(typeKey)
        guard ByteKey.areEqual(type, role) else {
            throw fields.invalid(
                "Wrong '\(typeKey)' found in '\(role)' metadata, should be '\(role)': '\(type)'"
            )
        }
        specVersion = try fields.string(format == .v06 ? "metadata_spec_version" : "spec_version")
        if let root, !ByteKey.areEqual(root.specVersion, specVersion) {
            throw TrustError(
                "Unsupported specification version",
                "Invalid spec version '\(specVersion)' in '\(role)' metadata, it should match exactly 'root' spec "
                    + "version: '\(root.specVersion)'"
            )
        }
        self.format = format
        delegations = try format == .v06 ? fields.delegations() : fields.roles()
        for date in [expiration, timestamp].compactMap({ $0 }) where !Self.isDate(date) {
            throw fields.invalid("Invalid timestamp format '\(date)', should be UTC ISO8601")
        }
        try fields.check(
            delegations,
            mandatory: Self.mandatory(role, format),
            optional: format == .v1 ? ["mirrors"] : []
        )
        self.signedKeys = keys
        try verify(document, signed, role)
    }

    private let signedKeys: Keys?

    /// The format that a document's own words say it is of.
    static func format(of document: JSONValue) -> Format? {
        let signed = document.object?["signed"]?.object
        if signed?["metadata_spec_version"]?.string?.utf8.starts(with: "0.6.".utf8) ?? false { return .v06 }
        return signed?["spec_version"]?.string?.utf8.starts(with: "1.".utf8) ?? false ? .v1 : nil
    }

    /// The same of a file.
    static func format(of bytes: [UInt8]) -> Format? { read(bytes).flatMap { format(of: $0) } }

    /// The keys that are named for a role.
    func keys(of role: String) -> Keys? { delegations.first { ByteKey.areEqual($0.role, role) }?.keys }

    /// Dates are compared as text.
    func isExpired(now: Timestamp) -> Bool { !(ByteKey(now.description) < ByteKey(expiration)) }

    private func verify(_ document: JSONValue, _ signed: JSONValue, _ role: String) throws(TrustError) {
        guard let keys = signedKeys ?? keys(of: role) else { return }
        let signatures = try MambaSignatures(document.object?["signatures"], format)
        guard signatures.satisfy(keys, over: MambaJSON.encode(signed, indented: format == .v06)) else {
            throw TrustError(
                "Invalid role",
                "Validation failed on role '\(role)' : Content trust error. Signatures threshold not met. Aborting."
            )
        }
    }

    private static func mandatory(_ role: String, _ format: Format) -> [String] {
        switch (role, format) {
        case ("root", .v06): ["root", "key_mgr"]
        case ("root", .v1): ["root", "snapshot", "targets", "timestamp"]
        case ("key_mgr", _): ["pkg_mgr"]
        default: []
        }
    }

    /// Four digits, two, two, `T`, and so on: any digits.
    private static func isDate(_ text: String) -> Bool {
        let pattern = Array("0000-00-00T00:00:00Z".utf8)
        return text.utf8.count == pattern.count
            && zip(text.utf8, pattern).allSatisfy { $1 == 0x30 ? (0x30...0x39).contains($0) : $0 == $1 }
    }

    // What the library of mamba takes and ours does not, duplicate keys for one, is not modelled.
    private static func read(_ bytes: [UInt8]) -> JSONValue? {
        try? JSONReader.read(
            bytes,
            of: "metadata",
            limits: JSONLimits(bytes: 1 << 24, depth: 64, values: 1_000_000)
        )
    }
}

extension MambaRole {
    /// The members of the signed part, with mamba's words for what is wrong with them.
    struct Fields {
        let object: JSONObject
        let role: String

        func invalid(_ log: String) -> TrustError { TrustError("Invalid role metadata", log) }

        private func wrong(_ key: String) -> TrustError { invalid("Invalid '\(role)' metadata: `\(key)`") }

        func string(_ key: String) throws(TrustError) -> String {
            guard let text = object[key]?.string else { throw wrong(key) }
            return text
        }

        func number(_ key: String) throws(TrustError) -> UInt64 {
            guard let number = Self.number(object[key]) else { throw wrong(key) }
            return number
        }

        /// `{"role": {"pubkeys": […], "threshold": N}}`.
        func delegations() throws(TrustError) -> [(role: String, keys: Keys)] {
            guard let roles = object["delegations"]?.object else { throw wrong("delegations") }
            var delegations: [(role: String, keys: Keys)] = []
            for member in roles.members {
                guard let names = member.value.object?["pubkeys"]?.strings,
                    let threshold = Self.number(member.value.object?["threshold"])
                else { throw wrong("delegations") }
                let values = Dictionary(names.map { (ByteKey($0), $0) }) { first, _ in first }
                delegations.append((member.key, Keys(values: values, threshold: threshold)))
            }
            return delegations
        }

        /// `{"role": {"keyids": […], "threshold": N}}`, and `keys` beside it.
        func roles() throws(TrustError) -> [(role: String, keys: Keys)] {
            guard let keys = object["keys"]?.object, let roles = object["roles"]?.object else {
                throw wrong("roles")
            }
            for member in keys.members {
                let key = member.value.object
                guard key?["keytype"]?.string != nil, key?["scheme"]?.string != nil,
                    key?["keyval"]?.string != nil
                else { throw wrong("keys") }
            }
            var delegations: [(role: String, keys: Keys)] = []
            for member in roles.members {
                guard let names = member.value.object?["keyids"]?.strings,
                    let threshold = Self.number(member.value.object?["threshold"])
                else { throw wrong("roles") }
                var values: [ByteKey: String] = [:]
                for name in names {
                    guard let value = keys[name]?.object?["keyval"]?.string else {
                        throw invalid(
                            "Missing key in 'keys' is used in '\(member.key)' delegation: '\(name)'"
                        )
                    }
                    values[ByteKey(name)] = value
                }
                delegations.append((member.key, Keys(values: values, threshold: threshold)))
            }
            return delegations
        }

        func check(_ roles: [(role: String, keys: Keys)], mandatory: [String], optional: [String])
            throws(TrustError)
        {
            let known = mandatory + optional
            for (name, _) in roles where !known.contains(where: { ByteKey.areEqual($0, name) }) {
                throw invalid("Invalid role defined in '\(role)' metadata: '\(name)'")
            }
            let missing = mandatory.filter { name in !roles.contains { ByteKey.areEqual($0.role, name) } }
            guard missing.isEmpty else {
                throw invalid(
                    "Missing roles while loading '\(role)' metadata: '\(missing.joined(separator: ", "))'"
                )
            }
            for (name, keys) in roles {
                guard !keys.values.isEmpty else {
                    throw invalid("'\(role)' metadata should declare at least one key ID for role: '\(name)'")
                }
                guard keys.threshold > 0 else {
                    throw invalid(
                        "'\(role)' metadata should declare at least a 'threshold' of 1 for role: '\(name)'"
                    )
                }
            }
        }

        /// Any number reads as one without a sign.
        private static func number(_ value: JSONValue?) -> UInt64? {
            switch value {
            case .number(let number):
                if let exact = UInt64(number.token) { return exact }
                if let negative = Int64(number.token) { return UInt64(bitPattern: negative) }
                return number.double.flatMap { UInt64(exactly: $0.rounded(.towardZero)) }
            default: return nil
            }
        }
    }
}

extension JSONValue {
    fileprivate var strings: [String]? {
        guard let array else { return nil }
        let strings = array.compactMap(\.string)
        return strings.count == array.count ? strings : nil
    }
}
