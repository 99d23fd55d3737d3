// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

import TrustCore
import TrustPolicy

/// Who vouched for packages, for people and for programs.
struct VoucherReport {
    private let voucher: Voucher

    init(_ voucher: Voucher) { self.voucher = voucher }

    /// One object for `--json`.
    var json: JSONObject {
        var object = JSONObject()
        switch voucher {
        case .onlineKey(let role):
            object["kind"] = "online-key"
            object["role"] = .string(role)
        case .maintainers(let role, let threshold, let count):
            object["kind"] = "maintainers"
            object["role"] = .string(role)
            object["threshold"] = .number(JSONNumber(Int64(threshold)))
            object["keys"] = .number(JSONNumber(Int64(count)))
        case .packageKeys(let threshold, let count, let role):
            object["kind"] = "package-keys"
            object["role"] = role.map { .string($0) }
            object["threshold"] = .number(JSONNumber(Int64(threshold)))
            object["keys"] = .number(JSONNumber(Int64(count)))
            object["not_protected"] = .array(voucher.unprotected.map { .string($0.rawValue) })
        case .publishers(let names, let threshold, let role):
            object["kind"] = "publishers"
            object["role"] = role.map { .string($0) }
            object["threshold"] = .number(JSONNumber(Int64(threshold)))
            object["publishers"] = .array(names.map { .string($0) })
            object["not_protected"] = .array(voucher.unprotected.map { .string($0.rawValue) })
        }
        return object
    }

    /// The result of a check that found nothing wrong.
    static func verified(_ voucher: Voucher?) -> TerminalText {
        switch voucher {
        case .maintainers?: "verified: the package's maintainers vouch for these bytes"
        case .packageKeys(_, _, nil)?:
            "verified: the channel's package keys vouch for these bytes; for how current the index is, nobody does"
        case .packageKeys?:
            "verified: the channel's package keys and its signed index vouch for these bytes"
        case .publishers(_, _, nil)?:
            "verified: a publisher who may publish it attests to these bytes; for how current the index is, nobody does"
        case .publishers?:
            "verified: a publisher who may publish it, and the channel's signed index, vouch for these bytes"
        default: "verified: the channel's signed index vouches for these bytes"
        }
    }

    /// What vouches for each of some packages, in a word that fits all of them.
    static func source(_ vouchers: [Voucher?]) -> String {
        let unsigned = vouchers.count { $0?.unprotected.isEmpty == false }
        if unsigned == 0 { return "its channel's signed index" }
        return unsigned == vouchers.count
            ? "its channel's package keys" : "its channel's signed index or package keys"
    }

    /// A line for those that their maintainers signed, if any, and one for the others.
    static func lines(_ packages: [(name: String, voucher: Voucher?)]) -> [String] {
        var maintained: [String] = []
        var attested: [(publishers: String, packages: [String])] = []
        var others = 0
        var signed: [String: Int] = [:]
        var isOpen = false
        for (name, voucher) in packages {
            switch voucher {
            case .maintainers(_, let threshold, let count)?:
                maintained.append("\(name) (\(threshold) of \(count))")
            case .onlineKey?: others += 1
            case .publishers(let names, _, _)?:
                let publishers = names.joined(separator: " and ")
                if let at = attested.firstIndex(where: { $0.publishers == publishers }) {
                    attested[at].packages.append(name)
                } else {
                    attested.append((publishers, [name]))
                }
                isOpen = isOpen || voucher?.unprotected.isEmpty == false
            case .packageKeys?:
                signed[voucher?.description ?? "", default: 0] += 1
                isOpen = isOpen || voucher?.unprotected.isEmpty == false
            case nil: break
            }
        }
        var lines: [String] = []
        if !maintained.isEmpty {
            lines.append("signed by their maintainers: \(maintained.joined(separator: ", "))")
        }
        lines += attested.map { publishers, packages in
            "attested by \(publishers), who may publish them: \(packages.joined(separator: ", "))"
        }
        if others > 0 { lines.append("by the channel's online key: \(others)") }
        lines += signed.sorted { $0.key < $1.key }.map { "by \($0.key): \($0.value)" }
        if isOpen { lines.append("not protected where nobody signs the index: \(OpenAttack.sentence)") }
        return lines
    }
}
