// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

import SigningKeys
import TrustCore

/// What conda-content-trust 0.3.2 takes for well-formed metadata (`common.py`), and how it counts signatures
/// (`verify_signable`).
enum CondaFormat {
    /// An exception of Python: its class, and what it says.
    struct PythonError: Error, Equatable {
        let type: String
        let text: String
    }

    /// `checkformat_delegating_metadata`.
    static func checkDelegating(_ document: JSONValue) throws(PythonError) {
        let (signatures, signed) = try envelope(document)
        for member in signatures.members where !isSignature(member.value) {
            throw PythonError(
                type: "ValueError",
                text: "Expected either a hex string representing a raw ed25519 signature"
            )
        }
        guard let signed = signed.object else {
            throw PythonError(
                type: "ValueError",
                text: "Expected a \"type\" entry in the given delegating metadata."
            )
        }
        for entry in ["type", "metadata_spec_version", "delegations", "expiration"] where signed[entry] == nil
        {
            throw PythonError(
                type: "ValueError",
                text: "Expected a \"\(entry)\" entry in the given delegating metadata."
            )
        }
        guard let type = signed["type"]?.string else { throw typeError("Expecting a string") }
        guard ByteKey.areEqual(type, "root") || ByteKey.areEqual(type, "key_mgr") else {
            throw PythonError(
                type: "ValueError",
                text:
                    "Given type entry (\"\(type)\") is not one of the supported types of delegating metadata."
            )
        }
        guard signed["metadata_spec_version"]?.string != nil else { throw typeError("Expecting a string") }
        guard let roles = signed["delegations"]?.object else {
            throw typeError("\"Delegations\" information must be a dictionary indexed by role names")
        }
        for role in roles.members { try checkDelegation(role.value) }
        guard isDate(signed["expiration"]) else { throw wrongDate }
        guard signed["timestamp"] != nil || signed["version"] != nil else {
            throw PythonError(
                type: "ValueError",
                text: "All metadata must include a \"version\" entry, or a \"timestamp\" entry, or both."
            )
        }
        if ByteKey.areEqual(type, "root"), signed["version"] == nil {
            throw PythonError(type: "ValueError", text: "Root metadata must specify its version number.")
        }
        if let timestamp = signed["timestamp"], !isDate(timestamp) { throw wrongDate }
        if let version = signed["version"], !isNatural(version) { throw notNatural }
    }

    /// `verify_signable` of a delegation that has been checked; no exception means that it is satisfied.
    static func verify(
        _ document: JSONValue,
        by delegation: JSONValue,
        wrapped: Bool
    ) throws(PythonError) {
        let (signatures, signed) = try envelope(document)
        let keys = (delegation.object?["pubkeys"]?.array ?? []).compactMap(\.string)
        let threshold = delegation.object?["threshold"]
        guard let wanted = threshold?.integer ?? threshold?.bool.map({ $0 ? 1 : 0 }), wanted > 0 else {
            throw typeError("threshold must be a positive integer.")
        }
        let data: [UInt8]
        do {
            data = try PythonJSON.encode(signed, of: "signed")
        } catch {
            throw PythonError(type: "SignatureError", text: "a number is signed that Python cannot hold")
        }
        let good = signatures.members.count { member in
            keys.contains { ByteKey.areEqual($0, member.key) }
                && isGood(member.value, by: member.key, over: data, wrapped: wrapped)
        }
        guard good < wanted else { return }
        throw PythonError(
            type: "SignatureError",
            text:
                "Expected good signatures from at least \(wanted) unique keys from a set of \(keys.count) keys.  "
                + "Saw \(signatures.count) signatures, only \(good) of which were good signatures over the given "
                + "data from the expected keys."
        )
    }

    /// `is_signable`.
    static func envelope(_ document: JSONValue) throws(PythonError) -> (
        signatures: JSONObject, signed: JSONValue
    ) {
        guard let object = document.object, object.count == 2,
            let signatures = object["signatures"]?.object, let signed = object["signed"]
        else {
            throw typeError(
                "Expected a signable dictionary, but the given argument does not match expectations"
            )
        }
        return (signatures, signed)
    }

    private static func isGood(_ value: JSONValue, by key: String, over data: [UInt8], wrapped: Bool) -> Bool
    {
        guard isHex(.string(key), count: 64), wrapped ? isWrapped(value) : isSignature(value),
            let keyBytes = Hex.decode(key), let publicKey = try? PublicKey(ed25519: keyBytes),
            let signature = value.object?["signature"]?.string.flatMap({ Hex.decode($0) })
        else { return false }
        // Where a raw signature is asked for, headers that are there are not looked at.
        guard wrapped, let headers = value.object?["other_headers"]?.string.flatMap({ Hex.decode($0) }) else {
            return publicKey.isValid(signature: signature, for: data)
        }
        return publicKey.isValid(signature: signature, for: OpenPGPHeaders.digest(of: data, behind: headers))
    }

