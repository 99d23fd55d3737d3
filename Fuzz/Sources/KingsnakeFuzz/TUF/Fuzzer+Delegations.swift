// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

import SigningKeys
import TUF
import TrustCore

extension Fuzzer {
    /// A `delegations` object on one line, and target paths on the next ones: who is asked for a path is what
    /// the text says, read a second time and as plainly as possible.
    static let delegations = Fuzzer("tuf-delegations") { bytes in
        let lines = InputParts(bytes).lines(9)
        guard let first = lines.first else { return }
        let object = try JSONReader.read(Array(first.utf8), of: "input")
        var targets = TargetsMetadata(
            header: MetadataHeader(version: 1, expires: Timestamp(seconds: 2_000_000_000))
        ).encoded()
        targets["delegations"] = object
        let file = try MetadataEnvelope(signed: targets).encoded()
        let signed = try SignedMetadata<TargetsMetadata>(parsing: file, as: .targets)
        guard let delegations = signed.role.delegations, let plain = PlainDelegations(object) else { return }
        for line in lines.dropFirst() {
            guard let path = TargetPath(line) else { continue }
            let roles = delegations.roles(for: path)
            Finding.unlessEqual(
                roles.map { ByteKey($0.name.text) },
                plain.roles(for: path.text).map { ByteKey($0) },
                "who is asked for `\(path)`"
            )
            for role in roles {
                Finding.unless(delegations.role(named: role.name) == role, "`\(role.name)` has two faces")
                Finding.unless(role.keys.threshold >= 1, "a threshold below 1")
            }
        }
    }
}

/// Delegations as their JSON says, without any type of ours.
private struct PlainDelegations {
    private let roles: [JSONValue]
    private let bins: (bits: Int64, prefix: String)?

    init?(_ value: JSONValue) {
        let bins = value.object?["succinct_roles"]?.object
        roles = value.object?["roles"]?.array ?? []
        if let bits = bins?["bit_length"]?.integer, let prefix = bins?["name_prefix"]?.string {
            self.bins = (bits, prefix)
        } else {
            self.bins = nil
        }
    }

    func roles(for path: String) -> [String] {
        let hash = Digest.of(Array(path.utf8)).hex
        guard let bins else {
            return roles.compactMap(\.object).filter { Self.covers($0, path, hash) }.compactMap {
                $0["name"]?.string
            }
        }
        // Bit by bit: the number that the first bits of the hash spell, in as many digits as the last bin has.
        var number = 0
        for bit in 0..<Int(bins.bits) {
            let digit = Int(String(Array(hash)[bit / 4]), radix: 16) ?? 0
            number = number * 2 + (digit >> (3 - bit % 4)) % 2
        }
        let width = String((1 << bins.bits) - 1, radix: 16).count
        let digits = String(number, radix: 16)
        return [bins.prefix + "-" + String(repeating: "0", count: width - digits.count) + digits]
    }

    private static func covers(_ role: JSONObject, _ path: String, _ hash: String) -> Bool {
        if let prefixes = role["path_hash_prefixes"]?.array {
            return prefixes.compactMap(\.string).contains { hash.hasPrefix($0.lowercased()) }
        }
        func parts(_ text: String) -> [[Unicode.Scalar]] {
            text.unicodeScalars.split(separator: "/", omittingEmptySubsequences: false).map { Array($0) }
        }
        return (role["paths"]?.array ?? []).compactMap(\.string).contains { pattern in
            let (patterns, names) = (parts(pattern), parts(path))
            return patterns.count == names.count
                && zip(patterns, names).allSatisfy { PlainRules.fits($0, $1, one: true) }
        }
    }
}
