// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

internal import TrustCore

/// Hash bins: 2^bitLength roles that share keys, each trusted with the paths whose hash begins with its
/// number (TAP 15).
public struct SuccinctRoles: Sendable, Equatable {
    /// Whose signatures each bin needs.
    public let keys: RoleKeys
    /// How many leading bits of a path's SHA-256 choose the bin, 1 to 32.
    public let bitLength: Int
    /// What the bins' names begin with.
    public let namePrefix: String
    private let unrecognized: JSONObject

    init(keys: RoleKeys, bitLength: Int, namePrefix: String) throws {
        self.keys = keys
        self.bitLength = bitLength
        self.namePrefix = namePrefix
        unrecognized = JSONObject()
        try check(of: "hash bins")
    }

    init(_ fields: JSONFields) throws {
        keys = try RoleKeys(fields)
        bitLength = Int(clamping: try fields.integer("bit_length"))
        namePrefix = try fields.string("name_prefix")
        unrecognized = fields.unrecognized(besides: RoleKeys.fieldNames + ["bit_length", "name_prefix"])
        try check(of: fields.subject)
    }

    private func check(of subject: String) throws {
        // Unchecked, the shifts below would trap (go-tuf 846cd4e).
        guard (1...32).contains(bitLength) else {
            throw Refusal(
                TUFCode.succinctRoles,
                subject,
                expected: "`bit_length` 1 to 32",
                found: "\(bitLength)"
            )
        }
        _ = try RoleName(checking: "\(namePrefix)-00000000", in: subject)
    }

    /// The most bits of bins that a repository of ours may have: all of its bins are listed in its snapshot.
    static let maximumOwnBitLength = HashBinAdvice.maximumBitLength

    /// Refuses more bins than a repository of ours may have (`tuf.succinct-roles`): a client asks for one of
    /// them, an editor goes through all.
    func checkListable() throws {
        guard bitLength <= Self.maximumOwnBitLength else {
            throw Refusal(
                TUFCode.succinctRoles,
                "hash bins `\(namePrefix)`",
                expected: "`bit_length` 1 to \(Self.maximumOwnBitLength) in a repository that is edited",
                found: "\(bitLength)"
            )
        }
    }

    /// How many bins there are.
    public var count: Int { 1 << bitLength }

    /// The name of a bin: the prefix, a dash, and its number in as many hexadecimal digits as the last bin
    /// needs.
    private func text(_ number: Int) -> String { "\(namePrefix)-" + padded(number) }

    private var digitCount: Int { (bitLength + 3) / 4 }

    private func padded(_ number: Int) -> String {
        let digits = String(number, radix: 16)
        return String(repeating: "0", count: max(0, digitCount - digits.utf8.count)) + digits
    }

    /// The hash prefixes of a bin: several where the number of bits is not a whole number of digits.
    private func scope(_ number: Int) -> PathScope {
        let spare = digitCount * 4 - bitLength
        return .hashPrefixes((0..<1 << spare).map { padded(number << spare | $0) })
    }

    private func bin(_ number: Int) -> DelegatedRole {
        guard let name = RoleName(text(number)),
            let role = try? DelegatedRole(name: name, keys: keys, scope: scope(number), terminating: true)
        else { preconditionFailure("the longest bin name was checked, and no reserved name has a dash") }
        return role
    }

    /// The bin that is trusted with a path. Terminating: every path has exactly one bin.
    public func bin(for path: TargetPath) -> DelegatedRole {
        let leading = path.hash.bytes.prefix(4).reduce(UInt32(0)) { $0 << 8 | UInt32($1) }
        return bin(Int(leading >> UInt32(32 - bitLength)))
    }

    /// The bin of a name; nil unless the name is exactly that of a bin in range (GHSA-77hh-43cm-v8j6).
    public func bin(named name: RoleName) -> DelegatedRole? {
        guard let dash = name.text.utf8.lastIndex(of: UInt8(ascii: "-")),
            let number = Int(name.text[name.text.utf8.index(after: dash)...], radix: 16),
            (0..<count).contains(number), RoleName(text(number)) == name
        else { return nil }
        return bin(number)
    }

    /// The names of all bins, in order.
    public var names: [RoleName] { (0..<count).map { bin($0).name } }

    func encoded() -> JSONObject {
        var object = keys.encoded()
        object["bit_length"] = .number(JSONNumber(Int64(bitLength)))
        object["name_prefix"] = .string(namePrefix)
        return object.adding(unrecognized)
    }
}