    private static func checkDelegation(_ value: JSONValue) throws(PythonError) {
        guard let delegation = value.object else {
            throw typeError(
                "Delegation information must be a dictionary specifying \"pubkeys\" and \"threshold\" elements."
            )
        }
        guard delegation.count == 2, let threshold = delegation["threshold"], isNatural(threshold),
            let keys = delegation["pubkeys"]?.array, keys.allSatisfy({ isHex($0, count: 64) })
        else {
            throw PythonError(
                type: "ValueError",
                text: "Delegation information must be a dictionary specifying exactly two elements"
            )
        }
        guard Set(keys.compactMap { $0.string.map { ByteKey($0) } }).count == keys.count else {
            throw PythonError(
                type: "ValueError",
                text:
                    "The given list of keys in hex string form contains duplicates.  Duplicates are not permitted."
            )
        }
    }

    /// `is_signature`: raw or wrapped.
    private static func isSignature(_ value: JSONValue) -> Bool {
        guard let object = value.object, isHex(object["signature"], count: 128) else { return false }
        return object.count == 1 || isWrapped(value)
    }

    /// `is_gpg_signature`.
    private static func isWrapped(_ value: JSONValue) -> Bool {
        guard let object = value.object, isHex(object["signature"], count: 128),
            isHex(object["other_headers"])
        else {
            return false
        }
        return object.count == 2 || (object.count == 3 && isHex(object["see_also"], count: 40))
    }

    /// `is_hex_string`: lower case, and not empty.
    private static func isHex(_ value: JSONValue?, count: Int? = nil) -> Bool {
        guard let digits = value?.string?.utf8, !digits.isEmpty, count.map({ $0 == digits.count }) ?? true
        else {
            return false
        }
        return digits.count.isMultiple(of: 2)
            && digits.allSatisfy { (0x30...0x39).contains($0) || (0x61...0x66).contains($0) }
    }

    /// `int(x) == x and x >= 1`: true is 1 to Python, and so is 1.0.
    private static func isNatural(_ value: JSONValue) -> Bool {
        switch value {
        case .bool(let flag): flag
        case .number(let number): number.double.map { $0 >= 1 && $0.rounded() == $0 && $0.isFinite } ?? false
        default: false
        }
    }

    /// `strptime` with `%Y-%m-%dT%H:%M:%SZ`: it needs no leading zeros after the year, and takes leap seconds.
    private static func isDate(_ value: JSONValue?) -> Bool {
        guard let text = value?.string, text.utf8.last == UInt8(ascii: "Z") else { return false }
        let halves = text.utf8.dropLast().split(
            separator: UInt8(ascii: "T"),
            omittingEmptySubsequences: false
        )
        guard halves.count == 2 else { return false }
        let date = halves[0].split(separator: UInt8(ascii: "-"), omittingEmptySubsequences: false)
        let time = halves[1].split(separator: UInt8(ascii: ":"), omittingEmptySubsequences: false)
        // Lengths first: as many digits as anybody likes are no number.
        guard date.count == 3, time.count == 3, date[0].count == 4,
            (date.dropFirst() + time).allSatisfy({ $0.count <= 2 }),
            case let fields = (date + time).compactMap({ digits(Array($0)) }), fields.count == 6
        else { return false }
        let (year, month, day) = (fields[0], fields[1], fields[2])
        guard year >= 1, (1...12).contains(month) else { return false }
        let isLeap = year.isMultiple(of: 4) && (!year.isMultiple(of: 100) || year.isMultiple(of: 400))
        let days = [31, isLeap ? 29 : 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31][month - 1]
        return (1...days).contains(day) && fields[3] < 24 && fields[4] < 60 && fields[5] < 62
    }

    /// A number of a date, which has at most four digits.
    private static func digits(_ text: [UInt8]) -> Int? {
        guard !text.isEmpty, text.allSatisfy({ (0x30...0x39).contains($0) }) else { return nil }
        return text.reduce(0) { $0 * 10 + Int($1 - 0x30) }
    }

    private static let wrongDate = typeError(
        "The provided string appears not to be a datetime string formatted as an ISO8601 UTC-specific datetime"
    )
    private static let notNatural = PythonError(type: "ValueError", text: "Expected an integer >= 1.")
    private static func typeError(_ text: String) -> PythonError {
        PythonError(type: "TypeError", text: text)
    }
}
